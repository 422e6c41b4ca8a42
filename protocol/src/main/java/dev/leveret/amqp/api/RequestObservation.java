package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** Observes one request to the broker: see {@link ConnectionObserver#onRequest}. */
@FunctionalInterface
public interface RequestObservation {

    /** {@code basic.get} has brought this message; {@link #onEnd} follows. */
    default void onMessage(Delivery delivery) {}

    /**
     * The request has ended, on the event loop.
     *
     * @param failure {@code null} when the broker has answered; {@link AmqpTimeoutException} when it has not in time
     */
    void onEnd(@Nullable Throwable failure);
}
