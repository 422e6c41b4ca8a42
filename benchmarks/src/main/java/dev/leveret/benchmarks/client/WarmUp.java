package dev.leveret.benchmarks.client;

import java.time.Duration;

/**
 * What comes before a measurement: the same work in short parts. So also what begins and ends the work has been compiled when
 * it is measured, which otherwise would throw compiled code away there and compile it once more.
 */
public final class WarmUp {

    private static final Duration PART = Duration.ofSeconds(1);
    private static final int MOST_TIMES = 5;

    private WarmUp() {}

    /** The work. */
    @FunctionalInterface
    public interface Work {

        /** Works for this time; returns the number of messages. */
        long run(Duration time) throws Exception;
    }

    /**
     * Works for this time. On a machine that is busy with something else, until the compiler has had a chance too: until this
     * process has had the CPU for half of that time, but not beyond five times as long.
     *
     * @return the number of messages
     */
    public static long run(Duration time, Work work) throws Exception {
        Usage start = Usage.now();
        Duration part = time.compareTo(PART) < 0 ? time : PART;
        double seconds = time.toMillis() / 1e3;
        long messages = 0;
        double elapsed;
        double used;
        do {
            messages += work.run(part);
            Usage now = Usage.now();
            elapsed = (now.nanos() - start.nanos()) / 1e9;
            used = now.cpuSeconds() - start.cpuSeconds();
        } while (elapsed < seconds || (used < seconds / 2 && elapsed < MOST_TIMES * seconds));
        return messages;
    }
}
