package dev.leveret.benchmarks.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is done again and again while it is measured. Run several times: to warm up, and for the figures. */
interface Workload extends AutoCloseable {

    /**
     * Works for about this time and until the broker has seen all of it.
     *
     * @return how many messages that were
     */
    long run(Duration time) throws Exception;

    /** Compares with what the broker has counted; {@code total} = all messages of all runs. */
    void check(long total) throws Exception;

    /** Of the latest run, where they are taken. */
    default @Nullable Latencies latencies() {
        return null;
    }

    @Override
    void close() throws Exception;

    /** Fails the run if the stub's counter is another one. It counts modulo 2<sup>32</sup>. */
    static void requireCount(Peer peer, String counter, long expected) throws Exception {
        long deadline = System.nanoTime() + 10_000_000_000L;
        int counted = (int) peer.messageCount("counter." + counter);
        // Acknowledgements may go out after the question.
        while (counted - (int) expected < 0 && System.nanoTime() < deadline) {
            counted = (int) peer.messageCount("counter." + counter);
        }
        requireEqual(counter + " (modulo 2^32)", Integer.toUnsignedLong(counted), expected & 0xFFFF_FFFFL);
    }

    static void requireEqual(String what, long counted, long expected) {
        if (counted != expected) {
            throw new IllegalStateException(what + ": " + counted + " counted, expected " + expected);
        }
    }

    static byte[] body(int size) {
        byte[] body = new byte[size];
        for (int i = 0; i < size; i++) {
            body[i] = (byte) i;
        }
        return body;
    }
}
