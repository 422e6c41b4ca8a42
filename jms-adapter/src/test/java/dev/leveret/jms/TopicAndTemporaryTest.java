package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicAndTemporaryTest {

    private final Rig rig = new Rig();
    private Connection connection;
    private Session session;

    @BeforeEach
    void openSession() throws JMSException {
        connection = rig.factory.createConnection();
        session = connection.createSession();
    }

    @Test
    void aSubscriptionBeginsWithItsConsumerNotWithTheStart() throws JMSException {
        session.createConsumer(session.createTopic("prices.*"));
        List<String> told = rig.log.of("declare", "bind", "consume");
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).startsWith("declare jms.subscriber.").endsWith(" exclusive");
        assertThat(told.get(1)).isEqualTo("bind jms.durable.topic prices.*");
    }

    @Test
    void theSubscriptionEndsWithItsConsumer() throws JMSException {
        connection.start();
        MessageConsumer consumer = session.createConsumer(session.createTopic("t"));
        String queue = rig.log.of("declare").get(0).split(" ")[1];
        rig.amqp.deliver(queue, "a");
        consumer.close();
        assertThat(rig.log.of("delete", "nack")).containsExactly("delete " + queue);
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void whatASubscriberHasCanBeAcknowledgedAfterItIsClosed() throws JMSException {
        connection.start();
        Session client = connection.createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = client.createConsumer(client.createTopic("t"));
        String queue = rig.log.of("declare").get(0).split(" ")[1];
        rig.amqp.deliver(queue, "a", "b");
        var message = consumer.receive(1);
        consumer.close();
        assertThat(rig.amqp.openChannels()).isEqualTo(1);
        message.acknowledge();
        assertThat(rig.log.of("ack", "nack")).containsExactly("ack a");
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void topicsCanLiveOnAnotherExchange() throws JMSException {
        Rig other = new Rig("?jms.topicExchange=amq.topic");
        Session itsSession = other.factory.createConnection().createSession();
        itsSession.createConsumer(itsSession.createTopic("t"));
        assertThat(other.log.of("bind")).containsExactly("bind amq.topic t");
    }

    @Test
    void aTemporaryQueueExistsFromItsCreationUntilItIsDeleted() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        assertThat(rig.log.of("declare")).containsExactly("declare " + queue.getQueueName() + " exclusive");
        queue.delete();
        assertThat(rig.log.of("delete")).containsExactly("delete " + queue.getQueueName());
        assertThatThrownBy(() -> session.createConsumer(queue)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.createProducer(queue).send(session.createMessage()))
                .isInstanceOf(InvalidDestinationException.class);
        assertThat(rig.log.of("declare")).as("it is not made again").hasSize(1);
    }

    @Test
    void aTemporaryDestinationInUseIsNotDeleted() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        MessageConsumer queueConsumer = session.createConsumer(queue);
        MessageConsumer topicConsumer = connection.createSession().createConsumer(topic);
        assertThatThrownBy(queue::delete).isInstanceOf(JMSException.class);
        assertThatThrownBy(topic::delete).isInstanceOf(JMSException.class);
        queueConsumer.close();
        topicConsumer.close();
        queue.delete();
        topic.delete();
        assertThatThrownBy(() -> session.createConsumer(topic)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void onlyItsConnectionConsumesFromATemporaryDestination() throws JMSException {
        TemporaryQueue queue = session.createTemporaryQueue();
        TemporaryTopic topic = session.createTemporaryTopic();
        Session other = rig.factory.createConnection().createSession();
        assertThatThrownBy(() -> other.createConsumer(queue)).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> other.createConsumer(topic)).isInstanceOf(InvalidDestinationException.class);
        other.createProducer(queue).send(other.createTextMessage("hello"));
        assertThat(rig.log.of("publish")).containsExactly("publish hello");
    }

    @Test
    void temporaryDestinationsHaveNamesOfTheirOwn() throws JMSException {
        assertThat(session.createTemporaryQueue()).isNotEqualTo(session.createTemporaryQueue());
        assertThat(session.createTemporaryTopic()).isNotEqualTo(session.createTemporaryTopic());
    }
}
