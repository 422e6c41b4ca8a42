package dev.leveret.jms.broker;

import java.util.concurrent.TimeUnit;

/**
 * The moment before which a message must not be delivered, by a clock that nobody sets: a transaction is often committed
 * some time after its messages were sent, from when the delay counts.
 *
 * @param nanoTime as {@link System#nanoTime} tells
 */
public record Due(long nanoTime) {

    /** So many milliseconds from now. */
    public static Due in(long millis) {
        return new Due(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** How long that is from now, in milliseconds, rounded up; zero if it is over. */
    long millisLeft() {
        long nanos = nanoTime - System.nanoTime();
        return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos + TimeUnit.MILLISECONDS.toNanos(1) - 1);
    }
}
