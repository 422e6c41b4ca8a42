package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionDiagnostics.WaitingRequest;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.machine.ConsumerRegistry.Consumer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.MalformedFrameException;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.PropertiesCodec;
import dev.leveret.amqp.wire.TxMethod;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One channel of one TCP connection: routes its methods and contents to the parts that keep its state.
 *
 * <p>The states are {@link ChannelState}'s. A method that the state does not expect is a connection error.
 */
public final class ChannelMachine {

    /** Who a channel belongs to. Called on the event loop; must neither block nor throw. */
    public interface Owner {

        /** The channel is over; without a cause when its owner closed it. Called once. */
        void onEnd(@Nullable AmqpException cause);

        /** The broker returned a message whose publisher did not ask for its result. */
        void onReturn(ReturnedMessage message);

        /** The broker has taken back all unsettled deliveries up to this tag. */
        void onRecovered(long highestTag);
    }

    private final ConnectionMachine connection;
    private final int number;
    private final boolean reused;
    private final Owner owner;

    private final PendingReplies pending = new PendingReplies();
    private final ContentAssembler assembler = new ContentAssembler(this::onContent);
    private final Confirms confirms;
    private final Settlements settlements;
    private final ConsumerRegistry consumers = new ConsumerRegistry();
    private final ContentWriter contents;
    private final Queue<Runnable> heldByFlow = new ArrayDeque<>();
    private final @Nullable ConnectionObserver observer;
    private final Transaction transaction = new Transaction();

    private ChannelState state = ChannelState.OPENING;
    private @Nullable AmqpException endCause;
    /** The publish over which the broker closed the channel. */
    private @Nullable PublishRefusal refusal;

    private boolean opened;
    private boolean ended;
    private boolean flowStopped;
    private int consumerCount;
    /** The bound of all consumers together; 0 for none. */
    private int sharedPrefetch;

    /** @param reused whether the number belonged to another channel before, whose frames may still come */
    ChannelMachine(ConnectionMachine connection, int number, boolean reused, Owner owner) {
        this.connection = connection;
        this.number = number;
        this.reused = reused;
        this.owner = owner;
        this.contents = connection.contentWriter(number);
        this.observer = connection.observer();
        this.confirms = new Confirms(connection.deadlines(), number);
        this.settlements = new Settlements(connection, this);
    }

    /** How long a publish waits for its confirm; without, for as long as there is a channel. */
    public void confirmTimeout(Duration limit) {
        confirms.limit(limit);
    }

    // ---- commands -------------------------------------------------------------------------------------------------

    void open(Reply reply) {
        send(new ChannelMethod.Open(), ChannelMethod.OpenOk.ID, reply);
    }

    /** The channel's number on its connection. */
    public int number() {
        return number;
    }

    public ChannelState state() {
        return state;
    }

    /** Sends a request that is answered by one method. Fails it at once if the channel is not open. */
    public void request(Method request, int replyId, Reply reply) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> request(request, replyId, reply));
            return;
        }
        if (state != ChannelState.OPEN) {
            reply.onFailure(whyClosed());
            return;
        }
        flushAcks();
        send(request, replyId, reply);
    }

    /** Publishes; in confirm mode if somebody waits for the result. */
    public void publish(OutboundMessage message, @Nullable Publication publication) {
        if (flowStopped && state == ChannelState.OPEN) {
            heldByFlow.add(() -> publish(message, publication));
            return;
        }
        if (transaction.isCommitting()) {
            transaction.hold(() -> publish(message, publication));
            return;
        }
        RuntimeException refusal = state == ChannelState.OPEN ? contents.refusal(message) : whyClosed();
        if (refusal == null && publication != null && transaction.isSelected()) {
            refusal = new IllegalStateException(
                    "channel " + number
                            + " is transactional, its messages are confirmed with txCommit: send on it, or publish on another one");
        }
        if (refusal != null) {
            reject(publication, refusal);
            return;
        }
        if (publication != null && !confirms.isSelected()) {
            confirms.select();
            send(new ConfirmMethod.Select(false), ConfirmMethod.SelectOk.ID, IgnoredReply.INSTANCE);
        }
        contents.write(message);
        transaction.touch();
        confirms.published(publication);
        if (observer != null) {
            observer.onPublished(number, message);
        }
    }

    /**
     * Starts a consumer: {@code basic.qos} and {@code basic.consume} together, so that the prefetch is this consumer's.
     *
     * @param consumerTag empty: one is made up
     * @return the consumer's tag
     */
    public String consume(
            String queue,
            String consumerTag,
            int prefetch,
            boolean autoAck,
            boolean exclusive,
            Map<String, @Nullable Object> arguments,
            ConsumerSink sink,
            Reply reply) {
        String tag = consumerTag.isEmpty() ? "ctag" + number + "." + ++consumerCount : consumerTag;
        if (transaction.isCommitting()) {
            transaction.hold(() -> consume(queue, tag, prefetch, autoAck, exclusive, arguments, sink, reply));
        } else if (state != ChannelState.OPEN) {
            reply.onFailure(whyClosed());
        } else if (consumers.get(tag) != null) {
            // The broker would close the whole connection (530).
            reply.onFailure(new IllegalStateException(
                    "channel " + number + " has a consumer with the tag '" + tag + "' already"));
        } else {
            flushAcks();
            send(new BasicMethod.Qos(0, prefetch, false), BasicMethod.QosOk.ID, IgnoredReply.INSTANCE);
            if (sharedPrefetch > 0) {
                // RabbitMQ lifts the channel's bound when a consumer's is set.
                send(new BasicMethod.Qos(0, sharedPrefetch, true), BasicMethod.QosOk.ID, IgnoredReply.INSTANCE);
            }
            Method consume = new BasicMethod.Consume(queue, tag, false, autoAck, exclusive, false, arguments);
            if (send(consume, BasicMethod.ConsumeOk.ID, reply)) {
                consumers.add(new Consumer(tag, autoAck, sink, prefetch));
            }
        }
        return tag;
    }

    /** Bounds the unsettled deliveries of all consumers together; 0 for no bound. */
    public void qos(int prefetch, Reply reply) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> qos(prefetch, reply));
            return;
        }
        sharedPrefetch = prefetch;
        request(new BasicMethod.Qos(0, prefetch, true), BasicMethod.QosOk.ID, reply);
    }

    /** Stops a consumer; its sink is told the end when the broker has answered. */
    public void cancel(String consumerTag, Reply reply) {
        request(new BasicMethod.Cancel(consumerTag, false), BasicMethod.CancelOk.ID, reply);
    }

    public void get(String queue, boolean autoAck, Reply.ToGet reply) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> get(queue, autoAck, reply));
            return;
        }
        if (state != ChannelState.OPEN) {
            reply.onFailure(whyClosed());
            return;
        }
        flushAcks();
        send(new BasicMethod.Get(queue, autoAck), BasicMethod.GetOk.ID, BasicMethod.GetEmpty.ID, reply);
    }

    /**
     * Lets acknowledgements wait for others. Consumers that ask for different things get the least of them: what one may
     * wait for another may not.
     *
     * @param size how many are written together at the latest
     * @param delay how long one may wait; zero: to the end of the current input
     */
    public void gatherAcks(int size, Duration delay) {
        settlements.gather(size, delay);
    }

    /** Notes an acknowledgement; it is written at the end of the input or of its batch, together with others. */
    public void ack(long deliveryTag, boolean multiple) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> ack(deliveryTag, multiple));
            return;
        }
        if (state == ChannelState.OPEN) {
            if (!transaction.isSelected()) {
                settlements.ack(deliveryTag, multiple);
            } else if (settlements.ackAlone(deliveryTag, multiple)) {
                transaction.touch();
            }
        }
    }

    public void nack(long deliveryTag, boolean multiple, boolean requeue) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> nack(deliveryTag, multiple, requeue));
            return;
        }
        if (state == ChannelState.OPEN && settlements.nack(deliveryTag, multiple, requeue)) {
            transaction.touch();
        }
    }

    private void giveBack(long deliveryTag) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> giveBack(deliveryTag));
        } else if (state == ChannelState.OPEN) {
            settlements.giveBack(deliveryTag);
        }
    }

    public void reject(long deliveryTag, boolean requeue) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> reject(deliveryTag, requeue));
            return;
        }
        if (state == ChannelState.OPEN && settlements.reject(deliveryTag, requeue)) {
            transaction.touch();
        }
    }

    /** Gives back all unsettled deliveries. */
    public void recover(Reply reply) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> recover(reply));
            return;
        }
        request(new BasicMethod.Recover(true), BasicMethod.RecoverOk.ID, reply);
        if (state == ChannelState.OPEN) {
            settlements.recovering();
        }
    }

    /** Tells once, at once or as soon as nobody waits for the fate of a publish. */
    public void whenNoneUnconfirmed(Runnable action) {
        confirms.whenNoneOutstanding(action);
    }

    /** Makes the channel transactional. */
    public void txSelect(Reply reply) {
        if (confirms.isSelected()) {
            // The broker would close the channel (406).
            reply.onFailure(new IllegalStateException("channel " + number
                    + " has published with confirms, so it cannot be transactional: use another one"));
            return;
        }
        request(new TxMethod.Select(), TxMethod.SelectOk.ID, reply);
        if (state == ChannelState.OPEN) {
            transaction.select();
        }
    }

    /** Whether it is transactional. */
    public boolean isTransactional() {
        return transaction.isSelected();
    }

    /** Whether something was published or settled and not committed; also after the end. */
    public boolean hasUncommitted() {
        return transaction.isTouched();
    }

    /** A part of the transaction was lost with an earlier machine: the next commit fails, and drops the rest. */
    public void loseTransaction() {
        transaction.lose();
    }

    /** Commits what was published and settled since the last commit or rollback. Whatever comes meanwhile waits. */
    public void txCommit(Reply reply) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> txCommit(reply));
        } else if (requireTransactional(reply) && transaction.takeLost()) {
            txRollback(IgnoredReply.INSTANCE);
            reply.onFailure(new ConnectionLostException(
                    "a part of the transaction on channel " + number
                            + " was lost with its connection or channel: nothing of it is committed, the rest was rolled"
                            + " back; what was consumed comes again",
                    null));
        } else if (state == ChannelState.OPEN && transaction.isSelected()) {
            request(new TxMethod.Commit(), TxMethod.CommitOk.ID, reply);
            transaction.commit();
        }
    }

    /** Drops what was published since the last commit or rollback, and undoes what was settled. */
    public void txRollback(Reply reply) {
        if (transaction.isCommitting()) {
            transaction.hold(() -> txRollback(reply));
        } else if (requireTransactional(reply)) {
            transaction.takeLost();
            transaction.clean();
            request(new TxMethod.Rollback(), TxMethod.RollbackOk.ID, reply);
        }
    }

    private boolean requireTransactional(Reply reply) {
        if (state != ChannelState.OPEN) {
            reply.onFailure(whyClosed());
        } else if (!transaction.isSelected()) {
            // The broker would close the channel (406).
            reply.onFailure(
                    new IllegalStateException("channel " + number + " is not transactional: call txSelect first"));
        } else {
            return true;
        }
        return false;
    }

    /** Closes the channel; the owner is told when the broker has answered or {@link #giveUpClosing} ends the wait. */
    public void close() {
        close(ReplyCode.SUCCESS, "goodbye", null);
    }

    /** Closes the channel because something failed on this side; the owner is told at once. Not if it is closing already. */
    public void fail(ReplyCode code, String text, @Nullable Throwable cause) {
        if (close(code, text, cause)) {
            tellEnd(endCause);
        }
    }

    private boolean close(ReplyCode code, String text, @Nullable Throwable cause) {
        if (state != ChannelState.OPENING && state != ChannelState.OPEN) {
            return false;
        }
        flushAcks();
        enter(ChannelState.CLOSING);
        assembler.reset();
        consumers.closing();
        endCause = new ChannelClosedException(
                "channel " + number + " was closed by this side" + (code == ReplyCode.SUCCESS ? "" : ": " + text),
                code.code(),
                false,
                "",
                cause);
        connection.write(number, new ChannelMethod.Close(code.code(), CloseReasons.forBroker(text), 0, 0));
        return true;
    }

    /**
     * Closes the channel for one that takes its place: its owner and its consumers are told this cause, and not that they
     * are being closed.
     */
    public void replace(AmqpException cause) {
        if (state != ChannelState.OPEN) {
            return;
        }
        flushAcks();
        enter(ChannelState.CLOSING);
        assembler.reset();
        endCause = cause;
        connection.write(number, new ChannelMethod.Close(ReplyCode.SUCCESS.code(), "goodbye", 0, 0));
        tellEnd(cause);
    }

    /** The broker has not answered {@code channel.close} in time. The number stays taken: its answer may still come. */
    public void giveUpClosing() {
        if (state == ChannelState.CLOSING) {
            tellEnd(null);
        }
    }

    /** Writes the noted acknowledgements. */
    void flushAcks() {
        settlements.flush();
    }

    // ---- what diagnostics ask -------------------------------------------------------------------------------------

    /** The requests without an answer, the oldest first. */
    public List<WaitingRequest> waitingRequests() {
        return pending.waiting(connection.now());
    }

    /** How many publishes wait for their confirm. */
    public int unconfirmed() {
        return confirms.outstanding();
    }

    /** For how long the oldest unconfirmed publish waits. */
    public Optional<Duration> oldestUnconfirmed() {
        return confirms.oldest();
    }

    /** How many deliveries nobody has settled. */
    public int unsettled() {
        return settlements.unsettled();
    }

    /** The consumers that have not ended. */
    public List<ConsumerState> consumers() {
        return consumers.all().stream().filter(it -> !it.ended).map(this::state).toList();
    }

    private ConsumerState state(Consumer consumer) {
        long[] tags = settlements.unsettledOf(consumer.index);
        return new ConsumerState(consumer.tag, consumer.sink, consumer.prefetch, tags.length, settlements.oldest(tags));
    }

    /** Whether a consumer has this tag. */
    public boolean hasConsumer(String tag) {
        return consumers.get(tag) != null;
    }

    /** Who the channel belongs to. */
    public Owner owner() {
        return owner;
    }

    /** What had arrived together has been handed over. */
    void batchEnd() {
        consumers.batchEnd();
    }

    // ---- what arrives ---------------------------------------------------------------------------------------------

    void onMethod(Method method) {
        switch (state) {
            case OPENING -> onMethodWhileOpening(method);
            case OPEN -> onMethodWhileOpen(method);
            case CLOSING -> onMethodWhileClosing(method);
            case CLOSED -> {} // the broker had written it before it read our close
        }
    }

    void onHeader(int classId, long bodySize, ByteBuf properties) {
        if (state == ChannelState.OPEN) {
            assembler.requireHeaderDue(classId);
            if (bodySize > connection.maxInboundBody()) {
                fail(
                        ReplyCode.CONTENT_TOO_LARGE,
                        "a message of " + bodySize + " bytes exceeds the limit of " + connection.maxInboundBody(),
                        null);
            } else {
                assembler.header(bodySize, properties);
            }
        } else {
            requireLateFrame("a content header");
        }
    }

    void onBody(ByteBuf in, int length) {
        if (state == ChannelState.OPEN) {
            assembler.body(in, length);
        } else {
            requireLateFrame("a content body");
            in.skipBytes(length);
        }
    }

    /**
     * Takes a whole delivery at once, as most come.
     *
     * @return whether this is one that can be taken so; otherwise nothing has happened
     */
    boolean deliver(Method method, int classId, ByteBuf properties, byte[] body) {
        if (state != ChannelState.OPEN
                || !(method instanceof BasicMethod.Deliver deliver)
                || classId != BasicMethod.CLASS_ID
                || body.length > connection.maxInboundBody()
                || !assembler.isIdle()) {
            return false;
        }
        onDelivery(deliver, ContentAssembler.checked(properties), body);
        return true;
    }

    /** The connection has ended, and this channel with it. */
    void onConnectionEnd(AmqpException cause) {
        if (state != ChannelState.CLOSED) {
            boolean wanted = state == ChannelState.CLOSING;
            enter(ChannelState.CLOSED);
            if (!wanted) {
                endCause = cause;
            }
            tellEnd(wanted ? null : cause);
        }
    }

    private void onMethodWhileOpening(Method method) {
        if (method.id() == ChannelMethod.OpenOk.ID) {
            enter(ChannelState.OPEN);
            if (observer != null) {
                observer.onChannelOpened(number);
            }
            opened = true;
            answer(method);
        } else if (method.id() == ChannelMethod.Close.ID) {
            closedByBroker((ChannelMethod.Close) method);
        } else {
            requireLateFrame(method.name());
        }
    }

    private void onMethodWhileClosing(Method method) {
        if (method.id() == ChannelMethod.CloseOk.ID) {
            enter(ChannelState.CLOSED);
            connection.released(this);
            tellEnd(null);
        } else if (method.id() == ChannelMethod.Close.ID) {
            // Both sides closed at once: ours is answered as well, and only then is the number free.
            connection.answer(number, new ChannelMethod.CloseOk());
        }
    }

    private void onMethodWhileOpen(Method method) {
        assembler.requireIdle(method.name());
        switch (method.id()) {
            case BasicMethod.Deliver.ID, BasicMethod.Return.ID -> assembler.begin(method);
            case BasicMethod.GetOk.ID -> {
                if (!pending.isDue(method)) {
                    throw unexpected(method);
                }
                assembler.begin(method);
            }
            case BasicMethod.Ack.ID -> confirms.onAck((BasicMethod.Ack) method);
            case BasicMethod.Nack.ID -> confirms.onNack((BasicMethod.Nack) method);
            case BasicMethod.Cancel.ID -> cancelledByBroker((BasicMethod.Cancel) method);
            case BasicMethod.CancelOk.ID -> {
                Reply reply = due(method);
                consumers.remove(((BasicMethod.CancelOk) method).consumerTag());
                reply.onReply(method);
            }
            case BasicMethod.RecoverOk.ID -> {
                Reply reply = due(method);
                owner.onRecovered(settlements.recovered());
                reply.onReply(method);
            }
            case TxMethod.CommitOk.ID -> {
                transaction.clean();
                answer(method);
                transaction.resume();
            }
            case ChannelMethod.Close.ID -> closedByBroker((ChannelMethod.Close) method);
            case ChannelMethod.Flow.ID -> onFlow(((ChannelMethod.Flow) method).active());
            default -> answer(method);
        }
    }

    private void answer(Method method) {
        due(method).onReply(method);
    }

    private Reply due(Method method) {
        Reply reply = pending.take(method);
        if (reply == null) {
            throw unexpected(method);
        }
        return reply;
    }

    private MalformedFrameException unexpected(Method method) {
        return new MalformedFrameException(
                ReplyCode.COMMAND_INVALID,
                "unexpected " + method.name() + " on channel " + number + " (requests waiting: " + pending + ")");
    }

    private void onFlow(boolean active) {
        connection.answer(number, new ChannelMethod.FlowOk(active));
        flowStopped = !active;
        while (!flowStopped && !heldByFlow.isEmpty()) {
            heldByFlow.remove().run();
        }
    }

    private void onContent(Method method, byte[] properties, byte[] body) {
        switch (method.id()) {
            case BasicMethod.Deliver.ID -> onDelivery((BasicMethod.Deliver) method, properties, body);
            case BasicMethod.Return.ID -> onReturn((BasicMethod.Return) method, properties, body);
            default -> onGetOk((BasicMethod.GetOk) method, properties, body);
        }
    }

    private void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body) {
        Consumer consumer = consumers.get(deliver.consumerTag());
        if (consumer == null) {
            throw new MalformedFrameException(
                    ReplyCode.NOT_ALLOWED,
                    "delivery to consumer '" + deliver.consumerTag() + "' on channel " + number
                            + ", which has none such");
        }
        if (!consumer.autoAck) {
            // Others mean nothing: RabbitMQ 3.10 and 4.0 give direct replies the tag that the next delivery has.
            settlements.arrived(deliver.deliveryTag());
            settlements.delivered(deliver.deliveryTag(), consumer.index);
        }
        if (consumer.ended) {
            giveBack(deliver.deliveryTag());
            return;
        }
        if (consumers.touch(consumer)) {
            connection.needsBatchEnd(this);
        }
        consumer.sink.onDelivery(deliver, properties, body);
    }

    private void onGetOk(BasicMethod.GetOk getOk, byte[] properties, byte[] body) {
        settlements.arrived(getOk.deliveryTag());
        if (pending.take(getOk) instanceof Reply.ToGet reply) {
            reply.onMessage(getOk, properties, body);
        }
    }

    /** A message fetched without automatic acknowledgement has to be settled. */
    public void fetched(long deliveryTag) {
        settlements.fetched(deliveryTag);
    }

    private void onReturn(BasicMethod.Return returned, byte[] properties, byte[] body) {
        BasicProperties decoded = PropertiesCodec.readChecked(properties);
        ReturnedMessage message = new ReturnedMessage(
                returned.replyCode(), returned.replyText(), returned.exchange(), returned.routingKey(), decoded, body);
        if (observer != null) {
            observer.onReturned(number, message);
        }
        if (!confirms.returned(message)) {
            owner.onReturn(message);
        }
    }

    private void cancelledByBroker(BasicMethod.Cancel cancel) {
        Consumer consumer = consumers.get(cancel.consumerTag());
        boolean ended = consumers.endByBroker(
                cancel.consumerTag(),
                new ConsumerCancelledException(
                        "the broker cancelled consumer '" + cancel.consumerTag() + "' on channel " + number
                                + ": its queue was deleted or moved, or a delivery was not settled in time"));
        // RabbitMQ 4.3 keeps a timed-out consumer registered until it is told; every version takes this for an answer.
        // Once: another is on its way already, or there was nothing to cancel.
        if (ended && consumer != null) {
            cancel(cancel.consumerTag(), new Release(consumer.sink));
        }
    }

    /** Tells a consumer that the broker had cancelled that the broker has let go of it. */
    private record Release(ConsumerSink sink) implements Reply {

        @Override
        public void onReply(Method cancelOk) {
            sink.onReleased();
        }

        @Override
        public void onFailure(RuntimeException cause) {
            // The channel has ended, and is what is brought back.
        }
    }

    private void closedByBroker(ChannelMethod.Close close) {
        // The number is dead for the broker once it has the answer, so nothing may follow it.
        enter(ChannelState.CLOSED);
        connection.answer(number, new ChannelMethod.CloseOk());
        connection.released(this);
        AmqpException cause = CloseReasons.channel(number, close);
        endCause = cause;
        refusal = PublishRefusal.of(close);
        tellEnd(cause);
    }

    /** Content and answers of an earlier channel of this number may come late; for a fresh number nothing can. */
    private void requireLateFrame(String what) {
        if (state == ChannelState.OPENING && !reused) {
            throw new MalformedFrameException(
                    ReplyCode.CHANNEL_ERROR, what + " on channel " + number + " before channel.open-ok");
        }
    }

    private boolean send(Method request, int replyId, Reply reply) {
        return send(request, replyId, replyId, reply);
    }

    /** Sends a request and waits for its answer, unless it cannot be written: then the reply is told and nothing is sent. */
    private boolean send(Method request, int replyId, int otherReplyId, Reply reply) {
        try {
            connection.write(number, request);
        } catch (IllegalArgumentException e) {
            reply.onFailure(e);
            return false;
        }
        pending.add(request, replyId, otherReplyId, reply, connection.now());
        return true;
    }

    private void tellEnd(@Nullable AmqpException cause) {
        if (ended) {
            return;
        }
        ended = true;
        // First of all, so that whoever is told a failure finds the channel closed.
        owner.onEnd(cause);
        AmqpException reason = whyClosed();
        pending.failAll(reason);
        confirms.end(reason, refusal);
        heldByFlow.forEach(Runnable::run);
        heldByFlow.clear();
        transaction.resume();
        settlements.clear();
        consumers.endAll(cause);
        if (observer != null && opened) {
            observer.onChannelClosed(number, cause);
        }
    }

    /** Why the channel is not open. */
    public AmqpException whyClosed() {
        AmqpException cause = endCause;
        return cause != null
                ? cause
                : new ChannelClosedException("channel " + number + " is not open", 0, false, "", null);
    }

    private static void reject(@Nullable Publication publication, RuntimeException refusal) {
        if (publication != null) {
            publication.onResult(new PublishResult.Rejected(refusal));
        }
    }

    private void enter(ChannelState to) {
        assert state.next().contains(to) : state + " -> " + to;
        state = to;
    }
}
