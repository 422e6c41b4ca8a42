package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** The connection was closed in an orderly way: by the broker with a reason, or by this side. */
public final class ConnectionClosedException extends AmqpException {

    private static final long serialVersionUID = 1L;

    private final int replyCode;
    private final boolean byBroker;

    public ConnectionClosedException(String message, int replyCode, boolean byBroker) {
        this(message, replyCode, byBroker, null);
    }

    public ConnectionClosedException(String message, int replyCode, boolean byBroker, @Nullable Throwable cause) {
        super(message, cause);
        this.replyCode = replyCode;
        this.byBroker = byBroker;
    }

    /** The number in {@code connection.close}: see {@link ReplyCode#of}. */
    public int replyCode() {
        return replyCode;
    }

    /** Whether the broker closed it; otherwise this side did, on request or because the broker broke the protocol. */
    public boolean byBroker() {
        return byBroker;
    }

    @Override
    public ConnectionClosedException forCaller() {
        return new ConnectionClosedException(getMessage(), replyCode, byBroker, this);
    }
}
