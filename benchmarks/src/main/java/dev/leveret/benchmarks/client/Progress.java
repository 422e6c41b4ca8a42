package dev.leveret.benchmarks.client;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What one thread at a time counts and another one waits for, at the price of two volatile accesses per message: the
 * same for every client.
 */
public final class Progress {

    private static final long STALLED_NANOS = 30_000_000_000L;

    private volatile long count;
    private volatile long target = Long.MAX_VALUE;
    private volatile @Nullable Thread waiter;
    private volatile @Nullable Throwable failure;

    /** Counts; never called by two threads at once. */
    public void add(long messages) {
        long now = count + messages;
        count = now;
        if (now >= target) {
            target = Long.MAX_VALUE; // one wake-up per wait
            LockSupport.unpark(waiter);
        }
    }

    /** Ends the waiting. */
    public void fail(Throwable cause) {
        failure = cause;
        LockSupport.unpark(waiter);
    }

    /** How many have been counted. */
    public long count() {
        return count;
    }

    /** Returns when this many have been counted in all. */
    public void await(long wanted) {
        if (count >= wanted) {
            return;
        }
        waiter = Thread.currentThread();
        long seen = count;
        long stalledAt = System.nanoTime() + STALLED_NANOS;
        while (true) {
            target = wanted; // again after each wake-up: one that was late has taken it away
            if (count >= wanted) {
                break;
            }
            Throwable cause = failure;
            if (cause != null) {
                throw new IllegalStateException("a message failed", cause);
            }
            LockSupport.parkNanos(this, 1_000_000_000L);
            if (count > seen) {
                seen = count;
                stalledAt = System.nanoTime() + STALLED_NANOS;
            } else if (System.nanoTime() - stalledAt > 0) {
                throw new IllegalStateException("stalled at " + count + " of " + wanted);
            }
        }
        target = Long.MAX_VALUE;
    }
}
