package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncPublishWindow;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.DeliveryHandler;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishCallback;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A channel as its user holds it: turns calls into commands for the event loop. */
public final class ChannelHandle implements AsyncChannel, ChannelMachine.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelHandle.class);
    private static final CompletableFuture<Void> THERE_IS_ROOM = CompletableFuture.completedFuture(null);

    private final ConnectionHandle connection;
    private final DeliveryDispatch dispatch = new DeliveryDispatch();
    /** The event loop's: the consumers that have not ended. */
    private final List<ConsumerHandle> consumers = new ArrayList<>();

    private final Listeners<ReturnedMessage> returnListeners = new Listeners<>(this);
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final Channel blocking = new BlockingChannel(this);
    /** Properties that fit into a frame. Any thread's: they are immutable, and an older value costs a check. */
    private @Nullable BasicProperties knownSendable;
    /** Set on the event loop before anybody holds this object. */
    private @Nullable Incarnation incarnation;

    ChannelHandle(ConnectionHandle connection) {
        this.connection = connection;
    }

    /** Gives the handle its machine; on the event loop, before the user gets the handle. */
    void attach(ChannelMachine machine) {
        incarnation = new Incarnation(connection, machine);
    }

    // ---- queues and exchanges -------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<QueueInfo> declareQueue(QueueSpec queue) {
        RabbitMqRules.require(queue, connection.serverInfo());
        return declare(queue, false);
    }

    @Override
    public CompletableFuture<QueueInfo> declareQueuePassive(String queue) {
        return declare(QueueSpec.of(queue), true);
    }

    private CompletableFuture<QueueInfo> declare(QueueSpec queue, boolean passive) {
        Method declare = new QueueMethod.Declare(
                queue.name(),
                passive,
                queue.durable(),
                queue.exclusive(),
                queue.autoDelete(),
                false,
                queue.arguments());
        return request(declare, queue.name(), QueueMethod.DeclareOk.ID, reply -> {
            QueueMethod.DeclareOk ok = (QueueMethod.DeclareOk) reply;
            return new QueueInfo(ok.queue(), ok.messageCount(), ok.consumerCount());
        });
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue) {
        return deleteQueue(queue, false, false);
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue, boolean ifUnused, boolean ifEmpty) {
        return request(
                new QueueMethod.Delete(queue, ifUnused, ifEmpty, false),
                queue,
                QueueMethod.DeleteOk.ID,
                reply -> ((QueueMethod.DeleteOk) reply).messageCount());
    }

    @Override
    public CompletableFuture<Long> purgeQueue(String queue) {
        return request(
                new QueueMethod.Purge(queue, false),
                queue,
                QueueMethod.PurgeOk.ID,
                reply -> ((QueueMethod.PurgeOk) reply).messageCount());
    }

    @Override
    public CompletableFuture<Void> declareExchange(ExchangeSpec exchange) {
        return declare(exchange, false);
    }

    @Override
    public CompletableFuture<Void> declareExchangePassive(String exchange) {
        // Without a type: Broker-J would hold it against the exchange's.
        return declare(ExchangeSpec.of(exchange, ""), true);
    }

    private CompletableFuture<Void> declare(ExchangeSpec exchange, boolean passive) {
        Method declare = new ExchangeMethod.Declare(
                exchange.name(),
                exchange.type(),
                passive,
                exchange.durable(),
                exchange.autoDelete(),
                exchange.internal(),
                false,
                exchange.arguments());
        return request(declare, exchange.name(), ExchangeMethod.DeclareOk.ID);
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange) {
        return deleteExchange(exchange, false);
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange, boolean ifUnused) {
        return request(new ExchangeMethod.Delete(exchange, ifUnused, false), exchange, ExchangeMethod.DeleteOk.ID);
    }

    @Override
    public CompletableFuture<Void> bind(BindingSpec it) {
        String what = it.destination() + "' to '" + it.source();
        return switch (it.destinationType()) {
            case QUEUE ->
                request(
                        new QueueMethod.Bind(it.destination(), it.source(), it.routingKey(), false, it.arguments()),
                        what,
                        QueueMethod.BindOk.ID);
            case EXCHANGE ->
                request(
                        new ExchangeMethod.Bind(it.destination(), it.source(), it.routingKey(), false, it.arguments()),
                        what,
                        ExchangeMethod.BindOk.ID);
        };
    }

    @Override
    public CompletableFuture<Void> unbind(BindingSpec it) {
        String what = it.destination() + "' from '" + it.source();
        return switch (it.destinationType()) {
            case QUEUE ->
                request(
                        new QueueMethod.Unbind(it.destination(), it.source(), it.routingKey(), it.arguments()),
                        what,
                        QueueMethod.UnbindOk.ID);
            case EXCHANGE ->
                request(
                        new ExchangeMethod.Unbind(
                                it.destination(), it.source(), it.routingKey(), false, it.arguments()),
                        what,
                        ExchangeMethod.UnbindOk.ID);
        };
    }

    // ---- publishing -----------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Void> publish(OutboundMessage message) {
        PublishObservation observation = observe(message);
        ConfirmedPublish publish = observation == null
                ? new ConfirmedPublish(incarnation(), message)
                : new ObservedPublish(incarnation(), observation.message(message), observation);
        RuntimeException refusal = connection.refusal();
        if (refusal == null) {
            connection.submit(publish);
        } else {
            publish.onResult(new PublishResult.Rejected(refusal));
        }
        return publish;
    }

    @Override
    public void publish(OutboundMessage message, PublishCallback callback) {
        PublishObservation observation = observe(message);
        if (observation == null) {
            connection.submit(new CallbackPublish(incarnation(), message, callback));
        } else {
            connection.submit(new CallbackPublish(incarnation(), observation.message(message), result -> {
                observation.onEnd(result);
                callback.onResult(result);
            }));
        }
    }

    private @Nullable PublishObservation observe(OutboundMessage message) {
        ConnectionObserver observer = connection.observer();
        return observer == null ? null : observer.onPublish(number(), message);
    }

    @Override
    public CompletableFuture<Void> send(OutboundMessage message) {
        PublishObservation observation = observe(message);
        if (observation == null) {
            return sendNow(message);
        }
        CompletableFuture<Void> room = sendNow(observation.message(message));
        Throwable refusal = room.isCompletedExceptionally()
                ? room.handle((ignored, failure) -> failure).join()
                : null;
        observation.onEnd(refusal instanceof RuntimeException it ? new PublishResult.Rejected(it) : null);
        return room;
    }

    private CompletableFuture<Void> sendNow(OutboundMessage message) {
        RuntimeException refusal = unsendable(message);
        if (refusal == null && incarnation().isEnded()) {
            refusal = whyEnded();
        }
        if (refusal == null) {
            refusal = connection.refusal();
        }
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        if (connection.hasRoom()) {
            connection.submit(new UnconfirmedPublish(incarnation(), message));
            return THERE_IS_ROOM;
        }
        WaitingPublish publish = new WaitingPublish(incarnation(), message);
        connection.submit(publish);
        return publish;
    }

    @Override
    public CompletableFuture<Void> room() {
        RuntimeException refusal = incarnation().isEnded() ? whyEnded() : connection.refusal();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        if (connection.hasRoom()) {
            return THERE_IS_ROOM;
        }
        CompletableFuture<Void> room = new CompletableFuture<>();
        // Behind everything that waits: when its turn comes, that has been written.
        connection.submit(new Task(() -> complete(room)));
        return room;
    }

    @Override
    public AsyncPublishWindow publishWindow(int size) {
        return new WindowHandle(this, size);
    }

    /** Why a message can never be sent; {@code null} if it can. Publishers use the same properties again and again. */
    private @Nullable RuntimeException unsendable(OutboundMessage message) {
        BasicProperties properties = message.properties();
        if (properties == knownSendable) {
            return null;
        }
        RuntimeException refusal = connection.unsendable(message);
        if (refusal == null) {
            knownSendable = properties;
        }
        return refusal;
    }

    @Override
    public AutoCloseable onReturn(Consumer<? super ReturnedMessage> listener) {
        return returnListeners.add(listener);
    }

    // ---- consuming ------------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Subscription> consume(ConsumeOptions options, DeliveryHandler handler) {
        return consumeOnEventLoop(options, new HandlerSink(this, connection.observer(), options, handler));
    }

    @Override
    public CompletableFuture<Subscription> consumeOnEventLoop(ConsumeOptions options, DeliverySink sink) {
        return consume(options, sink, subscription -> subscription, Subscription::cancel);
    }

    @Override
    public CompletableFuture<PullConsumer> pull(ConsumeOptions options) {
        PullBuffer buffer = new PullBuffer(this, options);
        return consume(options, buffer, buffer::attach, PullBuffer::abandon);
    }

    /**
     * @param result what the caller gets
     * @param undo stops the consumer when nobody wants it any more
     */
    private <T> CompletableFuture<T> consume(
            ConsumeOptions options, DeliverySink sink, Function<Subscription, T> result, Consumer<T> undo) {
        RabbitMqRules.require(options);
        ConsumerHandle consumer = new ConsumerHandle(this, incarnation(), options.queue(), options.autoAck(), sink);
        return submit(new Request<T>(
                connection,
                "basic.consume from '" + options.queue() + "'",
                request -> {
                    gatherAcks(options);
                    consumer.consumerTag(machine()
                            .consume(
                                    options.queue(),
                                    options.consumerTag(),
                                    options.prefetch(),
                                    options.autoAck(),
                                    options.exclusive(),
                                    options.arguments(),
                                    consumer,
                                    request));
                },
                reply -> {
                    started(consumer);
                    return result.apply(consumer.started());
                },
                undo));
    }

    private void gatherAcks(ConsumeOptions options) {
        if (!options.autoAck()) {
            // Half of the prefetch at most: the broker has to have something left to send.
            int half = options.prefetch() == 0 ? Integer.MAX_VALUE : Math.max(1, options.prefetch() / 2);
            machine().gatherAcks(Math.min(options.ackBatchSize(), half), options.ackBatchDelay());
        }
    }

    /** Cancels a consumer, unless it has ended already. */
    void cancel(ConsumerHandle consumer, CompletableFuture<Void> outcome) {
        Request<Boolean> cancel = new Request<>(
                connection,
                "basic.cancel of '" + consumer.consumerTag() + "'",
                request -> {
                    if (consumer.isEnded()) {
                        request.succeed(true);
                    } else {
                        machine().cancel(consumer.consumerTag(), request);
                    }
                },
                reply -> true,
                ignored -> {});
        cancel.whenComplete((ignored, failure) -> {
            // A channel that ended has ended the consumer too, which is what was asked for.
            if (failure == null
                    || failure instanceof AmqpException && incarnation().isEnded()) {
                complete(outcome);
            } else {
                outcome.completeExceptionally(failure);
            }
        });
        cancel.observe(connection.observer(), number());
        connection.submit(cancel);
    }

    @Override
    public CompletableFuture<Optional<GetResponse>> get(String queue, boolean autoAck) {
        return submit(new GetRequest(connection, incarnation(), queue, autoAck));
    }

    @Override
    public CompletableFuture<Void> qos(int prefetch) {
        if (prefetch < 0 || prefetch > 65535) {
            throw new IllegalArgumentException("prefetch " + prefetch + " is not in 0..65535");
        }
        return request(new BasicMethod.Qos(0, prefetch, true), "channel " + number(), BasicMethod.QosOk.ID);
    }

    @Override
    public CompletableFuture<Void> recover() {
        return submit(new Request<Void>(
                connection,
                "basic.recover on channel " + number(),
                request -> machine().recover(request),
                ChannelHandle::nothing,
                ignored -> {}));
    }

    @Override
    public CompletableFuture<Void> txSelect() {
        return transact("tx.select", request -> machine().txSelect(request));
    }

    @Override
    public CompletableFuture<Void> txCommit() {
        return transact("tx.commit", request -> machine().txCommit(request));
    }

    @Override
    public CompletableFuture<Void> txRollback() {
        return transact("tx.rollback", request -> machine().txRollback(request));
    }

    private CompletableFuture<Void> transact(String method, Consumer<Request<Void>> send) {
        return submit(new Request<Void>(
                connection, method + " on channel " + number(), send, ChannelHandle::nothing, ignored -> {}));
    }

    // ---- life -----------------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Void> close() {
        incarnation().end();
        CompletableFuture<Void> over = new CompletableFuture<>();
        closed.whenComplete((ignored, failure) -> complete(over));
        connection.submit(new Task(() -> {
            machine().close();
            connection.deadlines().after(connection.options().closeTimeout(), machine()::giveUpClosing);
        }));
        connection.onLoop(
                () -> connection.deadlines().after(connection.options().closeTimeout(), () -> complete(over)));
        return over;
    }

    /** Closes the channel because user code that ran for it failed. */
    void fail(String text, Throwable cause) {
        connection.submit(new Task(() -> machine().fail(ReplyCode.INTERNAL_ERROR, text, cause)));
    }

    @Override
    public CompletableFuture<Void> closed() {
        return closed.copy();
    }

    @Override
    public boolean isOpen() {
        return !incarnation().isEnded();
    }

    @Override
    public int number() {
        return machine().number();
    }

    @Override
    public Channel blocking() {
        return blocking;
    }

    @Override
    public String toString() {
        return "Channel " + number() + " of " + connection;
    }

    // ---- what the machine tells -----------------------------------------------------------------------------------

    @Override
    public void onEnd(@Nullable AmqpException cause) {
        incarnation().end();
        connection.ended(this);
        if (cause == null) {
            complete(closed);
        } else {
            LOG.debug("{} ended: {}", this, cause.getMessage());
            closed.completeExceptionally(cause);
        }
    }

    @Override
    public void onReturn(ReturnedMessage message) {
        if (!returnListeners.tell(message)) {
            LOG.warn("{}: a mandatory message was returned and nobody listens: {}", this, message);
        }
    }

    @Override
    public void onRecovered(long highestTag) {
        incarnation().settledUpTo(highestTag);
    }

    // ---- shutdown; on the event loop ------------------------------------------------------------------------------

    /** Cancels the consumers; handlers are not called any more but for what would be lost. */
    CompletableFuture<Void> stopDelivering() {
        dispatch.stopping();
        return CompletableFuture.allOf(
                consumers.stream().map(ConsumerHandle::cancel).toArray(CompletableFuture[]::new));
    }

    CompletableFuture<Void> handlersDone() {
        return dispatch.idle();
    }

    /** Completes when the fate of all publishes is known. */
    CompletableFuture<Void> publishesDecided() {
        CompletableFuture<Void> decided = new CompletableFuture<>();
        awaitPublishes(decided);
        return decided;
    }

    private void awaitPublishes(CompletableFuture<Void> decided) {
        // Whoever was just told the fate of one may have published the next: that is in the command queue now.
        machine()
                .whenNoneUnconfirmed(() -> connection.submit(new Task(() -> {
                    if (machine().unconfirmed() > 0) {
                        awaitPublishes(decided);
                    } else {
                        complete(decided);
                    }
                })));
    }

    ShutdownReport left() {
        DeliveryDispatch.Left undone = dispatch.left();
        return new ShutdownReport(
                undone.running(),
                machine().unsettled(),
                undone.autoAcknowledged(),
                machine().unconfirmed());
    }

    private void started(ConsumerHandle consumer) {
        if (!consumer.isEnded()) {
            consumers.add(consumer);
        }
    }

    void ended(ConsumerHandle consumer) {
        consumers.remove(consumer);
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    ConnectionHandle connection() {
        return connection;
    }

    DeliveryDispatch dispatch() {
        return dispatch;
    }

    private Incarnation incarnation() {
        Incarnation current = incarnation;
        if (current == null) {
            throw new IllegalStateException("the channel is not open yet");
        }
        return current;
    }

    private ChannelMachine machine() {
        return incarnation().machine();
    }

    private CompletableFuture<Void> request(Method method, String entity, int replyId) {
        return request(method, entity, replyId, ChannelHandle::nothing);
    }

    private <T> CompletableFuture<T> request(Method method, String entity, int replyId, Function<Method, T> result) {
        return submit(new Request<T>(
                connection,
                method.name() + " of '" + entity + "'",
                request -> machine().request(method, replyId, request),
                result,
                ignored -> {}));
    }

    private <T> CompletableFuture<T> submit(Request<T> request) {
        request.observe(connection.observer(), number());
        connection.submit(request);
        return request;
    }

    private AmqpException whyEnded() {
        return closed.isCompletedExceptionally()
                ? (AmqpException) closed.handle((ignored, failure) -> failure).join()
                : new ChannelClosedException("channel " + number() + " was closed by this side", 0, false, "", null);
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    static void complete(CompletableFuture<Void> future) {
        future.complete(null);
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    private static Void nothing(Method reply) {
        return null;
    }
}
