package dev.leveret.benchmarks.client;

import java.time.Duration;

/** One thread that keeps a number of publishes in flight. */
final class ConfirmedPublishing {

    private static final int BETWEEN_CLOCKS = 64;

    private final Progress confirmed;
    private final Peer.Sender sender;
    private final int inFlight;
    private final byte[] body;
    private long sent;

    /** @param sender counts its confirms in {@code confirmed} */
    ConfirmedPublishing(Peer.Sender sender, Progress confirmed, int inFlight, int bodySize) {
        this.confirmed = confirmed;
        this.sender = sender;
        this.inFlight = inFlight;
        this.body = Workload.body(bodySize);
    }

    /** Publishes for this time, waits for the last confirm, and returns how many it published. */
    long run(Duration time) throws Exception {
        long before = sent;
        for (long end = System.nanoTime() + time.toNanos(); System.nanoTime() - end < 0; ) {
            for (int i = 0; i < BETWEEN_CLOCKS; i++) {
                confirmed.await(sent - inFlight + 1);
                sender.send(body);
                sent++;
            }
        }
        confirmed.await(sent);
        Workload.requireEqual("confirmed", confirmed.count(), sent);
        return sent - before;
    }
}
