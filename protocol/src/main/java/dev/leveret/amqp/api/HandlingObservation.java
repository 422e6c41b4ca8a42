package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** Observes one run of a {@link DeliveryHandler}: see {@link ConnectionObserver#onHandling}. */
@FunctionalInterface
public interface HandlingObservation {

    /**
     * The handler has ended. On the handler's thread, before its error policy is applied.
     *
     * @param failure what it threw
     */
    void onEnd(@Nullable Throwable failure);
}
