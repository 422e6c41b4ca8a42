package dev.leveret.benchmarks.client;

import java.time.Duration;

/** Publishes with confirms where the client under measurement itself keeps messages in flight until the time is over. */
final class TimedPublishing implements Workload {

    /** Publishes for this time, and returns how many messages were confirmed when all were. */
    interface Publisher {
        long publish(byte[] body, Duration time) throws Exception;
    }

    private final Peer peer;
    private final Publisher publisher;
    private final byte[] body;

    /** @param peer of the publisher; to be asked for the broker's counts, and closed */
    TimedPublishing(Peer peer, int bodySize, Publisher publisher) {
        this.peer = peer;
        this.publisher = publisher;
        this.body = Workload.body(bodySize);
    }

    @Override
    public long run(Duration time) throws Exception {
        return publisher.publish(body, time);
    }

    @Override
    public void check(long total) throws Exception {
        Workload.requireCount(peer, "published", total);
        Workload.requireCount(peer, "published-bytes", total * body.length);
        Workload.requireCount(peer, "confirmed", total);
    }

    @Override
    public void close() throws Exception {
        peer.close();
    }
}
