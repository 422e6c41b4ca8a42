package dev.leveret.amqp.api;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * The blocking face of {@link AsyncChannel}, which documents the operations: each of these waits for what the method of the
 * same name there completes with, and throws what it fails with. Thread-safe. See {@link Connection} for how waiting ends.
 */
public interface Channel extends AutoCloseable {

    /** @see AsyncChannel#declareQueue(QueueSpec) */
    QueueInfo declareQueue(QueueSpec queue);

    /** @see AsyncChannel#declareQueuePassive(String) */
    QueueInfo declareQueuePassive(String queue);

    /** @see AsyncChannel#deleteQueue(String) */
    long deleteQueue(String queue);

    /** @see AsyncChannel#deleteQueue(String, boolean, boolean) */
    long deleteQueue(String queue, boolean ifUnused, boolean ifEmpty);

    /** @see AsyncChannel#purgeQueue(String) */
    long purgeQueue(String queue);

    /** @see AsyncChannel#declareExchange(ExchangeSpec) */
    void declareExchange(ExchangeSpec exchange);

    /** @see AsyncChannel#declareExchangePassive(String) */
    void declareExchangePassive(String exchange);

    /** @see AsyncChannel#deleteExchange(String) */
    void deleteExchange(String exchange);

    /** @see AsyncChannel#deleteExchange(String, boolean) */
    void deleteExchange(String exchange, boolean ifUnused);

    /** @see AsyncChannel#bind(BindingSpec) */
    void bind(BindingSpec binding);

    /** @see AsyncChannel#unbind(BindingSpec) */
    void unbind(BindingSpec binding);

    /**
     * Publishes a message and waits until it is confirmed. If the connection's event loop sleeps, this thread does its work for
     * the message on the way, which spares the waking of another; many messages that need not wait for each other go faster by a
     * {@linkplain #publishWindow window}.
     *
     * @see AsyncChannel#publish(OutboundMessage)
     */
    void publish(OutboundMessage message);

    /**
     * Waits while the outbound buffer is full.
     *
     * @see AsyncChannel#send(OutboundMessage)
     */
    void send(OutboundMessage message);

    /** @see AsyncChannel#publishWindow(int) */
    PublishWindow publishWindow(int size);

    /** @see AsyncChannel#onReturn(Consumer) */
    AutoCloseable onReturn(Consumer<? super ReturnedMessage> listener);

    /** @see AsyncChannel#consume(ConsumeOptions, DeliveryHandler) */
    Subscription consume(ConsumeOptions options, DeliveryHandler handler);

    /** @see AsyncChannel#pull(ConsumeOptions) */
    PullConsumer pull(ConsumeOptions options);

    /** @see AsyncChannel#get(String, boolean) */
    Optional<GetResponse> get(String queue, boolean autoAck);

    /** @see AsyncChannel#qos(int) */
    void qos(int prefetch);

    /** @see AsyncChannel#recover() */
    void recover();

    /** @see AsyncChannel#txSelect() */
    void txSelect();

    /** @see AsyncChannel#txCommit() */
    void txCommit();

    /** @see AsyncChannel#txRollback() */
    void txRollback();

    /** @see AsyncChannel#close() */
    @Override
    void close();

    /** @see AsyncChannel#isOpen() */
    boolean isOpen();

    /** @see AsyncChannel#number() */
    int number();

    /** The same channel for callers that do not want to wait. */
    AsyncChannel async();
}
