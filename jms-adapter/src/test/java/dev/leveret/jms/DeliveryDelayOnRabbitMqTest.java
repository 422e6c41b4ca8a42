package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import dev.leveret.amqp.api.Channel;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Delivery delay on a broker without plugins. */
@RequiresRabbitMq
class DeliveryDelayOnRabbitMqTest {

    /** Long enough to see that a message is not there yet, also on a slow machine. */
    private static final long DELAY = 600;

    private static final List<String> TYPES = List.of("?jms.queueType=classic", "?jms.queueType=quorum", "");

    private static void assertDelayed(MessageConsumer consumer, Message sent) throws Exception {
        assertThat(sent.getJMSDeliveryTime() - sent.getJMSTimestamp()).isEqualTo(DELAY);
        Message message = consumer.receive(OnBroker.SOON);
        assertThat(message).isNotNull();
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(sent.getJMSDeliveryTime());
        assertThat(message.getJMSDeliveryTime()).isEqualTo(sent.getJMSDeliveryTime());
        assertThat(message.getJMSTimestamp()).isEqualTo(sent.getJMSTimestamp());
        assertThat(message.getJMSDestination()).isEqualTo(sent.getJMSDestination());
        assertThat(message.getJMSPriority()).isEqualTo(sent.getJMSPriority());
        assertThat(message.getJMSDeliveryMode()).isEqualTo(sent.getJMSDeliveryMode());
        assertThat(message.getJMSRedelivered()).isFalse();
        assertThat(message.getIntProperty("JMSXDeliveryCount")).isEqualTo(1);
        assertThat(OnBroker.text(message)).isEqualTo(OnBroker.text(sent));
    }

    @Test
    void aMessageIsNotDeliveredBeforeItsTime(Broker broker) throws Exception {
        for (String type : TYPES) {
            try (OnBroker on = new OnBroker(broker)) {
                Session session = on.started(type).createSession();
                for (Destination to : List.of(
                        session.createQueue(on.name("q")),
                        session.createTopic(on.name("t")),
                        session.createTemporaryQueue(),
                        session.createTemporaryTopic())) {
                    MessageConsumer consumer = session.createConsumer(to);
                    MessageProducer producer = session.createProducer(to);
                    producer.setDeliveryDelay(DELAY);
                    producer.setPriority(7);
                    Message sent = session.createTextMessage("a");
                    producer.send(sent);
                    assertDelayed(consumer, sent);
                    consumer.close();
                }
            }
        }
    }

    @Test
    void equalDelaysKeepTheOrderAndAShorterOneIsFirst(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("q"));
            MessageConsumer consumer = session.createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryDelay(DELAY);
            producer.send(session.createTextMessage("soon"));
            assertThat(OnBroker.next(consumer))
                    .as("all that is needed is there")
                    .isEqualTo("soon");
            // Without waiting for each, so that all are sent at about the same time.
            producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
            producer.setDeliveryDelay(3 * DELAY);
            for (int i = 0; i < 20; i++) {
                producer.send(session.createTextMessage("late " + i));
            }
            producer.setDeliveryDelay(DELAY);
            producer.send(session.createTextMessage("soon"));
            producer.setDeliveryDelay(0);
            producer.send(session.createTextMessage("now"));
            assertThat(OnBroker.next(consumer)).isEqualTo("now");
            assertThat(OnBroker.next(consumer)).isEqualTo("soon");
            for (int i = 0; i < 20; i++) {
                assertThat(OnBroker.next(consumer)).isEqualTo("late " + i);
            }
        }
    }

    @Test
    void inATransactionTheTimeThatPassesBeforeTheCommitCounts(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Connection connection = on.started();
            Session session = connection.createSession(Session.SESSION_TRANSACTED);
            Queue queue = session.createQueue(on.name("q"));
            MessageConsumer consumer = connection.createSession().createConsumer(queue);
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryDelay(DELAY);
            Message rolledBack = session.createTextMessage("never");
            producer.send(rolledBack);
            session.rollback();
            Message sent = session.createTextMessage("a");
            producer.send(sent);
            session.commit();
            assertDelayed(consumer, sent);
            assertThat(consumer.receiveNoWait()).isNull();
        }
    }

    @Test
    void whatHasExpiredWhenItsTimeHasComeIsNotDelivered(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("q"));
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryDelay(DELAY);
            producer.setTimeToLive(DELAY + 1);
            producer.send(session.createTextMessage("expired"));
            producer.setTimeToLive(0);
            Message last = session.createTextMessage("last");
            producer.send(last);
            MessageConsumer consumer = session.createConsumer(queue);
            // Where the first comes in the very millisecond in which it still lives, it may be seen.
            Message first = consumer.receive(OnBroker.SOON);
            if (OnBroker.text(first).equals("expired")) {
                assertThat(first.getJMSExpiration()).isEqualTo(first.getJMSTimestamp() + DELAY + 1);
                first = consumer.receive(OnBroker.SOON);
            }
            assertThat(OnBroker.text(first)).isEqualTo("last");
        }
    }

    @Test
    void whatIsDueForQueuesThatAreGoneHoldsNothingElseUp(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue gone = session.createQueue(on.name("gone"));
            Topic nobodys = session.createTopic(on.name("nobody's"));
            Queue queue = session.createQueue(on.name("q"));
            MessageProducer producer = session.createProducer(null);
            producer.setDeliveryDelay(DELAY);
            for (int i = 0; i < 100; i++) {
                producer.send(gone, session.createTextMessage("lost"));
                producer.send(nobodys, session.createTextMessage("lost"));
            }
            Channel channel = on.channel();
            channel.deleteQueue(gone.getQueueName());
            Topic topic = session.createTopic(on.name("t"));
            MessageConsumer subscriber = session.createConsumer(topic);
            producer.send(topic, session.createTextMessage("to a topic"));
            producer.send(queue, session.createTextMessage("to a queue"));
            assertThat(OnBroker.next(session.createConsumer(queue))).isEqualTo("to a queue");
            assertThat(OnBroker.next(subscriber)).isEqualTo("to a topic");
        }
    }

    @Test
    void aQueueThatIsMadeAnewMeanwhileGetsWhatIsDue(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("q"));
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryDelay(DELAY);
            producer.send(session.createTextMessage("before"));
            on.channel().deleteQueue(queue.getQueueName());
            MessageConsumer consumer = session.createConsumer(queue);
            producer.send(session.createTextMessage("after"));
            assertThat(OnBroker.next(consumer)).isEqualTo("before");
            assertThat(OnBroker.next(consumer)).isEqualTo("after");
        }
    }

    @Test
    void whatSomebodyHasDeletedIsDeclaredAgain(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("q"));
            MessageProducer producer = session.createProducer(queue);
            producer.setDeliveryDelay(7_001);
            producer.send(session.createTextMessage("deleted with the queue in which it waits"));
            Channel channel = on.channel();
            channel.deleteQueue("jms.delay.7168.queues");
            producer.send(session.createTextMessage("a"));
            assertThat(channel.declareQueuePassive("jms.delay.7168.queues").name())
                    .isEqualTo("jms.delay.7168.queues");
        }
    }

    @Test
    void consumersOfRabbitMqJmsGetDelayedMessagesToo(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.wireFormat=rabbitmq-jms").createSession();
            String name = on.name("q");
            RMQConnectionFactory factory = new RMQConnectionFactory();
            factory.setUri(broker.uri().toString());
            Connection theirs = on.opened(factory.createConnection());
            theirs.start();
            Session their = theirs.createSession();
            MessageProducer producer = session.createProducer(session.createQueue(name));
            producer.setDeliveryDelay(DELAY);
            Message sent = session.createTextMessage("a");
            producer.send(sent);
            Message message = their.createConsumer(their.createQueue(name)).receive(OnBroker.SOON);
            assertThat(OnBroker.text(message)).isEqualTo("a");
            assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(sent.getJMSDeliveryTime());
            assertThat(message.getJMSDeliveryTime()).isEqualTo(sent.getJMSDeliveryTime());
        }
    }
}
