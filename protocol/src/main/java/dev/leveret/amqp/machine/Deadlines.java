package dev.leveret.amqp.machine;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.PriorityQueue;

/**
 * The machines' sense of time: what is to happen when. The driver tells the time before each input and asks for the next
 * deadline afterwards; a test does the same without waiting.
 */
public final class Deadlines {

    /** 73 years: a quarter of the range, so that differences to any other deadline stay meaningful. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    /** Below this many entries cancelled ones are left for their time to come. */
    private static final int COMPACT_FROM = 64;

    private final PriorityQueue<Deadline> queue = new PriorityQueue<>(Deadline::compare);
    private long now;
    private int cancelled;

    /** @param now the time to begin with, in nanoseconds of any origin */
    public Deadlines(long now) {
        this.now = now;
    }

    /** One action at one time. */
    public final class Deadline {

        private final long at;
        private final Runnable action;
        private boolean live = true;

        private Deadline(long at, Runnable action) {
            this.at = at;
            this.action = action;
        }

        /** Forgets the action; without effect when it has run. */
        public void cancel() {
            if (live) {
                live = false;
                cancelled++;
                compact();
            }
        }

        private static int compare(Deadline a, Deadline b) {
            // Differences, not values: the origin is arbitrary and nanoTime may wrap.
            return Long.signum(a.at - b.at);
        }
    }

    /** The time that was told last, in nanoseconds. */
    public long now() {
        return now;
    }

    /** Runs an action when the time has come; a delay too long to count in nanoseconds means never. */
    public Deadline after(Duration delay, Runnable action) {
        return at(now + nanos(delay), action);
    }

    /** Runs an action at a time on this object's scale. */
    public Deadline at(long nanos, Runnable action) {
        Deadline deadline = new Deadline(nanos, action);
        queue.add(deadline);
        return deadline;
    }

    /** Sets the time and runs what is due, in the order of the deadlines. */
    public void advance(long nowNanos) {
        tell(nowNanos);
        runDue();
    }

    /** Sets the time alone: for an input that may make a deadline moot, to be followed by {@link #runDue}. */
    public void tell(long nowNanos) {
        now = nowNanos;
    }

    /** Runs what is due, in the order of the deadlines. */
    public void runDue() {
        for (Deadline first = queue.peek(); first != null && first.at - now <= 0; first = queue.peek()) {
            queue.poll();
            if (first.live) {
                first.live = false;
                first.action.run();
            } else {
                cancelled--;
            }
        }
    }

    /** When {@link #advance} has to be called next; empty if there is nothing to wait for. */
    public OptionalLong next() {
        Deadline first = queue.peek();
        while (first != null && !first.live) {
            queue.poll();
            cancelled--;
            first = queue.peek();
        }
        return first == null ? OptionalLong.empty() : OptionalLong.of(first.at);
    }

    /** How many actions are waiting. */
    public int size() {
        return queue.size() - cancelled;
    }

    /** How many are kept, with the cancelled ones. */
    int entries() {
        return queue.size();
    }

    private void compact() {
        if (queue.size() >= COMPACT_FROM && cancelled > queue.size() / 2) {
            queue.removeIf(it -> !it.live);
            cancelled = 0;
        }
    }

    /**
     * A time to wait in nanoseconds, at most {@link #LONGEST}; for every duration that a user may have chosen, as
     * {@link Duration#toNanos} and {@link Duration#plus} fail for the longest ones.
     */
    public static long nanos(Duration delay) {
        return delay.compareTo(LONGEST) >= 0 ? LONGEST.toNanos() : delay.toNanos();
    }
}
