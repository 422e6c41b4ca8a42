package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.net.EventLoops;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for a future on a thread that may: how the blocking face stands on the asynchronous one. */
final class Await {

    /** Futures end by their own deadlines; this much later something must be wrong with the event loop. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Await() {}

    static <T extends @Nullable Object> T result(
            ConnectionHandle connection, CompletableFuture<T> future, Duration deadline) {
        if (!future.isDone() && EventLoops.isLoopThread()) {
            future.cancel(false);
            throw onLoop(connection);
        }
        try {
            return future.get(Deadlines.nanos(deadline) + GRACE.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw forCaller(e.getCause());
        } catch (TimeoutException e) {
            future.cancel(false);
            throw new AmqpTimeoutException("no result within " + deadline + " and " + GRACE + " on connection '"
                    + connection.name() + "': the broker is silent, or a callback blocks the event loop");
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for the broker");
        }
    }

    /** Fails on an event loop, before something is asked for that nobody could wait for. */
    static void refuseOnLoop(ConnectionHandle connection) {
        if (EventLoops.isLoopThread()) {
            throw onLoop(connection);
        }
    }

    private static IllegalStateException onLoop(ConnectionHandle connection) {
        return new IllegalStateException(
                "a blocking call for connection '" + connection.name()
                        + "' on an event loop might wait for itself: use the asynchronous face in callbacks, or another thread");
    }

    static RuntimeException forCaller(@Nullable Throwable cause) {
        if (cause instanceof AmqpException failure) {
            return failure.forCaller();
        }
        if (cause instanceof IllegalArgumentException) {
            return new IllegalArgumentException(cause.getMessage(), cause);
        }
        return new IllegalStateException(cause == null ? "failed without a cause" : cause.getMessage(), cause);
    }
}
