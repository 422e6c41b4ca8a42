package dev.leveret.benchmarks.jms;

import dev.leveret.benchmarks.client.Latencies;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is done again and again while it is measured. */
interface JmsWorkload extends AutoCloseable {

    /** Before each {@link #run}: what is no part of the measurement. */
    void prepare(Duration time) throws Exception;

    /**
     * Works, for about this time where that can be chosen, until the broker has all of it.
     *
     * @return how many messages that were
     * @throws IllegalStateException if that is not what the broker has counted
     */
    long run(Duration time) throws Exception;

    /** Of the latest run, where they are taken. */
    default @Nullable Latencies latencies() {
        return null;
    }

    @Override
    void close() throws Exception;
}
