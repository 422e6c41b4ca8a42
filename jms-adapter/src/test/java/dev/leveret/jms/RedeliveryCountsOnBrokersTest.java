package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** {@code JMSXDeliveryCount} after rollbacks, recoveries and failed listeners, by the type of the queue and who redelivers. */
class RedeliveryCountsOnBrokersTest {

    private static final int ATTEMPTS = 4;

    /** Has a message delivered again and again, and compares what it tells of that. */
    private static void check(OnBroker on, String queue, String options, Integer... counts) throws Exception {
        for (int mode : new int[] {Session.SESSION_TRANSACTED, Session.CLIENT_ACKNOWLEDGE}) {
            Session session = on.started(options).createSession(mode);
            Queue from = session.createQueue(queue);
            send(on, from);
            MessageConsumer consumer = session.createConsumer(from);
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                check(consumer.receive(OnBroker.SOON), counts[attempt]);
                if (attempt < ATTEMPTS - 1) {
                    if (mode == Session.SESSION_TRANSACTED) {
                        session.rollback();
                    } else {
                        session.recover();
                    }
                } else if (mode == Session.SESSION_TRANSACTED) {
                    session.commit();
                }
            }
            session.close();
            on.channel().purgeQueue(queue);
        }
        checkListener(on, queue, options, counts);
    }

    private static void checkListener(OnBroker on, String queue, String options, Integer... counts) throws Exception {
        Session session = on.started(options).createSession();
        Queue from = session.createQueue(queue);
        BlockingQueue<Message> had = new LinkedBlockingQueue<>();
        MessageListener failing = message -> {
            had.add(message);
            if (had.size() < ATTEMPTS) {
                throw new IllegalStateException("the test wants it so");
            }
        };
        session.createConsumer(from).setMessageListener(failing);
        send(on, from);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            while (had.size() <= attempt) {
                Thread.onSpinWait();
            }
        }
        session.close();
        List<Message> all = List.copyOf(had);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            check(all.get(attempt), counts[attempt]);
        }
    }

    private static void send(OnBroker on, Queue to) throws JMSException {
        Session session = on.started().createSession();
        session.createProducer(to).send(session.createTextMessage("m"));
    }

    private static void check(Message message, int count) throws JMSException {
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(count);
        assertThat(message.getJMSRedelivered()).isEqualTo(count > 1);
    }

    @EveryBroker
    void whatIsRedeliveredFromHereIsCountedOnClassicQueues(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String queue = on.name("classic");
            on.channel().declareQueue(QueueSpec.of(queue));
            check(on, queue, "", 1, 2, 3, 4);
        }
    }

    @EveryBroker
    void whatTheBrokerRedeliversIsOnlyMarkedOnClassicQueues(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String queue = on.name("marked");
            on.channel().declareQueue(QueueSpec.of(queue));
            check(on, queue, "?jms.localRedeliveries=0", 1, 2, 2, 2);
        }
    }

    @EveryBroker(Capability.QUORUM_QUEUES)
    void everyAttemptIsCountedOnQuorumQueues(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String queue = on.name("quorum");
            on.channel().declareQueue(QueueSpec.quorum(queue));
            check(on, queue, "", 1, 2, 3, 4);
            check(on, queue, "?jms.localRedeliveries=0", 1, 2, 3, 4);
        }
    }

    @EveryBroker(Capability.QUORUM_QUEUES)
    void theBrokersLimitDeadLettersWhatFailsTooOften(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String queue = on.name("limited");
            String dead = on.name("dead");
            on.channel().declareQueue(QueueSpec.of(dead));
            on.channel()
                    .declareQueue(QueueSpec.quorum(queue)
                            .withArgument("x-delivery-limit", 2)
                            .withArgument("x-dead-letter-exchange", "")
                            .withArgument("x-dead-letter-routing-key", dead));
            Session session = on.started("?jms.localRedeliveries=0").createSession(Session.SESSION_TRANSACTED);
            Queue from = session.createQueue(queue);
            send(on, from);
            MessageConsumer consumer = session.createConsumer(from);
            for (int count = 1; count <= 3; count++) {
                check(consumer.receive(OnBroker.SOON), count);
                session.rollback();
            }
            MessageConsumer buried = session.createConsumer(session.createQueue(dead));
            assertThat(OnBroker.next(buried)).isEqualTo("m");
            session.commit();
        }
    }
}
