package dev.leveret.amqp.oauth2;

import org.jspecify.annotations.Nullable;

/** The token endpoint gave no token. The message names the endpoint and its reason, never a secret. */
public final class TokenRequestException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String error;

    TokenRequestException(String message, int status, String error, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.error = error;
    }

    /** The HTTP status of the answer; 0 if there was none. */
    public int status() {
        return status;
    }

    /** The error code of RFC 6749 section 5.2, such as {@code invalid_client}; empty if none was said. */
    public String error() {
        return error;
    }
}
