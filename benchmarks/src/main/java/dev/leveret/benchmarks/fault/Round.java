package dev.leveret.benchmarks.fault;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Since the last time that something was broken: when each publisher has first got a confirm, and each consumer a
 * message, that was published since.
 */
final class Round {

    private final long since;
    private final long firstId;
    private final AtomicLongArray publishers;
    private final AtomicLongArray consumers;

    /**
     * @param since {@link System#nanoTime} when it was broken
     * @param firstId the number of the next new message
     */
    Round(long since, long firstId, int publishers, int consumers) {
        this.since = since;
        this.firstId = firstId;
        this.publishers = new AtomicLongArray(publishers);
        this.consumers = new AtomicLongArray(consumers);
    }

    /** A message was confirmed whose publish began in this round. */
    void confirmed(int publisher) {
        note(publishers, publisher);
    }

    /** A message was delivered. */
    void delivered(int consumer, long id) {
        if (id >= firstId) {
            note(consumers, consumer);
        }
    }

    private void note(AtomicLongArray times, int index) {
        if (times.get(index) == 0) {
            times.compareAndSet(index, 0, Math.max(1, System.nanoTime() - since));
        }
    }

    boolean publishersAreBack() {
        return slowestPublisher() >= 0;
    }

    boolean consumersAreBack() {
        return slowestConsumer() >= 0;
    }

    /** Nanoseconds until the last publisher was back; -1: not all are. */
    long slowestPublisher() {
        return slowest(publishers);
    }

    /** Nanoseconds until the last consumer was back; -1: not all are. */
    long slowestConsumer() {
        return slowest(consumers);
    }

    private static long slowest(AtomicLongArray times) {
        long slowest = 0;
        for (int i = 0; i < times.length(); i++) {
            if (times.get(i) == 0) {
                return -1;
            }
            slowest = Math.max(slowest, times.get(i));
        }
        return slowest;
    }
}
