package dev.leveret.benchmarks.client;

import java.time.Duration;

/** Publishes and waits for the confirm, each time. */
final class OneAtATime implements Workload {

    private final Peer peer;
    private final Peer.Sender sender;
    private final byte[] body;
    private Latencies latencies = new Latencies();

    OneAtATime(Peer peer, int bodySize) throws Exception {
        this.peer = peer;
        this.sender = peer.oneAtATime("benchmark");
        this.body = Workload.body(bodySize);
    }

    @Override
    public long run(Duration time) throws Exception {
        latencies = new Latencies();
        long messages = 0;
        long now = System.nanoTime();
        for (long end = now + time.toNanos(); now - end < 0; messages++) {
            sender.send(body);
            long then = now;
            now = System.nanoTime();
            latencies.add(now - then);
        }
        return messages;
    }

    @Override
    public void check(long total) throws Exception {
        Workload.requireCount(peer, "published", total);
        Workload.requireCount(peer, "published-bytes", total * body.length);
        Workload.requireCount(peer, "confirmed", total);
    }

    @Override
    public Latencies latencies() {
        return latencies;
    }

    @Override
    public void close() throws Exception {
        peer.close();
    }
}
