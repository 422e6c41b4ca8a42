package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A connection to a broker. Thread-safe.
 *
 * <p>Futures complete on the connection's event loop: what is chained to them without {@code ...Async} runs there and must
 * not block. The loop is one thread at a time: its own or, while that sleeps, one that is inside {@link Channel#publish}. A future that is cancelled or timed out by its holder never disturbs what comes after: the request stays
 * sent and its answer is discarded.
 *
 * <p>Every request ends within {@link ConnectionOptions#requestTimeout()}, with {@link AmqpTimeoutException} if the broker
 * has not answered; with {@link ConnectionLostException} or {@link ConnectionClosedException} if the connection ends.
 */
public interface AsyncConnection {

    /** Opens a channel ({@code channel.open}). Fails if as many are open as was negotiated. */
    CompletableFuture<AsyncChannel> openChannel();

    /**
     * Opens a channel on the connection for its purpose: with {@link ConnectionOptions#separatePublishing} a channel for
     * publishing is opened on a second TCP connection, which is made when it is first needed and closed with this one.
     */
    CompletableFuture<AsyncChannel> openChannel(ChannelPurpose purpose);

    /**
     * Declares exchanges, queues and bindings on a channel of its own. Fails at the first that the broker refuses; what
     * was declared until then stays.
     */
    CompletableFuture<Void> declare(Topology topology);

    /**
     * Replaces the secret that the connection was opened with, before it expires ({@code connection.update-secret} of
     * RabbitMQ): an OAuth 2 token, for whom the broker checks permissions from then on. Completes when the broker has
     * taken it; one that it refuses ends the connection.
     *
     * @param newSecret is copied; the copy is overwritten with zeros when it is sent
     * @param reason for the broker's log, up to 255 bytes
     */
    CompletableFuture<Void> updateSecret(byte[] newSecret, String reason);

    /**
     * Closes the connection and with it all channels. Always completes, at the latest after
     * {@link ConnectionOptions#closeTimeout()}, and then normally: the connection is closed in any case. Calls that wait
     * for the broker end with {@link ConnectionClosedException}.
     */
    CompletableFuture<Void> close();

    /**
     * Brings the work to an end and closes the connection: cancels the consumers, waits for running handlers, sends their
     * acknowledgements, waits for the fate of publishes. Deliveries whose handler has not been called yet go back to their
     * queues, unless they are acknowledged automatically: those are handled. When the time is over the connection is closed
     * all the same. Publishing is possible until then.
     *
     * @param patience how long all that may take, before the close
     * @return what was left when the connection was closed; never fails
     */
    CompletableFuture<ShutdownReport> shutdown(Duration patience);

    /** Completes when the connection has ended: normally after {@link #close}, otherwise exceptionally with the cause. */
    CompletableFuture<Void> closed();

    /** Whether the connection is open; it may end at any time. */
    boolean isOpen();

    /** What the broker said of itself. */
    ServerInfo serverInfo();

    /** What was agreed on with the broker. */
    Negotiated negotiated();

    /** The name that the broker and the log know this connection by. */
    String name();

    /**
     * Adds a listener, called on the event loop in the order of the events: it must not block. What it throws is logged.
     * Close the returned handle to remove it.
     */
    AutoCloseable onEvent(Consumer<? super ConnectionEvent> listener);

    /**
     * What the connection is doing and what it waits for: for a log or a person who wonders why nothing moves. Any thread may
     * ask. Completes within a second, whatever the broker does and whatever blocks the event loop: then it says that.
     */
    CompletableFuture<ConnectionDiagnostics> diagnostics();

    /** The same connection for callers that want to wait. */
    Connection blocking();
}
