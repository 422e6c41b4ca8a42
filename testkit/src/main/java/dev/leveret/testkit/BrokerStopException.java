package dev.leveret.testkit;

import org.jspecify.annotations.Nullable;

/** A broker could not be ended, or what it left could not be removed; the message names what is left. */
public final class BrokerStopException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * A broker that does not end.
     *
     * @param message which broker, and what is left of it
     * @param cause what made it fail; null when it was merely too slow
     */
    public BrokerStopException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
