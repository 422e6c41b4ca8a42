package dev.leveret.benchmarks.jms;

import dev.leveret.benchmarks.client.Progress;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Empties a queue, by a listener or by {@code receive}, in a session that acknowledges by itself. */
final class Draining implements JmsWorkload {

    /** So many messages are prepared for each second; how long they take is what is measured. */
    private static final int PER_SECOND = 20_000;

    private static final long PATIENCE_MILLIS = 30_000;

    private final boolean listening;
    private final String text;
    private final BenchmarkQueue queue;
    private final Connection connection;
    private final Session session;
    private final Queue destination;
    private final MessageProducer producer;
    private final Session sending;
    private final Progress received = new Progress();
    private long prepared;

    Draining(Provider provider, String uri, boolean listening, int size) throws Exception {
        this.listening = listening;
        text = "x".repeat(size);
        queue = new BenchmarkQueue(uri);
        connection = provider.factory(uri).createConnection();
        session = connection.createSession();
        sending = connection.createSession();
        destination = session.createQueue(queue.name());
        producer = sending.createProducer(destination);
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        connection.start();
    }

    @Override
    public void prepare(Duration time) throws Exception {
        queue.purge();
        prepared = Math.max(1, time.toMillis() * PER_SECOND / 1000);
        for (long i = 0; i < prepared; i++) {
            producer.send(sending.createTextMessage(text));
        }
        queue.await(prepared);
    }

    @Override
    public long run(Duration time) throws Exception {
        long wanted = received.count() + prepared;
        MessageConsumer consumer = session.createConsumer(destination);
        if (listening) {
            consumer.setMessageListener(this::taken);
            received.await(wanted);
        } else {
            while (received.count() < wanted) {
                taken(consumer.receive(PATIENCE_MILLIS));
            }
        }
        consumer.close();
        queue.await(0);
        return prepared;
    }

    private void taken(@Nullable Message message) {
        try {
            if (message instanceof TextMessage it && it.getText().length() == text.length()) {
                received.add(1);
            } else {
                received.fail(new IllegalStateException("received " + message));
            }
        } catch (JMSException e) {
            received.fail(e);
        }
    }

    @Override
    public void close() throws Exception {
        try (queue) {
            connection.close();
        }
    }
}
