package dev.leveret.amqp.recovery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the same thing happens again and again: so many times within a period. What happened earlier is forgotten,
 * and of too many different things those that have not happened for longest.
 */
public final class Repetition {

    private static final int MAX_KEYS = 256;

    private final int times;
    private final long period;
    /** When each thing happened, oldest first; the thing that has not happened for longest comes first. */
    private final Map<String, ArrayDeque<Long>> seen = new LinkedHashMap<>();

    /**
     * @param times how many are too many, 1 or more
     * @param period longer than zero
     */
    public Repetition(int times, Duration period) {
        if (times < 1 || period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException(times + " times within " + period + " is no limit");
        }
        this.times = times;
        this.period = TimeUnit.NANOSECONDS.convert(period);
    }

    /**
     * It has happened now.
     *
     * @param now in nanoseconds of any one origin
     * @return whether it has happened too often within the period that ends now
     */
    public boolean tooOften(String key, long now) {
        ArrayDeque<Long> moments = seen.remove(key);
        forgetBefore(now);
        if (moments == null) {
            moments = new ArrayDeque<>(2);
        }
        while (!moments.isEmpty() && (now - moments.getFirst() > period || moments.size() >= times)) {
            moments.removeFirst();
        }
        moments.addLast(now);
        seen.put(key, moments);
        return moments.size() >= times;
    }

    /** How many moments are kept. */
    int retained() {
        return seen.values().stream().mapToInt(ArrayDeque::size).sum();
    }

    private void forgetBefore(long now) {
        Iterator<ArrayDeque<Long>> oldest = seen.values().iterator();
        while (oldest.hasNext() && (now - oldest.next().getLast() > period || seen.size() >= MAX_KEYS)) {
            oldest.remove();
        }
    }
}
