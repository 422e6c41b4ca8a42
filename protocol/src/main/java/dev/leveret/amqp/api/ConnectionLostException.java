package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * The connection broke without a word: the network, the broker's death, or a missed heartbeat. What was under way may or
 * may not have been carried out. A new connection may work.
 */
public final class ConnectionLostException extends AmqpException {

    private static final long serialVersionUID = 1L;

    public ConnectionLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public ConnectionLostException forCaller() {
        return new ConnectionLostException(getMessage(), this);
    }
}
