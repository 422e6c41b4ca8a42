package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.ServerSession;
import jakarta.jms.ServerSessionPool;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Connection consumers and the pools of application servers (chapter 11). */
class ConnectionConsumerTest {

    private final Rig rig = new Rig("?jms.localRedeliveries=2");
    private final Connection connection;
    private final Queue queue;
    private final Pool pool;

    /** What the listener got, or how many a session was loaded with. */
    private final BlockingQueue<Object> told = new LinkedBlockingQueue<>();

    ConnectionConsumerTest() throws JMSException {
        connection = rig.factory.createConnection();
        queue = connection.createSession().createQueue("q");
        pool = new Pool(connection.createSession(Session.AUTO_ACKNOWLEDGE), this::tell);
    }

    @AfterEach
    void closeConnection() throws JMSException {
        connection.close();
    }

    private void tell(Message message) {
        told.add(Unchecked.get(() -> message.getBody(String.class)));
    }

    private Object next() throws InterruptedException {
        Object next = told.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("what the pool or the listener tells").isNotNull();
        return next;
    }

    /** A pool of one session, which it runs in the thread that starts it. */
    private static final class Pool implements ServerSessionPool, ServerSession {

        private final Session session;

        Pool(Session session, MessageListener listener) throws JMSException {
            this.session = session;
            session.setMessageListener(listener);
        }

        @Override
        public ServerSession getServerSession() throws JMSException {
            return this;
        }

        @Override
        public Session getSession() {
            return session;
        }

        @Override
        public void start() throws JMSException {
            session.run();
        }
    }

    @Test
    void itsSessionsGetTheMessages() throws Exception {
        connection.createConnectionConsumer(queue, null, pool, 1);
        assertThat(rig.log.of("consume")).as("not before the start").isEmpty();
        connection.start();
        rig.amqp.deliver("q", "a", "b");
        assertThat(next()).isEqualTo("a");
        assertThat(next()).isEqualTo("b");
        connection.stop();
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b");
    }

    /** Pools of sessions take the listener of each that they get back, whoever has left consumers in it. */
    @Test
    void aSessionWithConsumersHasNoListenerOfItsOwnAndNoneCanBeTakenFromIt() throws JMSException {
        try (Session session = connection.createSession()) {
            session.createConsumer(queue);
            assertThatThrownBy(() -> session.setMessageListener(message -> {}))
                    .isInstanceOf(IllegalStateException.class);
            session.setMessageListener(null);
            assertThat(session.getMessageListener()).isNull();
        }
    }

    @Test
    void aSessionGetsSoManyMessagesAtATimeAtMost() throws Exception {
        connection.start();
        CountDownLatch go = new CountDownLatch(1);
        ServerSession counting = new ServerSession() {
            @Override
            public Session getSession() {
                return pool.session;
            }

            @Override
            public void start() {
                // As run() would, but it is counted how many there are.
                told.add(((JmsSession) pool.session).serverRun().unload().size());
            }
        };
        connection.createConnectionConsumer(
                queue,
                null,
                () -> {
                    Unchecked.run(() -> await(go));
                    return counting;
                },
                3);
        rig.amqp.deliver("q", "a", "b", "c", "d", "e");
        go.countDown();
        List<Object> lots = new ArrayList<>();
        int sum = 0;
        while (sum < 5) {
            Object lot = next();
            sum += (int) lot;
            lots.add(lot);
        }
        assertThat(lots).allMatch(it -> (int) it <= 3);
        assertThat(sum).isEqualTo(5);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatAListenerThrowsAtComesAgain() throws Exception {
        List<String> seen = new ArrayList<>();
        pool.session.setMessageListener(message -> {
            seen.add(Unchecked.get(() -> message.getBody(String.class) + message.getJMSRedelivered()));
            if (seen.size() == 1) {
                throw new IllegalArgumentException("the test");
            }
            tell(message);
        });
        connection.start();
        connection.createConnectionConsumer(queue, null, pool, 1);
        rig.amqp.deliver("q", "a", "b");
        assertThat(next()).isEqualTo("a");
        assertThat(next()).isEqualTo("b");
        connection.stop();
        assertThat(seen).containsExactly("afalse", "atrue", "bfalse");
    }

    @Test
    void aTransactedSessionSettlesWhenItIsCommitted() throws Exception {
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        Pool its = new Pool(transacted, this::tell);
        connection.start();
        connection.createConnectionConsumer(queue, null, its, 1);
        rig.amqp.deliver("q", "a");
        assertThat(next()).isEqualTo("a");
        assertThat(rig.log.of("ack")).isEmpty();
        transacted.rollback();
        assertThat(next()).isEqualTo("a");
        connection.stop();
        transacted.commit();
        assertThat(rig.log.of("ack")).containsExactly("ack a");
    }

    @Test
    void whatASessionHasNotSettledReturnsWhenItIsClosed() throws Exception {
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        Pool its = new Pool(transacted, this::tell);
        connection.start();
        connection.createConnectionConsumer(queue, null, its, 1);
        rig.amqp.deliver("q", "a");
        assertThat(next()).isEqualTo("a");
        transacted.close();
        assertThat(rig.log.of("reject", "nack", "ack")).containsExactly("reject a");
    }

    @Test
    void aPoolThatFailsIsReportedAndTheMessagesWait() throws Exception {
        BlockingQueue<JMSException> failures = new LinkedBlockingQueue<>();
        connection.setExceptionListener(failures::add);
        connection.start();
        ConnectionConsumer consumer = connection.createConnectionConsumer(
                queue,
                null,
                () -> {
                    throw new JMSException("the pool is closed");
                },
                1);
        rig.amqp.deliver("q", "a");
        assertThat(failures.poll(20, TimeUnit.SECONDS)).hasMessageContaining("the pool is closed");
        consumer.close();
        assertThat(rig.log.of("ack", "reject")).isEmpty();
    }

    @Test
    void aSessionOfSomebodyElseIsReported() throws Exception {
        BlockingQueue<JMSException> failures = new LinkedBlockingQueue<>();
        connection.setExceptionListener(failures::add);
        connection.start();
        ServerSession none = new ServerSession() {
            @Override
            public Session getSession() {
                return null;
            }

            @Override
            public void start() {
                throw new AssertionError("not to be called");
            }
        };
        connection.createConnectionConsumer(queue, null, () -> none, 1);
        rig.amqp.deliver("q", "a");
        assertThat(failures.poll(20, TimeUnit.SECONDS)).hasMessageContaining("not of this provider");
    }

    @Test
    void closingItReturnsWhatWaits() throws Exception {
        connection.start();
        CountDownLatch asked = new CountDownLatch(1);
        ConnectionConsumer consumer = connection.createConnectionConsumer(
                queue,
                null,
                () -> {
                    asked.countDown();
                    return pool;
                },
                1);
        assertThat(consumer.getServerSessionPool()).isNotNull();
        connection.stop();
        rig.amqp.deliver("q", "a");
        consumer.close();
        consumer.close();
        assertThat(asked.getCount()).isEqualTo(1);
        assertThat(rig.amqp.consumers("q")).isEmpty();
        assertThatThrownBy(consumer::getServerSessionPool).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSessionOfAPoolHasNoConsumersBesides() throws JMSException {
        assertThatThrownBy(() -> pool.session.createConsumer(queue)).isInstanceOf(IllegalStateException.class);
        Session ordinary = connection.createSession();
        ordinary.createConsumer(queue);
        assertThatThrownBy(() -> ordinary.setMessageListener(message -> {})).isInstanceOf(IllegalStateException.class);
        assertThat(ordinary.getMessageListener()).isNull();
        assertThat(pool.session.getMessageListener()).isNotNull();
    }

    @Test
    void aSessionThatIsLoadedAndHasNoListenerReturnsTheMessages() throws Exception {
        Session ordinary = connection.createSession();
        ordinary.run();
        BlockingQueue<JMSException> failures = new LinkedBlockingQueue<>();
        connection.setExceptionListener(failures::add);
        connection.start();
        pool.session.setMessageListener(null);
        connection.createConnectionConsumer(queue, null, pool, 1);
        rig.amqp.deliver("q", "a");
        assertThat(failures.poll(20, TimeUnit.SECONDS)).hasMessageContaining("no message listener");
        assertThat(rig.log.of("nack")).containsExactly("nack a");
    }

    @Test
    void aListenerCannotCloseItsOwnSession() throws Exception {
        pool.session.setMessageListener(message -> {
            try {
                pool.session.close();
            } catch (JMSException e) {
                told.add(e);
            }
        });
        connection.start();
        connection.createConnectionConsumer(queue, null, pool, 1);
        rig.amqp.deliver("q", "a");
        assertThat(next()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void thereAreThemOfTopicsAndOfSubscriptionsWithNames() throws Exception {
        Rig other = new Rig("?jms.clientId=c");
        Connection its = other.started();
        Topic topic = its.createSession().createTopic("t");
        Pool itsPool = new Pool(its.createSession(), this::tell);
        its.createDurableConnectionConsumer(topic, "n", null, itsPool, 1);
        its.createSharedConnectionConsumer(topic, "n", "a IS NULL", itsPool, 1);
        its.createSharedDurableConnectionConsumer(topic, "m", null, itsPool, 1);
        its.createConnectionConsumer(topic, null, itsPool, 1);
        assertThat(other.log.of("consume"))
                .hasSize(6)
                .contains("consume jms.subscription.c/n 100", "consume jms.shared.c/n 100")
                .contains("consume jms.subscription.c/m 100");
        other.amqp.deliver("jms.shared.c/n", "shared");
        assertThat(next()).isEqualTo("shared");
        assertThatThrownBy(() -> its.createDurableConnectionConsumer(topic, "n", null, itsPool, 1))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("active consumer");
        its.close();
        assertThat(other.amqp.consumers("jms.subscription.c/n")).isEmpty();
    }

    @Test
    void connectionsOfADomainHaveTheirs() throws Exception {
        QueueConnection queues = rig.factory.createQueueConnection();
        queues.createConnectionConsumer(queue, null, pool, 1).close();
        TopicConnection topics = rig.factory.createTopicConnection();
        Topic topic = topics.createSession().createTopic("t");
        topics.createConnectionConsumer(topic, null, pool, 1).close();
        assertThatThrownBy(() -> queues.createConnectionConsumer((Queue) null, null, pool, 1))
                .isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> topics.createConnectionConsumer((Topic) null, null, pool, 1))
                .isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> connection.createConnectionConsumer(queue, null, null, 1))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("ServerSessionPool");
        assertThatThrownBy(() -> connection.createConnectionConsumer(queue, null, pool, 0))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("at least one");
    }
}
