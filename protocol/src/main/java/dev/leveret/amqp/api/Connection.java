package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * The blocking face of {@link AsyncConnection}, which documents the operations: each of these waits for what the method of
 * the same name there completes with, and throws what it fails with. Thread-safe.
 *
 * <p>Waiting ends with {@link AmqpTimeoutException} at the latest after {@link ConnectionOptions#requestTimeout()}. A
 * thread that is interrupted while it waits gets {@link java.util.concurrent.CancellationException} with its interrupt
 * status set. On an event loop of this client, where callbacks run, these methods throw {@link IllegalStateException} instead
 * of dead-locking.
 */
public interface Connection extends AutoCloseable {

    /** @see AsyncConnection#openChannel() */
    Channel openChannel();

    /** @see AsyncConnection#openChannel(ChannelPurpose) */
    Channel openChannel(ChannelPurpose purpose);

    /** @see AsyncConnection#declare(Topology) */
    void declare(Topology topology);

    /** @see AsyncConnection#updateSecret(byte[], String) */
    void updateSecret(byte[] newSecret, String reason);

    /** @see AsyncConnection#close() */
    @Override
    void close();

    /** @see AsyncConnection#shutdown(Duration) */
    ShutdownReport shutdown(Duration patience);

    /** @see AsyncConnection#isOpen() */
    boolean isOpen();

    /** @see AsyncConnection#serverInfo() */
    ServerInfo serverInfo();

    /** @see AsyncConnection#negotiated() */
    Negotiated negotiated();

    /** @see AsyncConnection#name() */
    String name();

    /** @see AsyncConnection#onEvent(Consumer) */
    AutoCloseable onEvent(Consumer<? super ConnectionEvent> listener);

    /** @see AsyncConnection#diagnostics() */
    ConnectionDiagnostics diagnostics();

    /** The same connection for callers that do not want to wait. */
    AsyncConnection async();
}
