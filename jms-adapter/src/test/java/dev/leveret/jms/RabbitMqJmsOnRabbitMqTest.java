package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import com.rabbitmq.jms.admin.RMQDestination;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Programs that use RabbitMQ's own JMS client and programs that use this one, on the same queues and topics. */
@RequiresRabbitMq
class RabbitMqJmsOnRabbitMqTest {

    private static final String TRUSTED = "?jms.trustedClasses=java.util.ArrayList";
    private static final String THEIR_FORMAT = TRUSTED + "&jms.wireFormat=rabbitmq-jms";

    private static Session theirs(OnBroker on, Broker broker) throws JMSException {
        RMQConnectionFactory factory = new RMQConnectionFactory();
        factory.setUri(broker.uri().toString());
        Connection connection = on.opened(factory.createConnection());
        connection.start();
        return connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    /** One message of each type. */
    private static List<Message> messages(Session session) throws JMSException {
        BytesMessage bytes = session.createBytesMessage();
        bytes.writeInt(7);
        bytes.writeUTF("grüße");
        MapMessage map = session.createMapMessage();
        StreamMessage stream = session.createStreamMessage();
        for (Object value : values()) {
            map.setObject("v" + value.getClass().getSimpleName(), value);
            stream.writeObject(value);
        }
        ObjectMessage object = session.createObjectMessage(new ArrayList<>(List.of("a", 1)));
        return List.of(
                session.createTextMessage("grüße"),
                session.createTextMessage("x".repeat(100_000)),
                bytes,
                map,
                stream,
                object,
                session.createMessage());
    }

    private static List<Object> values() {
        return List.of(true, (byte) 1, (short) 2, 'c', 3, 4L, 5.5f, 6.5, "sü", new byte[] {7, -1});
    }

    private static void send(Session session, Destination queue, Destination replyTo) throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        for (Message message : messages(session)) {
            message.setBooleanProperty("bool", true);
            message.setByteProperty("byte", (byte) 1);
            message.setShortProperty("short", (short) 2);
            message.setIntProperty("int", 3);
            message.setLongProperty("long", 4);
            message.setFloatProperty("float", 5.5f);
            message.setDoubleProperty("double", 6.5);
            message.setStringProperty("string", "sü");
            message.setJMSCorrelationID("c-1");
            message.setJMSType("order");
            message.setJMSReplyTo(replyTo);
            producer.send(message, DeliveryMode.PERSISTENT, 7, 600_000);
        }
    }

    private static void assertReceived(MessageConsumer consumer, String queue) throws JMSException {
        TextMessage text = (TextMessage) next(consumer, queue);
        assertThat(text.getText()).isEqualTo("grüße");
        assertThat(((TextMessage) next(consumer, queue)).getText()).isEqualTo("x".repeat(100_000));
        BytesMessage bytes = (BytesMessage) next(consumer, queue);
        assertThat(bytes.readInt()).isEqualTo(7);
        assertThat(bytes.readUTF()).isEqualTo("grüße");
        MapMessage map = (MapMessage) next(consumer, queue);
        StreamMessage stream = (StreamMessage) next(consumer, queue);
        for (Object value : values()) {
            assertThat(map.getObject("v" + value.getClass().getSimpleName())).isEqualTo(value);
            assertThat(stream.readObject()).isEqualTo(value);
        }
        assertThat(((ObjectMessage) next(consumer, queue)).getObject()).isEqualTo(List.of("a", 1));
        // Theirs is a text message without text.
        Message empty = next(consumer, queue);
        assertThat(empty).isNotInstanceOf(BytesMessage.class);
        assertThat(empty instanceof TextMessage none ? none.getText() : null).isNull();
    }

    private static Message next(MessageConsumer consumer, String queue) throws JMSException {
        Message message = consumer.receive(OnBroker.SOON);
        assertThat(message).isNotNull();
        assertThat(message.getObjectProperty("bool")).isEqualTo(true);
        assertThat(message.getObjectProperty("byte")).isEqualTo((byte) 1);
        assertThat(message.getObjectProperty("short")).isEqualTo((short) 2);
        assertThat(message.getObjectProperty("int")).isEqualTo(3);
        assertThat(message.getObjectProperty("long")).isEqualTo(4L);
        assertThat(message.getObjectProperty("float")).isEqualTo(5.5f);
        assertThat(message.getObjectProperty("double")).isEqualTo(6.5);
        assertThat(message.getObjectProperty("string")).isEqualTo("sü");
        assertThat(message.getJMSMessageID()).startsWith("ID:");
        assertThat(message.getJMSCorrelationID()).isEqualTo("c-1");
        assertThat(message.getJMSType()).isEqualTo("order");
        assertThat(message.getJMSPriority()).isEqualTo(7);
        assertThat(message.getJMSDeliveryMode()).isEqualTo(DeliveryMode.PERSISTENT);
        assertThat(message.getJMSTimestamp()).isPositive();
        assertThat(message.getJMSExpiration()).isEqualTo(message.getJMSTimestamp() + 600_000);
        assertThat(message.getJMSRedelivered()).isFalse();
        assertThat(nameOf(message.getJMSDestination())).isEqualTo(queue);
        assertThat(nameOf(message.getJMSReplyTo())).isEqualTo(queue + "-replies");
        return message;
    }

    private static String nameOf(Destination destination) throws JMSException {
        return ((Queue) destination).getQueueName();
    }

    @Test
    void theirMessagesOfAllTypesAreRead(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session theirs = theirs(on, broker);
            String queue = on.name("theirs");
            send(theirs, theirs.createQueue(queue), theirs.createQueue(on.name("theirs-replies")));
            Session ours = on.started(TRUSTED).createSession();
            assertReceived(ours.createConsumer(ours.createQueue(queue)), queue);
        }
    }

    @Test
    void ourMessagesOfAllTypesAreRead(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session theirs = theirs(on, broker);
            String queue = on.name("ours");
            Destination there = theirs.createQueue(queue);
            Session ours = on.started(THEIR_FORMAT).createSession();
            send(ours, ours.createQueue(queue), ours.createQueue(on.name("ours-replies")));
            assertReceived(theirs.createConsumer(there), queue);
        }
    }

    @Test
    void weAnswerTheirRequestOnTheirTemporaryQueue(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session theirs = theirs(on, broker);
            Destination requests = theirs.createQueue(on.name("requests"));
            Destination replies = theirs.createTemporaryQueue();
            MessageConsumer waiting = theirs.createConsumer(replies);
            TextMessage request = theirs.createTextMessage("ping");
            request.setJMSReplyTo(replies);
            theirs.createProducer(requests).send(request);

            Session ours = on.started(THEIR_FORMAT).createSession();
            Message asked =
                    ours.createConsumer(ours.createQueue(nameOf(requests))).receive(OnBroker.SOON);
            MapMessage reply = ours.createMapMessage();
            reply.setString("answer", "pong");
            reply.setJMSCorrelationID(asked.getJMSMessageID());
            ours.createProducer(asked.getJMSReplyTo()).send(reply);

            MapMessage received = (MapMessage) waiting.receive(OnBroker.SOON);
            assertThat(received.getString("answer")).isEqualTo("pong");
            assertThat(received.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        }
    }

    @Test
    void theyAnswerOurRequestOnOurTemporaryQueue(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session theirs = theirs(on, broker);
            String requests = on.name("requests");
            MessageConsumer asking = theirs.createConsumer(theirs.createQueue(requests));
            Session ours = on.started(THEIR_FORMAT).createSession();
            Destination replies = ours.createTemporaryQueue();
            MessageConsumer waiting = ours.createConsumer(replies);
            TextMessage request = ours.createTextMessage("ping");
            request.setJMSReplyTo(replies);
            ours.createProducer(ours.createQueue(requests)).send(request);

            Message asked = asking.receive(OnBroker.SOON);
            TextMessage reply = theirs.createTextMessage("pong");
            reply.setJMSCorrelationID(asked.getJMSMessageID());
            reply.setJMSType("TextMessage");
            theirs.createProducer(asked.getJMSReplyTo()).send(reply);

            Message received = waiting.receive(OnBroker.SOON);
            assertThat(received.getBody(String.class)).isEqualTo("pong");
            assertThat(received.getJMSCorrelationID()).isEqualTo(request.getJMSMessageID());
        }
    }

    @Test
    void topicsAreShared(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session theirs = theirs(on, broker);
            Session ours = on.started(THEIR_FORMAT).createSession();
            String name = on.name("topic");
            Topic there = theirs.createTopic(name);
            Topic here = ours.createTopic(name);
            MessageConsumer theirSubscriber = theirs.createConsumer(there);
            MessageConsumer ourSubscriber = ours.createConsumer(here);
            ours.createProducer(here).send(ours.createTextMessage("from us"));
            assertThat(OnBroker.next(theirSubscriber)).isEqualTo("from us");
            assertThat(OnBroker.next(ourSubscriber)).isEqualTo("from us");
            theirs.createProducer(there).send(theirs.createTextMessage("from them"));
            Message received = ourSubscriber.receive(OnBroker.SOON);
            assertThat(OnBroker.text(received)).isEqualTo("from them");
            assertThat(received.getJMSDestination()).isEqualTo(here);
        }
    }

    @Test
    void theirAmqpDestinationsCarryPlainMessages(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            String name = on.name("amqp");
            Session ours = on.started().createSession();
            MessageConsumer consumer = ours.createConsumer(ours.createQueue(name));
            Session theirs = theirs(on, broker);
            MessageProducer producer = theirs.createProducer(new RMQDestination(name, "", name, name));
            TextMessage text = theirs.createTextMessage("grüße");
            text.setJMSType("TextMessage");
            text.setIntProperty("n", 7);
            producer.send(text);
            BytesMessage bytes = theirs.createBytesMessage();
            bytes.writeInt(7);
            producer.send(bytes);

            Message first = consumer.receive(OnBroker.SOON);
            assertThat(OnBroker.text(first)).isEqualTo("grüße");
            assertThat(first.getObjectProperty("n")).isEqualTo(7);
            assertThat(first.getJMSMessageID()).isEqualTo(text.getJMSMessageID());
            assertThat(first.getJMSTimestamp()).isEqualTo(text.getJMSTimestamp());
            assertThat(((BytesMessage) consumer.receive(OnBroker.SOON)).readInt())
                    .isEqualTo(7);
        }
    }

    @Test
    void theirDestinationsCanBeGivenToUs(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session ours = on.started().createSession();
            Destination queue = new RMQDestination(on.name("foreign"), true, false);
            ours.createProducer(queue).send(ours.createTextMessage("hello"));
            assertThat(OnBroker.next(ours.createConsumer(queue))).isEqualTo("hello");
            Topic topic = new RMQDestination(on.name("foreign-topic"), false, false);
            MessageConsumer subscriber = ours.createConsumer(topic);
            ours.createProducer(topic).send(ours.createTextMessage("hello"));
            assertThat(OnBroker.next(subscriber)).isEqualTo("hello");
        }
    }
}
