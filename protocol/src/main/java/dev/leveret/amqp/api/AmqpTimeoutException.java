package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * The broker did not answer within the deadline. Whether it carried out the request is not known. The channel stays
 * usable: an answer that comes late is discarded.
 */
public final class AmqpTimeoutException extends AmqpException {

    private static final long serialVersionUID = 1L;

    public AmqpTimeoutException(String message) {
        this(message, null);
    }

    private AmqpTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public AmqpTimeoutException forCaller() {
        return new AmqpTimeoutException(getMessage(), this);
    }
}
