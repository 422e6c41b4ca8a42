package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueRequestor;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DomainTest {

    private final Rig rig = new Rig();
    private QueueSession queueSession;
    private TopicSession topicSession;
    private Queue queue;
    private Topic topic;

    @BeforeEach
    void openSessions() throws JMSException {
        queueSession = rig.factory.createQueueConnection().createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
        topicSession = rig.factory.createTopicConnection().createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
        queue = queueSession.createQueue("q");
        topic = topicSession.createTopic("t");
    }

    @Test
    void aQueueSessionRefusesWhatBelongsToTopics() {
        refused(List.of(
                () -> queueSession.createTopic("t"),
                queueSession::createTemporaryTopic,
                () -> queueSession.createDurableSubscriber(topic, "n"),
                () -> queueSession.createDurableSubscriber(topic, "n", null, false),
                () -> queueSession.createDurableConsumer(topic, "n"),
                () -> queueSession.createDurableConsumer(topic, "n", null, false),
                () -> queueSession.createSharedConsumer(topic, "n"),
                () -> queueSession.createSharedConsumer(topic, "n", null),
                () -> queueSession.createSharedDurableConsumer(topic, "n"),
                () -> queueSession.createSharedDurableConsumer(topic, "n", null),
                () -> queueSession.unsubscribe("n")));
    }

    @Test
    void aTopicSessionRefusesWhatBelongsToQueues() {
        refused(List.of(
                () -> topicSession.createQueue("q"),
                topicSession::createTemporaryQueue,
                () -> topicSession.createBrowser(queue),
                () -> topicSession.createBrowser(queue, null)));
    }

    @Test
    void aQueueConnectionRefusesConsumersOfTopics() throws JMSException {
        QueueConnection connection = rig.factory.createQueueConnection();
        refused(List.of(
                () -> connection.createDurableConnectionConsumer(topic, "n", null, null, 1),
                () -> connection.createSharedConnectionConsumer(topic, "n", null, null, 1),
                () -> connection.createSharedDurableConnectionConsumer(topic, "n", null, null, 1)));
    }

    @Test
    void connectionsOfADomainMakePlainSessionsToo() throws JMSException {
        QueueConnection queues = rig.factory.createQueueConnection();
        assertThat(queues.createSession().createTopic("t")).isEqualTo(topic);
        TopicConnection topics = rig.factory.createTopicConnection();
        assertThat(topics.createSession().createQueue("q")).isEqualTo(queue);
    }

    @Test
    void aSenderAndAReceiverKnowTheirQueue() throws JMSException {
        QueueSender sender = queueSession.createSender(queue);
        assertThat(sender.getQueue()).isEqualTo(queue);
        sender.send(queueSession.createTextMessage("a"));
        queueSession.createSender(null).send(queue, queueSession.createTextMessage("b"));
        assertThat(rig.log.of("publish")).containsExactly("publish a", "publish b");
        QueueReceiver receiver = queueSession.createReceiver(queue, " ");
        assertThat(receiver.getQueue()).isEqualTo(queue);
        assertThat(receiver.getMessageSelector()).isNull();
    }

    @Test
    void aPublisherAndASubscriberKnowTheirTopic() throws JMSException {
        TopicPublisher publisher = topicSession.createPublisher(topic);
        assertThat(publisher.getTopic()).isEqualTo(topic);
        publisher.publish(topicSession.createTextMessage("a"));
        topicSession.createPublisher(null).publish(topic, topicSession.createTextMessage("b"));
        assertThat(rig.log.of("publish")).containsExactly("publish a", "publish b");
        TopicSubscriber subscriber = topicSession.createSubscriber(topic);
        assertThat(subscriber.getTopic()).isEqualTo(topic);
        assertThat(subscriber.getNoLocal()).isFalse();
    }

    @Test
    void noDestinationIsAnInvalidDestination() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> queueSession.createReceiver(null),
                () -> topicSession.createSubscriber(null),
                () -> queueSession.createConsumer(null),
                () -> queueSession.createBrowser(null),
                () -> queueSession.createQueue(null),
                () -> topicSession.createTopic(""))) {
            assertThatThrownBy(call).isInstanceOf(InvalidDestinationException.class);
        }
    }

    @Test
    void theSpecificationsRequestorWorksOnAQueueSession() throws JMSException {
        QueueRequestor requestor = new QueueRequestor(queueSession, queue);
        requestor.close();
        assertThatThrownBy(() -> new QueueRequestor(queueSession, queue)).isInstanceOf(IllegalStateException.class);
    }

    private static void refused(List<ThrowingCallable> calls) {
        for (ThrowingCallable call : calls) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
        }
    }
}
