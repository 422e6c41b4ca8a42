package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * Is told what connections do: for metrics, traces and tests. Set with {@link ConnectionOptions.Builder#observer}; without
 * one, a message costs a {@code null} check.
 *
 * <p>May serve any number of connections; what belongs to one of them goes into its {@link ConnectionObserver}.
 */
@FunctionalInterface
public interface Observer {

    /**
     * A connection is about to be opened; called on the thread that asks for it.
     *
     * @return who is told what becomes of it; {@code null} if nobody wants to know
     */
    @Nullable
    ConnectionObserver onConnecting(ObservedConnection connection);
}
