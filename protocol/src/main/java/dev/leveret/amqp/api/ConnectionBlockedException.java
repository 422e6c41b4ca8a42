package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * The broker is short of memory or disk and does not read from the connection ({@code connection.blocked}). A publish that
 * fails with this as the cause was not sent; it may be tried again when the broker has recovered.
 */
public final class ConnectionBlockedException extends AmqpException {

    private static final long serialVersionUID = 1L;

    public ConnectionBlockedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public ConnectionBlockedException forCaller() {
        return new ConnectionBlockedException(getMessage(), this);
    }
}
