package dev.leveret.benchmarks.client;

import java.time.Duration;

/** Publishes with confirms from many coroutines, each with one message in flight. */
final class SuspendPublishing implements Workload {

    private final KotlinPeer peer;
    private final int coroutines;
    private final byte[] body;

    SuspendPublishing(KotlinPeer peer, int coroutines, int bodySize) {
        this.peer = peer;
        this.coroutines = coroutines;
        this.body = Workload.body(bodySize);
    }

    @Override
    public long run(Duration time) {
        return peer.publish("benchmark", body, coroutines, time);
    }

    @Override
    public void check(long total) throws Exception {
        Workload.requireCount(peer, "published", total);
        Workload.requireCount(peer, "published-bytes", total * body.length);
        Workload.requireCount(peer, "confirmed", total);
    }

    @Override
    public void close() {
        peer.close();
    }
}
