package dev.leveret.benchmarks.client;

import dev.leveret.benchmarks.client.Peer.ConsumeMode;
import java.time.Duration;

/** Publishes with confirms on one connection and consumes with acknowledgements on another: a real queue between. */
final class EndToEnd implements Workload {

    private final Peer publisher;
    private final Peer consumer;
    private final String queue = "leveret-benchmark-" + ProcessHandle.current().pid();
    private final int bodySize;
    private final ConfirmedPublishing publishing;
    private final Progress received = new Progress();
    private final AutoCloseable subscription;

    EndToEnd(Peer publisher, Peer consumer, int inFlight, int prefetch, int bodySize) throws Exception {
        this.publisher = publisher;
        this.consumer = consumer;
        this.bodySize = bodySize;
        publisher.declareQueue(queue);
        Progress confirmed = new Progress();
        publishing = new ConfirmedPublishing(publisher.confirmed(queue, confirmed), confirmed, inFlight, bodySize);
        subscription = consumer.consume(queue, ConsumeMode.ACK, prefetch, this::onBody);
    }

    @Override
    public long run(Duration time) throws Exception {
        long before = received.count();
        long messages = publishing.run(time);
        received.await(before + messages);
        return messages;
    }

    @Override
    public void check(long total) throws Exception {
        Workload.requireEqual("received", received.count(), total);
        subscription.close();
        // What was not acknowledged would be in the queue again.
        consumer.close();
        Workload.requireEqual("left in the queue", publisher.messageCount(queue), 0);
    }

    @Override
    public void close() throws Exception {
        try (publisher;
                consumer) {
            publisher.deleteQueue(queue);
        }
    }

    private void onBody(byte[] body) {
        if (body.length == bodySize) {
            received.add(1);
        } else {
            received.fail(new IllegalStateException("a body of " + body.length + " bytes, expected " + bodySize));
        }
    }
}
