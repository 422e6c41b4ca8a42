package dev.leveret.amqp.api;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A channel: the line on which a connection declares, publishes and consumes. Thread-safe; what one thread asks for is
 * done in the order in which it asked, and a message is never torn apart by another's.
 *
 * <p>Futures complete on the connection's event loop, and end by themselves: see {@link AsyncConnection}. When the broker
 * refuses an operation it closes the channel: all that is pending fails with {@link ChannelClosedException}, as does every
 * later call. Cancelling a returned future withdraws a request that has not been written yet; otherwise it stays sent and
 * its answer is discarded.
 *
 * <p>Where an operation takes the name of a queue, the empty name stands for the one that was last declared on this channel;
 * it is the broker who knows which, so requests may follow a declaration without waiting for its answer.
 *
 * <p>What RabbitMQ would refuse in every version by closing the channel or the connection, such as an exclusive quorum queue
 * or a malformed stream offset, is refused by the call with {@link IllegalArgumentException}, and nothing is sent.
 *
 * <p>Section numbers refer to the AMQP 0-9-1 reference.
 */
public interface AsyncChannel {

    /** Declares a queue ({@code queue.declare}, 1.7.2.1): makes it if there is none, otherwise verifies that it is equal. */
    CompletableFuture<QueueInfo> declareQueue(QueueSpec queue);

    /** Looks a queue up ({@code queue.declare} with {@code passive}); 404 closes the channel if there is none. */
    CompletableFuture<QueueInfo> declareQueuePassive(String queue);

    /**
     * Deletes a queue with its messages ({@code queue.delete}); RabbitMQ also answers so if there is none.
     *
     * @return how many messages went with it
     */
    CompletableFuture<Long> deleteQueue(String queue);

    /**
     * Deletes a queue on a condition.
     *
     * @param ifUnused refuse (406) if it has consumers
     * @param ifEmpty refuse (406) if it has messages
     * @return how many messages went with it
     */
    CompletableFuture<Long> deleteQueue(String queue, boolean ifUnused, boolean ifEmpty);

    /**
     * Removes the messages that are ready in a queue ({@code queue.purge}).
     *
     * @return how many
     */
    CompletableFuture<Long> purgeQueue(String queue);

    /** Declares an exchange ({@code exchange.declare}): makes it if there is none, otherwise verifies that it is equal. */
    CompletableFuture<Void> declareExchange(ExchangeSpec exchange);

    /** Looks an exchange up ({@code exchange.declare} with {@code passive}); 404 closes the channel if there is none. */
    CompletableFuture<Void> declareExchangePassive(String exchange);

    /** Deletes an exchange with its bindings ({@code exchange.delete}). */
    CompletableFuture<Void> deleteExchange(String exchange);

    /**
     * Deletes an exchange on a condition.
     *
     * @param ifUnused refuse (406) if it has bindings
     */
    CompletableFuture<Void> deleteExchange(String exchange, boolean ifUnused);

    /** Binds a queue or an exchange to an exchange ({@code queue.bind}, {@code exchange.bind}). */
    CompletableFuture<Void> bind(BindingSpec binding);

    /** Removes a binding ({@code queue.unbind}, {@code exchange.unbind}); the arguments must be those of the binding. */
    CompletableFuture<Void> unbind(BindingSpec binding);

    /**
     * Publishes a message and completes when the broker has confirmed it (publisher confirms, a RabbitMQ extension). The
     * channel is put in confirm mode ({@code confirm.select}) with its first such publish.
     *
     * <p>Any number may be in flight: each future tells its own message's fate. It fails with {@link PublishException} if
     * the message was returned, nacked, not sent, or if its fate cannot be known any more.
     */
    CompletableFuture<Void> publish(OutboundMessage message);

    /** The same with a callback in place of a future: one object less per message. */
    void publish(OutboundMessage message, PublishCallback callback);

    /**
     * Publishes a message without asking what becomes of it. The future tells when there is room for more: it is complete
     * already unless the outbound buffer is full ({@link ConnectionOptions#outboundBuffer()}), and fails if the channel is
     * closed. A caller who does not wait for it piles messages up in memory.
     */
    CompletableFuture<Void> send(OutboundMessage message);

    /**
     * Completes when a message can be published without waiting in memory: at once unless the outbound buffer is full
     * ({@link ConnectionOptions#outboundBuffer()}). Fails if the channel is closed, or if the broker has blocked the
     * connection and {@link ConnectionOptions#whenBlocked()} does not want to wait.
     */
    CompletableFuture<Void> room();

    /**
     * Publishes with confirms, at most so many unconfirmed at a time.
     *
     * @param size 1 or more; some hundreds keep a broker busy
     */
    AsyncPublishWindow publishWindow(int size);

    /**
     * Adds a listener for messages that the broker returns and nobody waits for: mandatory ones of {@link #send}. Called on
     * the event loop: it must not block. What it throws is logged. Close the returned handle to remove it.
     */
    AutoCloseable onReturn(Consumer<? super ReturnedMessage> listener);

    /**
     * Starts a consumer ({@code basic.qos} and {@code basic.consume} in one step). Its deliveries go to the handler, one at
     * a time and in order, on the executor of the options.
     */
    CompletableFuture<Subscription> consume(ConsumeOptions options, DeliveryHandler handler);

    /** Starts a consumer whose deliveries are taken on the event loop; the options' executor and error policy do not apply. */
    CompletableFuture<Subscription> consumeOnEventLoop(ConsumeOptions options, DeliverySink sink);

    /**
     * Starts a consumer whose deliveries wait until somebody takes them. The options' executor and error policy do not
     * apply.
     */
    CompletableFuture<PullConsumer> pull(ConsumeOptions options);

    /**
     * Fetches one message ({@code basic.get}); empty if the queue has none ready. Costs a round trip per message: to
     * process a queue, {@link #consume} or {@link #pull}. Not from a stream: RabbitMQ closes the connection over it (540),
     * and what type a queue has is not known here; nor from a quorum queue with a single active consumer (405, closes the
     * channel).
     *
     * @param autoAck whether the broker considers it settled when it sends it
     */
    CompletableFuture<Optional<GetResponse>> get(String queue, boolean autoAck);

    /**
     * Bounds the unsettled deliveries of all consumers of this channel together ({@code basic.qos} with {@code global}), on
     * top of each consumer's own {@link ConsumeOptions#prefetch}. RabbitMQ takes it for each consumer alone from 4.3 on, and
     * before refuses quorum queues on such a channel.
     *
     * @param prefetch 0 (no limit) to 65535
     */
    CompletableFuture<Void> qos(int prefetch);

    /**
     * Gives all unsettled deliveries of this channel back to their queues ({@code basic.recover} with requeue). Not on a
     * channel that consumes from a stream: RabbitMQ 3 closes the connection over it (541), so there it fails with a
     * {@link SettlementException} if a consumer of this channel said where in a stream to begin; RabbitMQ 4 takes it for
     * an acknowledgement of all of them.
     */
    CompletableFuture<Void> recover();

    /**
     * Makes the channel transactional ({@code tx.select}, 1.9.2.1): what is sent and settled on it from now on waits for
     * {@link #txCommit}. A channel cannot go back, nor be transactional and publish with confirms: this fails with {@link
     * IllegalStateException} after {@link #publish}, and {@code publish} is rejected after this. Use {@link #send}.
     *
     * <p>RabbitMQ's transactions cover one queue each: a commit that fails midway may have done a part. Confirms are the
     * faster way to know that a message has arrived.
     */
    CompletableFuture<Void> txSelect();

    /**
     * Publishes and settles what was sent and settled since the last commit or rollback ({@code tx.commit}, 1.9.2.3). When
     * the broker cannot do all of it, it closes the channel (406) or the connection; a part may have been done.
     *
     * <p>RabbitMQ takes nothing else on the channel meanwhile, so whatever is asked of it waits until the commit has ended;
     * only closing it does not, and leaves open whether the commit was done. Mandatory messages that no queue takes come
     * back before this completes.
     *
     * @throws IllegalStateException (as the future's failure) if the channel is not transactional
     */
    CompletableFuture<Void> txCommit();

    /**
     * Drops what was sent since the last commit or rollback, and undoes what was settled ({@code tx.rollback}, 1.9.2.5). The
     * deliveries concerned stay with the channel and cannot be settled alone any more: {@link #recover} or closing the
     * channel give them back to their queues, as does {@code ackMultiple} of a later one settle them.
     *
     * @throws IllegalStateException (as the future's failure) if the channel is not transactional
     */
    CompletableFuture<Void> txRollback();

    /**
     * Closes the channel; unsettled deliveries return to their queues. Always completes normally, at the latest after
     * {@link ConnectionOptions#closeTimeout()}.
     */
    CompletableFuture<Void> close();

    /** Completes when the channel has ended: normally after {@link #close}, otherwise exceptionally with the cause. */
    CompletableFuture<Void> closed();

    /** Whether the channel is open; it may end at any time. */
    boolean isOpen();

    /** The channel's number on its connection. */
    int number();

    /** The same channel for callers that want to wait. */
    Channel blocking();
}
