package dev.leveret.benchmarks.fault;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * How much is published, and how.
 *
 * @param messages confirmed ones at least
 * @param publishers with a connection each
 * @param queues with a consumer each, which has a connection of its own
 * @param window publishes of a publisher that have no verdict yet, at most
 * @param backlog messages confirmed and not delivered, at most: publishers wait for consumers
 * @param bytes of a message
 * @param rate new messages per second of all publishers together, at most; 0 for as many as can be had
 * @param gap over how long a rate is measured before and after a fault
 * @param patience how long anything may take to go on before it is given up
 */
record Workload(
        long messages,
        int publishers,
        int queues,
        int window,
        int backlog,
        int bytes,
        int rate,
        Duration gap,
        Duration patience) {

    static final Workload DEFAULT =
            new Workload(1_000_000, 4, 3, 500, 5_000, 128, 0, Duration.ofSeconds(2), Duration.ofSeconds(60));

    Workload {
        if (messages < 1 || publishers < 1 || queues < 1 || window < 1 || backlog < 1 || bytes < Long.BYTES) {
            throw new IllegalArgumentException("messages, publishers, queues, window and backlog are 1 at least, bytes "
                    + Long.BYTES + " at least");
        }
        if (rate < 0) {
            throw new IllegalArgumentException("a rate is 0 at least");
        }
    }

    /** Nanoseconds between two new messages of one publisher. */
    long pace() {
        return rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(publishers) / rate;
    }

    List<String> queueNames() {
        return IntStream.range(0, queues).mapToObj(it -> "fault-bench-" + it).toList();
    }
}
