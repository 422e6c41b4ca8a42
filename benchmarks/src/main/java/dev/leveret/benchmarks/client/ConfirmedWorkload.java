package dev.leveret.benchmarks.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Publishes with confirms on one connection from one thread or several, each with its own messages in flight. */
final class ConfirmedWorkload implements Workload {

    private final Peer peer;
    private final int bodySize;
    private final List<ConfirmedPublishing> publishers = new ArrayList<>();
    private final ExecutorService threads;

    ConfirmedWorkload(Peer peer, int threads, boolean callback, int inFlight, int bodySize) throws Exception {
        this.peer = peer;
        this.bodySize = bodySize;
        this.threads = Executors.newFixedThreadPool(threads);
        for (int i = 0; i < threads; i++) {
            Progress confirmed = new Progress();
            Peer.Sender sender = callback
                    ? peer.confirmedByCallback("benchmark", confirmed)
                    : peer.confirmed("benchmark", confirmed);
            publishers.add(new ConfirmedPublishing(sender, confirmed, inFlight, bodySize));
        }
    }

    @Override
    public long run(Duration time) throws Exception {
        List<Callable<Long>> tasks = new ArrayList<>();
        for (ConfirmedPublishing publisher : publishers) {
            tasks.add(() -> publisher.run(time));
        }
        long messages = 0;
        for (Future<Long> task : threads.invokeAll(tasks)) {
            messages += task.get();
        }
        return messages;
    }

    @Override
    public void check(long total) throws Exception {
        Workload.requireCount(peer, "published", total);
        Workload.requireCount(peer, "published-bytes", total * bodySize);
        Workload.requireCount(peer, "confirmed", total);
    }

    @Override
    public void close() throws Exception {
        threads.shutdownNow();
        peer.close();
    }
}
