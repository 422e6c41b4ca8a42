package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for futures in tests, with an end; and the event loop, where nobody may wait. */
final class Futures {

    private static final long PATIENCE_SECONDS = 20;

    private Futures() {}

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("not done after " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Looks again and again until something holds that nobody tells. */
    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** What it fails with; fails if it does not. */
    static Throwable failure(CompletableFuture<?> future) {
        try {
            Object value = future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("expected a failure, got " + value);
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("not done after " + PATIENCE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Runs something on a connection's event loop, in a listener, and waits for what it returns. */
    static <T> T onLoop(FakeBrokerServer server, FakeBroker broker, AsyncConnection connection, Supplier<T> action) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        connection.onEvent(event -> {
            if (event instanceof ConnectionEvent.Unblocked && !outcome.isDone()) {
                try {
                    outcome.complete(action.get());
                } catch (Throwable e) {
                    outcome.completeExceptionally(e);
                }
            }
        });
        server.act(broker, it -> it.say(0, new ConnectionMethod.Unblocked()));
        return await(outcome);
    }

    static <T extends Throwable> T failure(CompletableFuture<?> future, Class<T> kind) {
        Throwable failure = failure(future);
        assertThat(failure).isInstanceOf(kind);
        return kind.cast(failure);
    }
}
