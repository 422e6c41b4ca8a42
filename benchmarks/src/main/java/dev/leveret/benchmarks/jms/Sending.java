package dev.leveret.benchmarks.jms;

import dev.leveret.benchmarks.client.Latencies;
import dev.leveret.benchmarks.client.Progress;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Sends persistent messages by several sessions of one connection, each with a thread. */
final class Sending implements JmsWorkload {

    /** How it is sent. */
    enum Kind {
        /** As programs do. */
        ORDINARY,
        /** Waiting until the broker has it, whatever that takes. */
        CONFIRMED,
        /** As fast as it goes: unconfirmed where that can be had, else with a listener for the confirmations. */
        UNWAITED,
        /** In transactions of {@value #BATCH}. */
        TRANSACTED
    }

    private static final int BATCH = 100;

    private final Provider provider;
    private final Kind kind;
    private final String text;
    private final BenchmarkQueue queue;
    private final Connection connection;
    private final List<Sender> senders = new ArrayList<>();
    private final ExecutorService threads;

    Sending(Provider provider, String uri, int sessions, Kind kind, int size) throws Exception {
        this.provider = provider;
        this.kind = kind;
        text = "x".repeat(size);
        queue = new BenchmarkQueue(uri);
        connection = provider.factory(uri).createConnection();
        for (int i = 0; i < sessions; i++) {
            senders.add(new Sender(connection.createSession(
                    kind == Kind.TRANSACTED ? Session.SESSION_TRANSACTED : Session.AUTO_ACKNOWLEDGE)));
        }
        threads = Executors.newFixedThreadPool(sessions);
    }

    private final class Sender {

        private final Session session;
        private final MessageProducer producer;
        private final Progress confirmed = new Progress();
        private Latencies latencies = new Latencies();

        Sender(Session session) throws JMSException {
            this.session = session;
            producer = session.createProducer(session.createQueue(queue.name()));
        }

        long send(Duration time) throws Exception {
            latencies = new Latencies();
            long before = confirmed.count();
            long sent = 0;
            long now = System.nanoTime();
            for (long end = now + time.toNanos(); now - end < 0; ) {
                sent += next();
                long then = now;
                now = System.nanoTime();
                latencies.add(now - then);
            }
            if (kind == Kind.UNWAITED) {
                confirmed.await(before + sent);
            }
            return sent;
        }

        private int next() throws Exception {
            if (kind == Kind.TRANSACTED) {
                for (int i = 0; i < BATCH; i++) {
                    producer.send(session.createTextMessage(text));
                }
                session.commit();
                return BATCH;
            }
            TextMessage message = session.createTextMessage(text);
            switch (kind) {
                case CONFIRMED -> provider.sendConfirmed(producer, message);
                case UNWAITED -> provider.sendUnwaited(producer, message, confirmed);
                default -> producer.send(message);
            }
            return 1;
        }
    }

    @Override
    public void prepare(Duration time) throws Exception {
        queue.purge();
    }

    @Override
    public long run(Duration time) throws Exception {
        List<Callable<Long>> tasks =
                senders.stream().<Callable<Long>>map(it -> () -> it.send(time)).toList();
        long sent = 0;
        for (Future<Long> task : threads.invokeAll(tasks)) {
            sent += task.get();
        }
        queue.await(sent);
        return sent;
    }

    /** Of the first session's calls. */
    @Override
    public Latencies latencies() {
        return senders.get(0).latencies;
    }

    @Override
    public void close() throws Exception {
        threads.shutdown();
        try (queue) {
            connection.close();
        }
    }
}
