package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** The broker ended a consumer ({@code basic.cancel}): its queue was deleted or moved, or a delivery took too long. */
public final class ConsumerCancelledException extends AmqpException {

    private static final long serialVersionUID = 1L;

    public ConsumerCancelledException(String message) {
        this(message, null);
    }

    private ConsumerCancelledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public ConsumerCancelledException forCaller() {
        return new ConsumerCancelledException(getMessage(), this);
    }
}
