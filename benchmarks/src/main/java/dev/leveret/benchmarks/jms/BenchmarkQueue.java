package dev.leveret.benchmarks.jms;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.util.Map;

/** A durable classic queue of this process alone, seen by the broker's own protocol: to count, empty and delete it. */
final class BenchmarkQueue implements AutoCloseable {

    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long BETWEEN_LOOKS_MILLIS = 5;

    private final Connection connection;
    private final Channel channel;
    private final String name =
            "leveret-jms-benchmark-" + ProcessHandle.current().pid();

    BenchmarkQueue(String uri) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        connection = factory.newConnection();
        channel = connection.createChannel();
        channel.queueDeclare(name, true, false, false, Map.of());
    }

    String name() {
        return name;
    }

    void purge() throws IOException {
        channel.queuePurge(name);
    }

    int count() throws IOException {
        return channel.queueDeclarePassive(name).getMessageCount();
    }

    /** Returns when it has this many messages. */
    void await(long messages) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        int there = count();
        while (there != messages) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(messages + " messages were expected in the queue, " + there + " are");
            }
            Thread.sleep(BETWEEN_LOOKS_MILLIS);
            there = count();
        }
    }

    @Override
    public void close() throws IOException {
        channel.queueDelete(name);
        connection.close();
    }
}
