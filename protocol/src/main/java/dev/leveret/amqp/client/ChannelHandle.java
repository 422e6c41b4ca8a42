package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncPublishWindow;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
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
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.wire.Method;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A channel as its user holds it: turns calls into commands for the event loop. */
public final class ChannelHandle implements AsyncChannel {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelHandle.class);
    private static final CompletableFuture<Void> THERE_IS_ROOM = CompletableFuture.completedFuture(null);

    private final ConnectionHandle connection;
    private final DeliveryDispatch dispatch = new DeliveryDispatch();
    private final Listeners<ReturnedMessage> returnListeners = new Listeners<>(this);
    private final ChannelLife life;
    private final TopologyCalls topology;
    private final Channel blocking = new BlockingChannel(this);
    /** The event loop's. */
    private int consumerCount;
    /** Properties that fit into a frame. Any thread's: they are immutable, and an older value costs a check. */
    private @Nullable BasicProperties knownSendable;

    /** @param recorded whether recovery takes note of what is declared on it */
    ChannelHandle(ConnectionHandle connection, boolean recorded) {
        this.connection = connection;
        this.life = new ChannelLife(this);
        this.topology = new TopologyCalls(this, recorded);
    }

    // ---- queues and exchanges -------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<QueueInfo> declareQueue(QueueSpec queue) {
        return topology.declareQueue(queue);
    }

    @Override
    public CompletableFuture<QueueInfo> declareQueuePassive(String queue) {
        return topology.declareQueuePassive(queue);
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue) {
        return deleteQueue(queue, false, false);
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue, boolean ifUnused, boolean ifEmpty) {
        return topology.deleteQueue(queue, ifUnused, ifEmpty);
    }

    @Override
    public CompletableFuture<Long> purgeQueue(String queue) {
        return topology.purgeQueue(queue);
    }

    @Override
    public CompletableFuture<Void> declareExchange(ExchangeSpec exchange) {
        return topology.declareExchange(exchange);
    }

    @Override
    public CompletableFuture<Void> declareExchangePassive(String exchange) {
        return topology.declareExchangePassive(exchange);
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange) {
        return deleteExchange(exchange, false);
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange, boolean ifUnused) {
        return topology.deleteExchange(exchange, ifUnused);
    }

    @Override
    public CompletableFuture<Void> bind(BindingSpec binding) {
        return topology.bind(binding);
    }

    @Override
    public CompletableFuture<Void> unbind(BindingSpec binding) {
        return topology.unbind(binding);
    }

    // ---- publishing -----------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Void> publish(OutboundMessage message) {
        ConfirmedPublish publish = newPublish(message);
        if (!publish.isDone()) {
            connection.submit(publish);
        }
        return publish;
    }

    /** Publishes a message for whose result the current thread is going to wait. */
    CompletableFuture<Void> publishAndHelp(OutboundMessage message) {
        ConfirmedPublish publish = newPublish(message);
        if (!publish.isDone()) {
            connection.submitAndHelp(publish);
        }
        return publish;
    }

    /** A publish to be submitted, unless it is refused and done already. */
    private ConfirmedPublish newPublish(OutboundMessage message) {
        PublishObservation observation = observe(message);
        ConfirmedPublish publish = observation == null
                ? new ConfirmedPublish(this, connection.kept().identified(message))
                : new ObservedPublish(this, connection.kept().identified(observation.message(message)), observation);
        RuntimeException refusal = connection.life().refusal();
        if (refusal != null) {
            publish.onResult(new PublishResult.Rejected(refusal));
        }
        return publish;
    }

    @Override
    public void publish(OutboundMessage message, PublishCallback callback) {
        PublishObservation observation = observe(message);
        if (observation == null) {
            connection.submit(new CallbackPublish(this, connection.kept().identified(message), callback));
        } else {
            OutboundMessage observed = connection.kept().identified(observation.message(message));
            connection.submit(new CallbackPublish(this, observed, new ObservedCallback(observation, callback)));
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
        if (refusal == null && life.isEnded()) {
            refusal = life.whyEnded();
        }
        if (refusal == null) {
            refusal = connection.life().refusal();
        }
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal);
        }
        if (connection.hasRoom()) {
            connection.submit(new UnconfirmedPublish(this, message));
            return THERE_IS_ROOM;
        }
        WaitingPublish publish = new WaitingPublish(this, message);
        connection.submit(publish);
        return publish;
    }

    @Override
    public CompletableFuture<Void> room() {
        RuntimeException refusal =
                life.isEnded() ? life.whyEnded() : connection.life().refusal();
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
        ConsumerHandle consumer = new ConsumerHandle(this, options, sink);
        return submit(new Request<T>(
                connection,
                this,
                "basic.consume from '" + options.queue() + "'",
                request -> {
                    consumer.name(
                            options.consumerTag().isEmpty() ? newConsumerTag() : options.consumerTag(),
                            topology.currentName(options.queue()));
                    consumer.startOn(life.incarnation(), request);
                },
                reply -> {
                    consumer.named(topology.knownName(consumer.queue()));
                    life.started(consumer);
                    return result.apply(consumer.started());
                },
                undo));
    }

    /** One that no consumer of this channel has, nor will have after a recovery. */
    private String newConsumerTag() {
        String tag;
        do {
            tag = "ctag" + number() + "." + ++consumerCount;
        } while (machine().hasConsumer(tag));
        return tag;
    }

    /** Cancels a consumer, unless it has ended already. */
    void cancel(ConsumerHandle consumer, CompletableFuture<Void> outcome) {
        connection.onLoop(() -> {
            if (life.isLost()) {
                // The broker has forgotten it, and it is not started again.
                consumer.finish(null);
            }
        });
        Request<Boolean> cancel = new Request<>(
                connection,
                this,
                "basic.cancel of '" + consumer.consumerTag() + "'",
                request -> {
                    if (consumer.isSuspended()) {
                        // Nothing runs that could be cancelled; it is not started again.
                        consumer.finish(null);
                    }
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
            if (failure == null || failure instanceof AmqpException && (life.isEnded() || consumer.isEnded())) {
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
        return submit(new GetRequest(this, queue, autoAck));
    }

    @Override
    public CompletableFuture<Void> qos(int prefetch) {
        if (prefetch < 0 || prefetch > 65535) {
            throw new IllegalArgumentException("prefetch " + prefetch + " is not in 0..65535");
        }
        return submit(new Request<Void>(
                connection,
                this,
                "basic.qos of 'channel " + number() + "'",
                request -> machine().qos(prefetch, request),
                reply -> {
                    life.sharedPrefetch(prefetch);
                    return nothing(reply);
                },
                ignored -> {}));
    }

    @Override
    public CompletableFuture<Void> recover() {
        return submit(new Request<Void>(
                connection,
                this,
                "basic.recover on channel " + number(),
                this::recover,
                ChannelHandle::nothing,
                ignored -> {}));
    }

    private void recover(Request<Void> request) {
        boolean fromStream = life.consumers().stream().anyMatch(ConsumerHandle::readsStream);
        if (fromStream && RabbitMqRules.isRabbitMq3(connection.serverInfo())) {
            request.onFailure(new SettlementException(
                    this
                            + " consumes from a stream, which takes nothing back, and RabbitMQ 3 would close the connection over"
                            + " basic.recover: use another channel for the stream",
                    SettlementException.Reason.STREAM));
        } else {
            machine().recover(request);
        }
    }

    @Override
    public CompletableFuture<Void> txSelect() {
        return transact("tx.select", request -> machine().txSelect(request), reply -> {
            life.becameTransactional();
            return nothing(reply);
        });
    }

    @Override
    public CompletableFuture<Void> txCommit() {
        return transact("tx.commit", request -> machine().txCommit(request), ChannelHandle::nothing);
    }

    @Override
    public CompletableFuture<Void> txRollback() {
        return transact("tx.rollback", request -> machine().txRollback(request), ChannelHandle::nothing);
    }

    private CompletableFuture<Void> transact(
            String method, Consumer<Request<Void>> send, Function<Method, Void> result) {
        return submit(
                new Request<Void>(connection, this, method + " on channel " + number(), send, result, ignored -> {}));
    }

    // ---- life -----------------------------------------------------------------------------------------------------

    @Override
    public CompletableFuture<Void> close() {
        life.closing();
        CompletableFuture<Void> over = new CompletableFuture<>();
        life.closed().whenComplete((ignored, failure) -> complete(over));
        connection.onLoop(life::closeUnlessLive);
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
        return life.closed().copy();
    }

    @Override
    public boolean isOpen() {
        return !life.isEnded() && !life.incarnation().isEnded();
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

    void onReturn(ReturnedMessage message) {
        if (!returnListeners.tell(message)) {
            LOG.warn("{}: a mandatory message was returned and nobody listens: {}", this, message);
        }
    }

    // ---- shutdown; on the event loop ------------------------------------------------------------------------------

    /** Cancels the consumers; handlers are not called any more but for what would be lost. */
    CompletableFuture<Void> stopDelivering() {
        dispatch.stopping();
        return CompletableFuture.allOf(
                life.consumers().stream().map(ConsumerHandle::cancel).toArray(CompletableFuture[]::new));
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

    // ---- parts ----------------------------------------------------------------------------------------------------

    ConnectionHandle connection() {
        return connection;
    }

    DeliveryDispatch dispatch() {
        return dispatch;
    }

    /** What outlives its machines. */
    ChannelLife life() {
        return life;
    }

    TopologyCalls topology() {
        return topology;
    }

    /** The event loop's: the current machine, which may have ended. */
    ChannelMachine machine() {
        return life.machine();
    }

    /** A request of this channel, made when it is sent. */
    <T> CompletableFuture<T> request(
            String method, String entity, Supplier<Method> request, int replyId, Function<Method, T> result) {
        return submit(new Request<T>(
                connection,
                this,
                method + " of '" + entity + "'",
                it -> machine().request(request.get(), replyId, it),
                result,
                ignored -> {}));
    }

    private <T> CompletableFuture<T> submit(Request<T> request) {
        request.observe(connection.observer(), number());
        connection.submit(request);
        return request;
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    static void complete(CompletableFuture<Void> future) {
        future.complete(null);
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    static Void nothing(Method reply) {
        return null;
    }
}
