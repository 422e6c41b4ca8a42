package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the specification has refused, by which exception: in the classic API and, by the unchecked one, in the simplified. */
class RefusalsTest {

    private static final CompletionListener LISTENER = new CompletionListener() {
        @Override
        public void onCompletion(Message message) {}

        @Override
        public void onException(Message message, Exception exception) {}
    };

    private final Rig rig = new Rig();
    private final Connection connection = Unchecked.get(rig.factory::createConnection);
    private final Session session = Unchecked.get(connection::createSession);
    private final JMSContext context = rig.factory.createContext();
    private final Queue queue = context.createQueue("q");
    private final Topic topic = context.createTopic("t");
    private final Message message = context.createTextMessage("x");

    @TestFactory
    Stream<DynamicTest> noDestinationIsAnInvalidDestination() throws JMSException {
        MessageProducer anonymous = session.createProducer(null);
        QueueSender sender = queues().createSender(null);
        TopicPublisher publisher = topics().createPublisher(null);
        JMSProducer producer = context.createProducer();
        return Stream.concat(
                refused(
                        InvalidDestinationException.class,
                        () -> session.createConsumer(null),
                        () -> session.createConsumer(null, "a = 1"),
                        () -> session.createConsumer(null, "a = 1", true),
                        () -> session.createBrowser(null),
                        () -> session.createBrowser(null, "a = 1"),
                        () -> session.createQueue(null),
                        () -> session.createTopic(null),
                        () -> anonymous.send(null, message),
                        () -> anonymous.send(null, message, DeliveryMode.PERSISTENT, 4, 0),
                        () -> anonymous.send(null, message, LISTENER),
                        () -> anonymous.send(null, message, DeliveryMode.PERSISTENT, 4, 0, LISTENER),
                        () -> sender.send((Queue) null, message),
                        () -> sender.send((Queue) null, message, DeliveryMode.PERSISTENT, 4, 0),
                        () -> publisher.publish((Topic) null, message),
                        () -> publisher.publish((Topic) null, message, DeliveryMode.PERSISTENT, 4, 0)),
                refused(
                        InvalidDestinationRuntimeException.class,
                        () -> context.createConsumer(null),
                        () -> context.createConsumer(null, "a = 1"),
                        () -> context.createConsumer(null, "a = 1", true),
                        () -> context.createBrowser(null),
                        () -> context.createBrowser(null, "a = 1"),
                        () -> context.createQueue(null),
                        () -> context.createTopic(null),
                        () -> producer.send(null, message),
                        () -> producer.send(null, "x"),
                        () -> producer.send(null, Map.of()),
                        () -> producer.send(null, new byte[1]),
                        () -> producer.send(null, 5)));
    }

    @TestFactory
    Stream<DynamicTest> whatIsNeitherQueueNorTopicIsAnInvalidDestination() {
        Destination strange = new Destination() {};
        return Stream.concat(
                refused(
                        InvalidDestinationException.class,
                        () -> session.createConsumer(strange),
                        () -> session.createProducer(strange),
                        () -> session.createProducer(null).send(strange, message)),
                refused(
                        InvalidDestinationRuntimeException.class,
                        () -> context.createConsumer(strange),
                        () -> context.createProducer().send(strange, message)));
    }

    @TestFactory
    Stream<DynamicTest> aDestinationThatIsNoMoreIsAnInvalidDestination() throws JMSException {
        TemporaryQueue queueOfOld = session.createTemporaryQueue();
        TemporaryTopic topicOfOld = session.createTemporaryTopic();
        queueOfOld.delete();
        topicOfOld.delete();
        return refused(
                InvalidDestinationException.class,
                () -> session.createConsumer(queueOfOld),
                () -> session.createConsumer(topicOfOld),
                () -> session.createBrowser(queueOfOld),
                () -> session.createProducer(queueOfOld).send(message));
    }

    @TestFactory
    Stream<DynamicTest> whatIsNoSelectorIsAnInvalidSelector() throws JMSException {
        TopicSession topics = topics();
        QueueSession queues = queues();
        return Stream.concat(
                refused(
                        InvalidSelectorException.class,
                        () -> session.createConsumer(queue, "="),
                        () -> session.createConsumer(topic, "=", true),
                        () -> session.createBrowser(queue, "="),
                        () -> queues.createReceiver(queue, "="),
                        () -> topics.createSubscriber(topic, "=", false)),
                refused(
                        InvalidSelectorRuntimeException.class,
                        () -> context.createConsumer(queue, "="),
                        () -> context.createConsumer(topic, "=", true),
                        () -> context.createBrowser(queue, "=")));
    }

    @TestFactory
    Stream<DynamicTest> aProducerOfADestinationIsNotToldAnother() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        QueueSender sender = queues().createSender(queue);
        TopicPublisher publisher = topics().createPublisher(topic);
        return refused(
                UnsupportedOperationException.class,
                () -> producer.send(queue, message),
                () -> producer.send(queue, message, DeliveryMode.PERSISTENT, 4, 0),
                () -> producer.send(queue, message, LISTENER),
                () -> producer.send(queue, message, DeliveryMode.PERSISTENT, 4, 0, LISTENER),
                () -> sender.send(queue, message),
                () -> sender.send(queue, message, DeliveryMode.PERSISTENT, 4, 0),
                () -> publisher.publish(topic, message),
                () -> publisher.publish(topic, message, DeliveryMode.PERSISTENT, 4, 0));
    }

    @TestFactory
    Stream<DynamicTest> aProducerOfNoDestinationIsToldOneWithEachMessage() throws JMSException {
        MessageProducer anonymous = session.createProducer(null);
        QueueSender sender = queues().createSender(null);
        TopicPublisher publisher = topics().createPublisher(null);
        return refused(
                UnsupportedOperationException.class,
                () -> anonymous.send(message),
                () -> anonymous.send(message, DeliveryMode.PERSISTENT, 4, 0),
                () -> anonymous.send(message, LISTENER),
                () -> anonymous.send(message, DeliveryMode.PERSISTENT, 4, 0, LISTENER),
                () -> sender.send(message),
                () -> sender.send(message, DeliveryMode.PERSISTENT, 4, 0),
                () -> publisher.publish(message),
                () -> publisher.publish(message, DeliveryMode.PERSISTENT, 4, 0));
    }

    @TestFactory
    Stream<DynamicTest> optionsOutOfRangeAreRefusedWhereTheyAreGiven() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        MessageProducer anonymous = session.createProducer(null);
        JMSProducer simplified = context.createProducer();
        return Stream.concat(
                refused(
                        JMSException.class,
                        () -> producer.setDeliveryMode(0),
                        () -> producer.setDeliveryMode(3),
                        () -> producer.setPriority(-1),
                        () -> producer.setPriority(10),
                        () -> producer.setTimeToLive(-1),
                        () -> producer.setDeliveryDelay(-1),
                        () -> producer.send(message, 3, 4, 0),
                        () -> producer.send(message, DeliveryMode.PERSISTENT, 10, 0),
                        () -> producer.send(message, DeliveryMode.PERSISTENT, 4, -1),
                        () -> anonymous.send(queue, message, 3, 4, 0),
                        () -> anonymous.send(queue, message, DeliveryMode.PERSISTENT, -1, 0),
                        () -> producer.send(message, 3, 4, 0, LISTENER),
                        () -> anonymous.send(queue, message, DeliveryMode.PERSISTENT, -1, 0, LISTENER)),
                refused(
                        JMSRuntimeException.class,
                        () -> simplified.setDeliveryMode(0),
                        () -> simplified.setPriority(10),
                        () -> simplified.setTimeToLive(-1),
                        () -> simplified.setDeliveryDelay(-1),
                        () -> context.createContext(-1),
                        () -> context.createContext(99),
                        () -> rig.factory.createContext(-1),
                        () -> rig.factory.createContext("u", "p", 99)));
    }

    @TestFactory
    Stream<DynamicTest> noCompletionListenerIsAnIllegalArgument() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        MessageProducer anonymous = session.createProducer(null);
        return refused(
                IllegalArgumentException.class,
                () -> producer.send(message, (CompletionListener) null),
                () -> producer.send(message, DeliveryMode.PERSISTENT, 4, 0, null),
                () -> anonymous.send(queue, message, null),
                () -> anonymous.send(queue, message, DeliveryMode.PERSISTENT, 4, 0, null));
    }

    @TestFactory
    Stream<DynamicTest> noMessageAndWhatNoMessageCanHoldIsAFormatError() throws JMSException {
        MessageProducer producer = session.createProducer(queue);
        JMSProducer simplified = context.createProducer();
        return Stream.concat(
                refused(
                        MessageFormatException.class,
                        () -> producer.send((Message) null),
                        () -> producer.send((Message) null, LISTENER),
                        () -> session.createObjectMessage(new NotReallySerializable()),
                        () -> message.setObjectProperty("p", new Object())),
                refused(
                        MessageFormatRuntimeException.class,
                        () -> simplified.send(queue, (Message) null),
                        () -> simplified.send(queue, Map.of("a", new Object())),
                        () -> simplified.send(queue, new NotReallySerializable()),
                        () -> context.createObjectMessage(new NotReallySerializable()),
                        () -> simplified.setProperty("p", new Object())));
    }

    @TestFactory
    Stream<DynamicTest> aPropertyWithoutANameIsAnIllegalArgument() {
        JMSProducer producer = context.createProducer();
        return refused(
                IllegalArgumentException.class,
                () -> message.setStringProperty(null, "x"),
                () -> message.setIntProperty("", 1),
                () -> message.setObjectProperty("", 1),
                () -> producer.setProperty(null, "x"),
                () -> producer.setProperty("", true),
                () -> producer.setProperty("", (Object) 1));
    }

    @TestFactory
    Stream<DynamicTest> transactionsAreOfTransactedSessionsAndRecoveryIsOfTheOthers() throws JMSException {
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        JMSContext transactedContext = context.createContext(JMSContext.SESSION_TRANSACTED);
        return Stream.concat(
                refused(IllegalStateException.class, session::commit, session::rollback, transacted::recover),
                refused(
                        IllegalStateRuntimeException.class,
                        context::commit,
                        context::rollback,
                        transactedContext::recover));
    }

    @TestFactory
    Stream<DynamicTest> whoListensCannotReceive() throws JMSException {
        MessageConsumer consumer = session.createConsumer(queue);
        consumer.setMessageListener(ignored -> {});
        JMSConsumer simplified = context.createConsumer(queue);
        simplified.setMessageListener(ignored -> {});
        return Stream.concat(
                refused(
                        IllegalStateException.class,
                        consumer::receive,
                        () -> consumer.receive(1),
                        consumer::receiveNoWait),
                refused(
                        IllegalStateRuntimeException.class,
                        simplified::receive,
                        () -> simplified.receive(1),
                        simplified::receiveNoWait,
                        () -> simplified.receiveBody(String.class),
                        () -> simplified.receiveBody(String.class, 1),
                        () -> simplified.receiveBodyNoWait(String.class)));
    }

    @TestFactory
    Stream<DynamicTest> aClientIdentifierIsSetOnceAndFirst() throws JMSException {
        Connection named = rig.factory.createConnection();
        named.setClientID("me");
        JMSContext fresh = rig.factory.createContext();
        JMSContext administered = new Rig("?jms.clientId=shop").factory.createContext();
        return Stream.concat(
                refused(
                        IllegalStateException.class,
                        () -> named.setClientID("me"),
                        () -> named.setClientID("you"),
                        () -> connection.setClientID("late")),
                Stream.of(
                                refused(
                                        InvalidClientIDException.class,
                                        () -> rig.factory.createConnection().setClientID(null),
                                        () -> rig.factory.createConnection().setClientID("")),
                                refused(
                                        InvalidClientIDRuntimeException.class,
                                        () -> fresh.setClientID(null),
                                        () -> fresh.setClientID("")),
                                refused(
                                        IllegalStateRuntimeException.class,
                                        () -> context.setClientID("late"),
                                        () -> administered.setClientID("other")))
                        .flatMap(it -> it));
    }

    @Test
    void aRefusedMessageIsNotSentAndItsListenerNotCalled() throws JMSException {
        rig.log.take();
        MessageProducer producer = session.createProducer(queue);
        assertThatThrownBy(() -> producer.send(message, 3, 4, 0)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send((Message) null, LISTENER)).isInstanceOf(MessageFormatException.class);
        assertThat(rig.log.of("publish", "send")).isEmpty();
    }

    private QueueSession queues() throws JMSException {
        return rig.factory.createQueueConnection().createQueueSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    private TopicSession topics() throws JMSException {
        return rig.factory.createTopicConnection().createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
    }

    private static Stream<DynamicTest> refused(Class<? extends Throwable> by, ThrowingCallable... calls) {
        return Arrays.stream(calls)
                .map(call -> dynamicTest(
                        by.getSimpleName(), () -> assertThatThrownBy(call).isInstanceOf(by)));
    }

    /** Says it could be serialized and has something that cannot. */
    private static final class NotReallySerializable implements Serializable {
        private static final long serialVersionUID = 1;

        final Object held = new Object();
    }
}
