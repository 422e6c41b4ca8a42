package dev.leveret.amqp.client;

import dev.leveret.amqp.api.Delivery;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands the deliveries of one channel to its handlers, in the order of the channel: what arrived together for one consumer
 * as a batch, one batch at a time, each on its consumer's executor.
 */
final class DeliveryDispatch {

    /** Who handles deliveries, away from the event loop. */
    interface Handling {

        Executor executor();

        /** What was brought and is not handled. */
        Backlog backlog();

        /** Handles one delivery; must not throw. */
        void handle(Delivery delivery);

        /** The delivery that is being handled now; any thread may ask. */
        @Nullable
        Delivery current();

        /** The executor does not take deliveries any more; this one and what waits behind it is not handled. */
        void refused(Throwable cause);
    }

    /** Deliveries of one consumer that came one after the other. */
    private static final class Batch {
        final Handling handling;
        final List<Delivery> deliveries = new ArrayList<>();
        long bytes;
        /** How many have been handled; whoever looks from another thread may see a moment ago. */
        int handled;

        Batch(Handling handling) {
            this.handling = handling;
        }
    }

    /** The event loop's: what has arrived and is not on its way. */
    private @Nullable Batch gathered;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is {@link #running}. */
    private final Queue<Batch> waiting = new ArrayDeque<>();

    private boolean running;
    private @Nullable CompletableFuture<Void> idle;

    private volatile boolean stopping;
    /** When the batch that is being handled was begun, in nanoseconds; 0 when none is. Guarded by the lock. */
    private long busySince;

    /**
     * What a dispatch is doing.
     *
     * @param waiting how many deliveries wait for a handler
     * @param busy how long ago the batch was begun that is being handled
     */
    record Load(int waiting, Optional<Duration> busy) {}

    /** What it is doing; any thread may ask. */
    Load load() {
        lock.lock();
        try {
            int count = waiting.stream().mapToInt(it -> it.deliveries.size()).sum();
            Batch first = waiting.peek();
            if (first == null || busySince == 0) {
                return new Load(count, Optional.empty());
            }
            int begun = first.deliveries.indexOf(first.handling.current()) + 1;
            return new Load(count - begun, Optional.of(Duration.ofNanos(System.nanoTime() - busySince)));
        } finally {
            lock.unlock();
        }
    }

    /** Gathers a delivery; on the event loop. */
    void add(Handling handling, Delivery delivery) {
        Batch batch = gathered;
        if (batch == null || batch.handling != handling) {
            flush();
            batch = new Batch(handling);
            gathered = batch;
        }
        batch.deliveries.add(delivery);
        batch.bytes += delivery.body().length;
    }

    /** Sends what was gathered on its way; on the event loop. */
    void flush() {
        Batch batch = gathered;
        gathered = null;
        if (batch == null) {
            return;
        }
        batch.handling.backlog().arrived(batch.deliveries.size(), batch.bytes);
        lock.lock();
        try {
            waiting.add(batch);
            if (running) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        submit(batch);
    }

    private void submit(Batch first) {
        Executor executor = first.handling.executor();
        try {
            executor.execute(() -> run(executor));
        } catch (Throwable e) {
            // Errors too: an executor that can make no more threads throws one.
            dropWaiting();
            first.handling.refused(e);
        }
    }

    /** What nobody will handle does not fill its consumer's buffer any more, or the connection might never be read again. */
    private void dropWaiting() {
        List<Batch> dropped;
        lock.lock();
        try {
            dropped = List.copyOf(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        current();
        dropped.forEach(it -> it.handling.backlog().taken(it.deliveries.size(), it.bytes));
    }

    /** Runs batches until there are none, or one for another executor. */
    private void run(Executor executor) {
        for (Batch batch = current(); batch != null; batch = current()) {
            if (batch.handling.executor() != executor) {
                submit(batch);
                return;
            }
            try {
                for (Delivery delivery : batch.deliveries) {
                    if (isWanted(delivery)) {
                        batch.handling.handle(delivery);
                    }
                    batch.handled++;
                }
            } finally {
                done();
                batch.handling.backlog().taken(batch.deliveries.size(), batch.bytes);
            }
        }
    }

    /** While the connection shuts down, what the broker can give to somebody else is left to it. */
    private boolean isWanted(Delivery delivery) {
        return !stopping || delivery.autoAcknowledged();
    }

    private @Nullable Batch current() {
        Batch batch;
        CompletableFuture<Void> nowIdle = null;
        lock.lock();
        try {
            batch = waiting.peek();
            running = batch != null;
            busySince = running ? System.nanoTime() | 1 : 0;
            if (batch == null) {
                nowIdle = idle;
            }
        } finally {
            lock.unlock();
        }
        if (nowIdle != null) {
            ChannelHandle.complete(nowIdle);
        }
        return batch;
    }

    private void done() {
        lock.lock();
        try {
            waiting.remove();
        } finally {
            lock.unlock();
        }
    }

    // ---- shutdown -------------------------------------------------------------------------------------------------

    /**
     * What has not come to an end.
     *
     * @param running handlers
     * @param autoAcknowledged deliveries that wait and that the broker considers settled
     */
    record Left(int running, int autoAcknowledged) {}

    /** From now on handlers are called only for what would be lost otherwise. */
    void stopping() {
        stopping = true;
    }

    /** Completes when no handler runs and none waits to. */
    CompletableFuture<Void> idle() {
        lock.lock();
        try {
            if (idle == null) {
                idle = running ? new CompletableFuture<>() : CompletableFuture.completedFuture(null);
            }
            return idle.copy();
        } finally {
            lock.unlock();
        }
    }

    Left left() {
        lock.lock();
        try {
            int lost = 0;
            int inHand = running ? 1 : 0;
            for (Batch batch : waiting) {
                lost += (int) batch.deliveries.stream()
                        .skip(batch.handled + inHand)
                        .filter(Delivery::autoAcknowledged)
                        .count();
                inHand = 0;
            }
            return new Left(running ? 1 : 0, lost);
        } finally {
            lock.unlock();
        }
    }
}
