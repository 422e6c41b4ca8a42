package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** The broker does not accept the credentials, or none of its SASL mechanisms suits them. Trying again will not help. */
public final class AuthenticationException extends AmqpException {

    private static final long serialVersionUID = 1L;

    public AuthenticationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public AuthenticationException forCaller() {
        return new AuthenticationException(getMessage(), this);
    }
}
