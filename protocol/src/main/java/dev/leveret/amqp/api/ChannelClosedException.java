package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** The channel is closed: the broker refused an operation on it (which closes it), or this side closed it. */
public final class ChannelClosedException extends AmqpException {

    private static final long serialVersionUID = 1L;

    private final int replyCode;
    private final boolean byBroker;
    private final String method;

    /**
     * @param method the AMQP method that the broker refused, such as {@code queue.declare}; empty if it named none
     */
    public ChannelClosedException(
            String message, int replyCode, boolean byBroker, String method, @Nullable Throwable cause) {
        super(message, cause);
        this.replyCode = replyCode;
        this.byBroker = byBroker;
        this.method = method;
    }

    /** The number in {@code channel.close}: see {@link ReplyCode#of}. */
    public int replyCode() {
        return replyCode;
    }

    /** Whether the broker closed it. */
    public boolean byBroker() {
        return byBroker;
    }

    /** The AMQP method that the broker refused, such as {@code queue.declare}; empty if it named none. */
    public String method() {
        return method;
    }

    @Override
    public ChannelClosedException forCaller() {
        return new ChannelClosedException(getMessage(), replyCode, byBroker, method, this);
    }
}
