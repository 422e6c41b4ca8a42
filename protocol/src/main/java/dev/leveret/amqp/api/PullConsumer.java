package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A consumer whose deliveries wait until they are taken, for loops that want the next message and not a callback. Made by
 * {@link AsyncChannel#pull}; thread-safe: several threads may take, each delivery goes to one of them.
 *
 * <p>The methods that wait must not be called on an event loop. What waits is bounded by the prefetch and by
 * {@link ConsumeOptions#withBuffer}.
 *
 * <pre>{@code
 * try (PullConsumer orders = channel.pull(ConsumeOptions.of("orders"))) {
 *     for (Delivery order : orders.untilIdle(Duration.ofSeconds(5))) {
 *         handle(order);
 *         order.ack();
 *     }
 * }
 * }</pre>
 */
public interface PullConsumer extends AutoCloseable {

    /** The consumer's tag: unique on its channel. */
    String consumerTag();

    /** The queue it consumes from. */
    String queue();

    /**
     * Takes the next delivery, and waits for it if there is none yet.
     *
     * @param timeout how long to wait at most; zero takes only what is there
     * @return empty after the timeout, and at once when the consumer was cancelled by this side and nothing is left
     * @throws AmqpException if the consumer was ended by the broker, or its channel or connection has ended, and nothing is
     *     left to take
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; it stays interrupted
     */
    Optional<Delivery> poll(Duration timeout);

    /**
     * The deliveries until none has come for a while, as Pika's {@code consume} with an inactivity timeout. Each step polls,
     * so it throws what {@link #poll} throws.
     *
     * @param inactivity how long to wait for each delivery
     */
    default Iterable<Delivery> untilIdle(Duration inactivity) {
        return () -> new Iterator<>() {
            private Optional<Delivery> next = Optional.empty();

            @Override
            public boolean hasNext() {
                if (next.isEmpty()) {
                    next = poll(inactivity);
                }
                return next.isPresent();
            }

            @Override
            public Delivery next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("no delivery came within " + inactivity);
                }
                Delivery delivery = next.get();
                next = Optional.empty();
                return delivery;
            }
        };
    }

    /** How many deliveries could be taken without waiting. */
    int buffered();

    /**
     * Cancels the consumer and returns what had arrived and was not taken: the caller's to handle and settle.
     *
     * @throws AmqpException if the broker does not answer in time; what arrived can still be polled then
     */
    List<Delivery> cancel();

    /**
     * Cancels the consumer and gives back what was not taken: it is requeued, or lost if the consumer acknowledges
     * automatically. Without effect after the consumer has ended.
     */
    @Override
    void close();

    /** Completes as {@link Subscription#ended}. */
    CompletableFuture<Void> ended();
}
