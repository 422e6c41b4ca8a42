package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.jms.message.Causes;
import jakarta.jms.JMSException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The losses of a connection that is recovered: who has to know, who waits for the end of one, and how often there was one.
 * Thread-safe; its watchers are called on the event loop.
 */
final class Interruptions {

    /** Is told. Must not block. */
    interface Watcher {

        /** The connection is lost; nothing of it arrives any more. */
        void lost();

        /** It is there again, with its channels and consumers. */
        void restored();

        /** The broker had closed this channel alone, and it is open again, with its consumers. */
        default void reopened(int channel) {}
    }

    private record Outage(long since, AmqpException cause, CompletableFuture<Boolean> over) {}

    private final AsyncConnection connection;
    private final Duration patience;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Outage outage;
    private volatile int count;

    /**
     * Those of one connection.
     *
     * @param patience how long after a loss callers wait for the connection
     */
    Interruptions(AsyncConnection connection, Duration patience) {
        this.connection = connection;
        this.patience = patience;
        connection.onEvent(this::happened);
        connection.closed().whenComplete((ended, cause) -> end());
    }

    private void happened(ConnectionEvent event) {
        if (event instanceof ConnectionEvent.Lost lost) {
            lost(lost.cause());
        } else if (event instanceof ConnectionEvent.Recovered) {
            end();
            watchers.forEach(Watcher::restored);
            runWaiting();
        } else if (event instanceof ConnectionEvent.ChannelReopened reopened) {
            watchers.forEach(it -> it.reopened(reopened.channel()));
        }
    }

    // By the event loop alone.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void lost(AmqpException cause) {
        count++;
        outage = new Outage(System.nanoTime(), cause, new CompletableFuture<>());
        watchers.forEach(Watcher::lost);
    }

    private void end() {
        Outage last = outage;
        outage = null;
        if (last != null) {
            last.over.complete(true);
        }
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    void unwatch(Watcher watcher) {
        watchers.remove(watcher);
    }

    /** How many there have been. */
    int count() {
        return count;
    }

    /**
     * Does this when the connection is there, which may be now; never if it does not come back. On the caller's thread or the
     * event loop, so that it must not block.
     */
    void whenOpen(Runnable action) {
        waiting.add(action);
        if (connection.isOpen()) {
            runWaiting();
        }
    }

    private void runWaiting() {
        Runnable next = waiting.poll();
        while (next != null) {
            next.run();
            next = waiting.poll();
        }
    }

    /**
     * Waits until the connection is there; at once if it is, or has ended, which using it tells.
     *
     * @param doing what for
     * @throws JMSException if it is not there in time: nothing was sent
     */
    void awaitOpen(String doing) throws JMSException {
        Outage current = outage;
        while (current != null) {
            try {
                long left = patience.toNanos() - (System.nanoTime() - current.since);
                current.over.get(Math.max(0, left), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw JmsErrors.of(
                        doing,
                        new ConnectionLostException(
                                "nothing was sent: the connection is lost and not recovered yet ("
                                        + current.cause.getMessage() + ")",
                                current.cause));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Causes.with(e, new JMSException(doing + ": interrupted; nothing was sent"));
            } catch (ExecutionException e) {
                throw JmsErrors.of(doing, e);
            }
            current = outage;
        }
    }
}
