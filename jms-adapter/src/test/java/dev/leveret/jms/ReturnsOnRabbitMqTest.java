package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Quorum queues of RabbitMQ 4.3 count what returns because a channel closes as failed, and what is returned before not. Of many
 * returns by themselves, which are needed while a program has older messages unsettled, they take some only later.
 */
class ReturnsOnRabbitMqTest {

    private static final int COUNT = 150;

    private static Queue fill(OnBroker on, Session session, String name) throws JMSException {
        Queue queue = session.createQueue(on.name(name));
        on.channel().declareQueue(QueueSpec.quorum(queue.getQueueName()));
        MessageProducer producer = session.createProducer(queue);
        for (int n = 0; n < COUNT; n++) {
            Message message = session.createTextMessage("m" + n);
            message.setStringProperty("colour", n == 0 ? "red" : "blue");
            producer.send(message);
        }
        return queue;
    }

    private static void assumeReturnsAreFree(Broker broker) {
        String[] version = broker.version().split("\\.");
        assumeThat(Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1]))
                .as("before RabbitMQ 4.3 every return counts")
                .isGreaterThanOrEqualTo(403);
    }

    /** The first so many have failed once, the others never. */
    private static void check(Connection connection, Queue queue, int failed) throws JMSException {
        MessageConsumer consumer = connection.createSession().createConsumer(queue);
        Map<String, Integer> expected = new HashMap<>();
        Map<String, Integer> counts = new HashMap<>();
        for (int n = 0; n < COUNT; n++) {
            expected.put("m" + n, n < failed ? 2 : 1);
            Message message = consumer.receive(OnBroker.SOON);
            counts.put(OnBroker.text(message), message.getIntProperty("JMSXDeliveryCount"));
        }
        assertThat(counts).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    void closingAConsumerWhoseSessionHasOneUnacknowledgedCountsNothingAgainstTheOthers(Broker broker) throws Exception {
        assumeReturnsAreFree(broker);
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.prefetch=" + COUNT);
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = fill(on, session, "consumer");
            MessageConsumer consumer = session.createConsumer(queue);
            assertThat(OnBroker.next(consumer)).isEqualTo("m0");
            consumer.close();
            session.close();
            check(connection, queue, 1);
        }
    }

    @Test
    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    void closingASessionWithManyUnacknowledgedCountsNothingAgainstThoseItHasNotSeen(Broker broker) throws Exception {
        assumeReturnsAreFree(broker);
        int seen = 60;
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started("?jms.prefetch=" + COUNT);
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = fill(on, session, "session");
            MessageConsumer consumer = session.createConsumer(queue);
            for (int n = 0; n < seen; n++) {
                assertThat(OnBroker.next(consumer)).isEqualTo("m" + n);
            }
            session.close();
            check(connection, queue, seen);
        }
    }

    @Test
    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    void whatASelectorHeldIsNotCountedWhenTheProgramHasAnOlderOneUnacknowledged(Broker broker) throws Exception {
        assumeReturnsAreFree(broker);
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
            Queue queue = fill(on, session, "held");
            MessageConsumer reds = session.createConsumer(queue, "colour = 'red'");
            assertThat(OnBroker.next(reds)).isEqualTo("m0");
            assertThat(reds.receiveNoWait()).isNull();
            reds.close();
            session.close();
            check(connection, queue, 1);
        }
    }
}
