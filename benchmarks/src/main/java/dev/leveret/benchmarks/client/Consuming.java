package dev.leveret.benchmarks.client;

import dev.leveret.benchmarks.client.Peer.ConsumeMode;
import java.time.Duration;

/** Consumes from sources of a known number of messages, one after the other, each about a second long at most. */
final class Consuming implements Workload {

    private static final long AT_LEAST = 2_000;
    /** Told together to whoever waits: a volatile write for each message would be charged to the client. */
    private static final int TOGETHER = 256;

    private final Peer peer;
    private final ConsumeMode mode;
    private final int prefetch;
    private final int bodySize;
    private final Progress received = new Progress();
    private long expected;
    /** Touched by one handler at a time, and by nobody else. */
    private long untold;
    /** Set before anything is delivered. */
    private long untilAll;

    /** @param prefetch 0 = no limit */
    Consuming(Peer peer, ConsumeMode mode, int prefetch, int bodySize) {
        this.peer = peer;
        this.mode = mode;
        this.prefetch = prefetch;
        this.bodySize = bodySize;
    }

    @Override
    public long run(Duration time) throws Exception {
        long before = expected;
        long start = System.nanoTime();
        long left = time.toNanos();
        double perNano = 0; // the rate of the latest source
        while (left > 0) {
            long messages = Math.max(AT_LEAST, (long) (perNano * Math.min(left, 1_000_000_000L)));
            long began = System.nanoTime();
            consume(messages);
            long now = System.nanoTime();
            perNano = messages / (double) (now - began);
            left = time.toNanos() - (now - start);
        }
        return expected - before;
    }

    @Override
    public void check(long total) throws Exception {
        Workload.requireEqual("received", received.count(), total);
        Workload.requireCount(peer, "delivered", total);
        Workload.requireCount(peer, "settled", mode == ConsumeMode.ACK ? total : 0);
    }

    @Override
    public void close() throws Exception {
        peer.close();
    }

    private void consume(long messages) throws Exception {
        expected += messages;
        untilAll = messages;
        try (AutoCloseable consumer =
                peer.consume("source." + bodySize + "." + messages, mode, prefetch, this::onBody)) {
            received.await(expected);
            if (mode == ConsumeMode.ACK) {
                Workload.requireCount(peer, "settled", expected);
            }
        }
    }

    private void onBody(byte[] body) {
        if (body.length != bodySize) {
            received.fail(new IllegalStateException("a body of " + body.length + " bytes, expected " + bodySize));
        } else if (++untold == TOGETHER || untold == untilAll) {
            untilAll -= untold;
            received.add(untold);
            untold = 0;
        }
    }
}
