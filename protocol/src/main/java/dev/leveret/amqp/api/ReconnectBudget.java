package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often connections may try to connect again, all those together that share this object: what keeps a program with
 * hundreds of connections from falling upon a broker that has just come back. Thread-safe.
 *
 * <p>So many attempts may follow each other at once; after that they are spread evenly.
 */
public final class ReconnectBudget {

    private static final ReconnectBudget SHARED = new ReconnectBudget(50, Duration.ofSeconds(5));

    private final int attempts;
    private final Duration period;
    private final long interval;
    /** When the next attempt would be due if none were made ahead of its time. */
    private final AtomicLong due = new AtomicLong(Long.MIN_VALUE);

    /**
     * @param attempts how many in each period, and at once; 1 or more
     * @param period longer than zero
     */
    public ReconnectBudget(int attempts, Duration period) {
        if (attempts < 1) {
            throw new IllegalArgumentException("a budget of " + attempts + " attempts lets nobody connect again");
        }
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("a period of " + period + " is too short");
        }
        this.attempts = attempts;
        this.period = period;
        this.interval = Math.max(1, TimeUnit.NANOSECONDS.convert(period) / attempts);
    }

    /** That of all connections with no other: 50 attempts in 5 seconds. */
    public static ReconnectBudget shared() {
        return SHARED;
    }

    /**
     * Takes one attempt.
     *
     * @param now the time, in nanoseconds of the same origin for all who share the budget
     * @return how long to wait before making it, in nanoseconds
     */
    public long take(long now) {
        while (true) {
            long before = due.get();
            long earliest = before == Long.MIN_VALUE || before - now < 0 ? now : before;
            if (due.compareAndSet(before, earliest + interval)) {
                return Math.max(0, earliest - now - (attempts - 1) * interval);
            }
        }
    }

    @Override
    public String toString() {
        return attempts + " attempts in " + period;
    }
}
