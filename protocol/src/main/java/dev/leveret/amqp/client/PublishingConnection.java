package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.ShutdownReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection's second TCP connection, for publishing: made when it is first asked for, and anew when it has ended. */
final class PublishingConnection {

    private final ConnectionOptions options;
    private final Consumer<ConnectionEvent> events;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is what follows. */
    private @Nullable CompletableFuture<AsyncConnection> connection;

    private boolean closed;

    /**
     * @param options those of the connection it belongs to
     * @param name that connection's name
     * @param events is told that this one is blocked and unblocked
     */
    PublishingConnection(ConnectionOptions options, String name, Consumer<ConnectionEvent> events) {
        this.options = options.toBuilder()
                .separatePublishing(false)
                .connectionName(name + " (publishing)")
                .build();
        this.events = events;
    }

    CompletableFuture<AsyncChannel> openChannel() {
        CompletableFuture<AsyncChannel> wanted = new CompletableFuture<>();
        connection().thenCompose(AsyncConnection::openChannel).whenComplete((channel, failure) -> {
            if (failure != null) {
                wanted.completeExceptionally(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            } else if (!wanted.complete(channel)) {
                // Whoever wanted it has gone.
                channel.close();
            }
        });
        return wanted;
    }

    private CompletableFuture<AsyncConnection> connection() {
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(new ConnectionClosedException(
                        "the connection was closed by this side", ReplyCode.SUCCESS.code(), false));
            }
            CompletableFuture<AsyncConnection> current = connection;
            if (current == null || hasEnded(current)) {
                current = Connecting.start(options);
                current.thenAccept(it -> it.onEvent(this::onEvent));
                connection = current;
            }
            // A copy: whoever cancels his channel does not cancel the connection of all.
            return current.copy();
        } finally {
            lock.unlock();
        }
    }

    private static boolean hasEnded(CompletableFuture<AsyncConnection> connection) {
        return connection.isDone()
                && (connection.isCompletedExceptionally()
                        || ((ConnectionHandle) connection.join()).life().hasEnded());
    }

    private void onEvent(ConnectionEvent event) {
        if (!(event instanceof ConnectionEvent.Closed)) {
            events.accept(event);
        }
    }

    CompletableFuture<ShutdownReport> shutdown(Duration patience) {
        CompletableFuture<AsyncConnection> current = end();
        return current == null
                ? CompletableFuture.completedFuture(ShutdownReport.CLEAN)
                : current.thenCompose(it -> it.shutdown(patience)).exceptionally(never -> ShutdownReport.CLEAN);
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    CompletableFuture<Void> close() {
        CompletableFuture<AsyncConnection> current = end();
        return current == null
                ? CompletableFuture.completedFuture(null)
                : current.thenCompose(AsyncConnection::close).exceptionally(never -> null);
    }

    /** No connection will be made any more, and one that is being made is given up. */
    private @Nullable CompletableFuture<AsyncConnection> end() {
        CompletableFuture<AsyncConnection> current;
        lock.lock();
        try {
            closed = true;
            current = connection;
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.cancel(false);
        }
        return current;
    }
}
