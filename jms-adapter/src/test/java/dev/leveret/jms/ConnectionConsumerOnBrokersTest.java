package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.ServerSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@link ConnectionConsumerTest} as an application server does it: sessions that run in threads of a pool. */
class ConnectionConsumerOnBrokersTest {

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final BlockingQueue<String> handled = new LinkedBlockingQueue<>();

    @AfterEach
    void endWorkers() {
        workers.shutdownNow();
    }

    /** So many sessions, each of which is somebody's until it has run. */
    private final class Pool implements ServerSessionPool {

        private final BlockingQueue<ServerSession> idle = new LinkedBlockingQueue<>();

        Pool(Connection connection, int sessions, MessageListener listener) throws JMSException {
            for (int i = 0; i < sessions; i++) {
                Session session = connection.createSession(Session.AUTO_ACKNOWLEDGE);
                session.setMessageListener(listener);
                idle.add(new Worker(session, this));
            }
        }

        @Override
        public ServerSession getServerSession() throws JMSException {
            try {
                return idle.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new JMSException("interrupted");
            }
        }
    }

    private final class Worker implements ServerSession {

        private final Session session;
        private final Pool pool;

        Worker(Session session, Pool pool) {
            this.session = session;
            this.pool = pool;
        }

        @Override
        public Session getSession() {
            return session;
        }

        @Override
        public void start() {
            workers.execute(() -> {
                session.run();
                pool.idle.add(this);
            });
        }
    }

    private void handle(Message message) {
        handled.add(Unchecked.get(() -> message.getBody(String.class)));
    }

    private List<String> handled(int count) throws InterruptedException {
        List<String> texts = new ArrayList<>();
        while (texts.size() < count) {
            String text = handled.poll(OnBroker.SOON, TimeUnit.MILLISECONDS);
            assertThat(text).as("after %s", texts).isNotNull();
            texts.add(text);
        }
        return texts;
    }

    private static List<String> send(Session session, Queue queue, int from, int to) throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        List<String> texts = new ArrayList<>();
        for (int i = from; i < to; i++) {
            Message message = session.createTextMessage("message " + i);
            message.setIntProperty("number", i);
            producer.send(message);
            texts.add("message " + i);
        }
        return texts;
    }

    @EveryBroker
    void severalSessionsShareAQueueAndAcknowledgeWhatTheyHandled(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("shared"));
            ConnectionConsumer consumer =
                    connection.createConnectionConsumer(queue, null, new Pool(connection, 3, this::handle), 5);
            List<String> sent = send(session, queue, 0, 50);
            assertThat(handled(50)).containsExactlyInAnyOrderElementsOf(sent);
            consumer.close();
            // What is not acknowledged comes again when its connection ends.
            connection.close();
            assertThat(session.createConsumer(queue).receiveNoWait()).isNull();
        }
    }

    @RequiresRabbitMq
    @Test
    void itTakesOnlyWhatItsSelectorMatches(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.queueType=classic");
            Session session = on.started("?jms.queueType=classic").createSession();
            Queue queue = session.createQueue(on.name("selected"));
            ConnectionConsumer consumer =
                    connection.createConnectionConsumer(queue, "number >= 3", new Pool(connection, 2, this::handle), 5);
            send(session, queue, 0, 6);
            assertThat(handled(3)).containsExactlyInAnyOrder("message 3", "message 4", "message 5");
            consumer.close();
            connection.close();
            MessageConsumer rest = session.createConsumer(queue);
            for (int i = 0; i < 3; i++) {
                assertThat(OnBroker.next(rest)).isEqualTo("message " + i);
            }
            assertThat(rest.receiveNoWait()).isNull();
        }
    }

    @EveryBroker
    void itGoesOnAfterTheLineWasCutAndWhatWasBeingHandledComesAgain(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker);
                ThroughProxy cuttable = new ThroughProxy(broker)) {
            Connection connection = cuttable.started("");
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("cut"));
            CompletableFuture<Void> cut = new CompletableFuture<>();
            Pool pool = new Pool(connection, 1, message -> {
                handle(message);
                cut.join();
            });
            connection.createConnectionConsumer(queue, null, pool, 1);
            send(session, queue, 0, 1);
            assertThat(handled(1)).containsExactly("message 0");
            cuttable.cut();
            cut.complete(null);
            send(session, queue, 1, 3);
            assertThat(handled(3)).containsExactlyInAnyOrder("message 0", "message 1", "message 2");
        }
    }
}
