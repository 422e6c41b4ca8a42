package dev.leveret.testkit;

import org.jspecify.annotations.Nullable;

/**
 * A broker that should serve does not: it did not start, or the address given for it does not answer.
 *
 * <p>The message ends with the last lines that the broker wrote. What was started has been ended and deleted.
 */
public final class BrokerStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * A failure without a deeper cause.
     *
     * @param message what was started, how it failed, what the broker wrote; no password
     */
    public BrokerStartException(String message) {
        this(message, null);
    }

    /**
     * A failure with its cause.
     *
     * @param message what was started, how it failed, what the broker wrote; no password
     * @param cause what made it fail; null when there is nothing more to say
     */
    public BrokerStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
