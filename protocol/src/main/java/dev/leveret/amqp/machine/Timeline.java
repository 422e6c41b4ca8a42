package dev.leveret.amqp.machine;

import java.util.Arrays;

/**
 * Remembers when growing numbers were given out, delivery tags or sequence numbers, so that somebody who wonders how old one of
 * them is can be told: within 100 ms or a tenth of its age.
 *
 * <p>To a message it costs a comparison. A mark is made every 100 ms at most, and when there is no room for another, marks that
 * lie close together for their age are forgotten: a logarithm of the time that has passed remains.
 */
final class Timeline {

    static final long RESOLUTION_NANOS = 100_000_000;
    /** Two marks may be this part of their age apart. */
    static final int PRECISION = 10;

    private static final int FIRST_CAPACITY = 16;

    private long[] numbers = {};
    private long[] times = {};
    private int count;
    private long lastTime;

    /** A number was given out, higher than any before. */
    void note(long number, long now) {
        if (count == 0 || now - lastTime >= RESOLUTION_NANOS) {
            mark(number, now);
        }
    }

    /** When a number was given out, or somewhat earlier; {@code otherwise} if it is older than all that was noted. */
    long timeOf(long number, long otherwise) {
        long time = otherwise;
        for (int i = 0; i < count && numbers[i] <= number; i++) {
            time = times[i];
        }
        return time;
    }

    /** A number that was certainly given out by then, as were all below it; the highest that is known. */
    long givenOutBy(long time) {
        if (count > 0 && time - lastTime >= RESOLUTION_NANOS) {
            return Long.MAX_VALUE;
        }
        long number = 0;
        for (int i = 0; i < count && times[i] - time <= 0; i++) {
            number = numbers[i];
        }
        return number;
    }

    /** How many marks there are. */
    int marks() {
        return count;
    }

    private void mark(long number, long now) {
        if (count == numbers.length) {
            thin(now);
            if (count > numbers.length / 2) {
                int capacity = Math.max(FIRST_CAPACITY, 2 * numbers.length);
                numbers = Arrays.copyOf(numbers, capacity);
                times = Arrays.copyOf(times, capacity);
            } else if (numbers.length == 0) {
                numbers = new long[FIRST_CAPACITY];
                times = new long[FIRST_CAPACITY];
            }
        }
        numbers[count] = number;
        times[count] = now;
        count++;
        lastTime = now;
    }

    /** Forgets each mark whose neighbours are close enough to each other without it. */
    private void thin(long now) {
        int kept = Math.min(count, 1);
        for (int i = 1; i < count; i++) {
            boolean dispensable = i + 1 < count && times[i + 1] - times[kept - 1] <= (now - times[i + 1]) / PRECISION;
            if (!dispensable) {
                numbers[kept] = numbers[i];
                times[kept] = times[i];
                kept++;
            }
        }
        count = kept;
    }
}
