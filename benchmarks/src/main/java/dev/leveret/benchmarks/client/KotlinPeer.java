package dev.leveret.benchmarks.client;

import java.time.Duration;

/** Leveret by its Kotlin face: publishes from coroutines, and consumes a flow. */
final class KotlinPeer implements Peer {

    private final KotlinFace face;

    KotlinPeer(String uri) {
        face = new KotlinFace(uri);
    }

    /** Publishes with confirms for this time from as many coroutines, and returns how many messages it were. */
    long publish(String queue, byte[] body, int coroutines, Duration time) {
        return face.publish(queue, body, coroutines, time);
    }

    /** Publishes a flow with confirms for this time, and returns how many messages it were. */
    long publishAll(String queue, byte[] body, int window, Duration time) {
        return face.publishAll(queue, body, window, time);
    }

    @Override
    public Sender unconfirmed(String queue) {
        throw ofJava();
    }

    @Override
    public Sender confirmed(String queue, Progress confirmed) {
        throw ofJava();
    }

    @Override
    public Sender confirmedByCallback(String queue, Progress confirmed) {
        throw ofJava();
    }

    @Override
    public Sender oneAtATime(String queue) {
        throw ofJava();
    }

    private static UnsupportedOperationException ofJava() {
        return new UnsupportedOperationException("senders are for threads, which is the Java face's measurement");
    }

    @Override
    public AutoCloseable consume(String queue, ConsumeMode mode, int prefetch, Receiver receiver) {
        if (mode != ConsumeMode.ACK) {
            throw new UnsupportedOperationException("flows are measured with acknowledgements");
        }
        return face.consume(queue, prefetch, receiver::onBody);
    }

    @Override
    public long messageCount(String queue) {
        return face.messageCount(queue);
    }

    @Override
    public void declareQueue(String queue) {
        face.declareQueue(queue);
    }

    @Override
    public void deleteQueue(String queue) {
        face.deleteQueue(queue);
    }

    @Override
    public void close() {
        face.close();
    }
}
