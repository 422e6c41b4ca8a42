package dev.leveret.benchmarks.jms;

import dev.leveret.benchmarks.client.Latencies;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests, one at a time, and their replies over a temporary queue: the requester's connection and the responder's, whose
 * listener answers, are both in this process.
 */
final class Requesting implements JmsWorkload {

    private static final long PATIENCE_MILLIS = 30_000;

    private final String text;
    private final BenchmarkQueue queue;
    private final Connection requester;
    private final Connection responder;
    private final Session session;
    private final MessageProducer producer;
    private final TemporaryQueue replies;
    private final MessageConsumer consumer;
    private final @Nullable BlockingQueue<Message> heard;
    private Latencies latencies = new Latencies();

    /** @param listening whether a listener takes the replies, and not {@code receive} */
    Requesting(Provider provider, String uri, int deliveryMode, boolean listening, int size) throws Exception {
        text = "x".repeat(size);
        queue = new BenchmarkQueue(uri);
        ConnectionFactory factory = provider.factory(uri);
        responder = factory.createConnection();
        respond(responder.createSession(), deliveryMode);
        responder.start();
        requester = factory.createConnection();
        session = requester.createSession();
        producer = session.createProducer(session.createQueue(queue.name()));
        producer.setDeliveryMode(deliveryMode);
        replies = session.createTemporaryQueue();
        // A session with a listener is its thread's alone.
        consumer = (listening ? requester.createSession() : session).createConsumer(replies);
        if (listening) {
            BlockingQueue<Message> arrivals = new LinkedBlockingQueue<>();
            consumer.setMessageListener(arrivals::add);
            heard = arrivals;
        } else {
            heard = null;
        }
        requester.start();
    }

    private void respond(Session responding, int deliveryMode) throws JMSException {
        MessageProducer answering = responding.createProducer(null);
        answering.setDeliveryMode(deliveryMode);
        responding.createConsumer(responding.createQueue(queue.name())).setMessageListener(request -> {
            try {
                TextMessage reply = responding.createTextMessage(((TextMessage) request).getText());
                reply.setJMSCorrelationID(request.getJMSMessageID());
                answering.send(request.getJMSReplyTo(), reply);
            } catch (JMSException e) {
                throw new IllegalStateException("a request without an answer", e);
            }
        });
    }

    @Override
    public void prepare(Duration time) {}

    @Override
    public long run(Duration time) throws Exception {
        latencies = new Latencies();
        long requests = 0;
        long now = System.nanoTime();
        for (long end = now + time.toNanos(); now - end < 0; requests++) {
            TextMessage request = session.createTextMessage(text);
            request.setJMSReplyTo(replies);
            producer.send(request);
            Message reply = heard == null
                    ? consumer.receive(PATIENCE_MILLIS)
                    : heard.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            if (reply == null || !request.getJMSMessageID().equals(reply.getJMSCorrelationID())) {
                throw new IllegalStateException("the reply is " + reply);
            }
            long then = now;
            now = System.nanoTime();
            latencies.add(now - then);
        }
        return requests;
    }

    @Override
    public Latencies latencies() {
        return latencies;
    }

    @Override
    public void close() throws Exception {
        try (queue) {
            requester.close();
            responder.close();
        }
    }
}
