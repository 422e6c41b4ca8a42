package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * Something went wrong with the broker, the network or the protocol. Mistakes in a call's arguments are
 * {@link IllegalArgumentException}s, calls that the state of an object forbids {@link IllegalStateException}s.
 *
 * <p>The kinds differ in what the caller can do: see each.
 */
public abstract sealed class AmqpException extends RuntimeException
        permits AmqpTimeoutException,
                AuthenticationException,
                ChannelClosedException,
                ConnectFailedException,
                ConnectionBlockedException,
                ConnectionClosedException,
                ConnectionLostException,
                ConsumerCancelledException,
                PublishException,
                SettlementException,
                TlsException {

    private static final long serialVersionUID = 1L;

    private final String text;

    AmqpException(String message, @Nullable Throwable cause) {
        super(message, cause);
        text = message;
    }

    /** Names the entity, the cause and where it helps what to do; never a secret. */
    @Override
    public String getMessage() {
        return text;
    }

    /**
     * The same failure for a caller on another thread: its stack trace is the caller's, this one is its cause. One
     * failure can end many calls, and each should see where it was called.
     */
    public abstract AmqpException forCaller();
}
