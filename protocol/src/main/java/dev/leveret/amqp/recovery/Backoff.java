package dev.leveret.amqp.recovery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential back-off with full jitter: each pause is chosen at random between nothing and a bound that doubles each time,
 * so that those who failed together do not come back together.
 */
public final class Backoff {

    /** About a hundred years: longer pauses cannot be told from each other. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private final long initial;
    private final long max;
    private final RandomGenerator random;
    private long bound;

    /**
     * @param initial the first bound, longer than zero
     * @param max the last bound, no less than {@code initial}
     */
    public Backoff(Duration initial, Duration max, RandomGenerator random) {
        if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0) {
            throw new IllegalArgumentException("delays from " + initial + " to " + max + " make no back-off");
        }
        this.initial = nanos(initial);
        this.max = nanos(max);
        this.random = random;
        bound = this.initial;
    }

    /** What the next pause is at most. */
    public Duration bound() {
        return Duration.ofNanos(bound);
    }

    /** The next pause, between zero and the bound, both included; the bound doubles. */
    public Duration next() {
        long pause = random.nextLong(bound + 1);
        skip();
        return Duration.ofNanos(pause);
    }

    /** As if a pause had been taken: for an attempt that is made without one. */
    public void skip() {
        bound = bound > max / 2 ? max : bound * 2;
    }

    /** Begins anew. */
    public void reset() {
        bound = initial;
    }

    private static long nanos(Duration value) {
        return value.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : value.toNanos();
    }
}
