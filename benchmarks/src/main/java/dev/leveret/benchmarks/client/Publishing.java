package dev.leveret.benchmarks.client;

import java.time.Duration;

/** Publishes without confirms. The broker's answer to a question asked last tells that it has everything. */
final class Publishing implements Workload {

    private static final int BETWEEN_CLOCKS = 64;

    private final Peer peer;
    private final Peer.Sender sender;
    private final byte[] body;
    private long sent;

    Publishing(Peer peer, int bodySize) throws Exception {
        this.peer = peer;
        this.sender = peer.unconfirmed("benchmark");
        this.body = Workload.body(bodySize);
    }

    @Override
    public long run(Duration time) throws Exception {
        long before = sent;
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() - end < 0; ) {
            for (int i = 0; i < BETWEEN_CLOCKS; i++) {
                sender.send(body);
            }
            sent += BETWEEN_CLOCKS;
        }
        Workload.requireCount(peer, "published", sent);
        return sent - before;
    }

    @Override
    public void check(long total) throws Exception {
        Workload.requireCount(peer, "published", total);
        Workload.requireCount(peer, "published-bytes", total * body.length);
        Workload.requireCount(peer, "confirmed", 0);
    }

    @Override
    public void close() throws Exception {
        peer.close();
    }
}
