package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.jms.destination.JmsQueue;
import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.QueueConnection;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.Session;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Everything but closing again is refused by everything that is closed, or whose parent is. */
class ClosedObjectsTest {

    private static final Set<String> ALLOWED = Set.of("close", "run", "toString", "getAutoStart");

    private final Rig rig = new Rig();

    @TestFactory
    Stream<DynamicTest> aClosedConnection() throws JMSException {
        Connection connection = rig.factory.createConnection();
        QueueConnection queueConnection = rig.factory.createQueueConnection();
        TopicConnection topicConnection = rig.factory.createTopicConnection();
        connection.close();
        queueConnection.close();
        topicConnection.close();
        return Stream.of(
                        refusals(Connection.class, connection),
                        refusals(QueueConnection.class, queueConnection),
                        refusals(TopicConnection.class, topicConnection))
                .flatMap(it -> it);
    }

    @TestFactory
    Stream<DynamicTest> aClosedSession() throws JMSException {
        Session session = rig.factory.createConnection().createSession();
        QueueSession queueSession = rig.factory.createQueueConnection().createQueueSession(false, 1);
        TopicSession topicSession = rig.factory.createTopicConnection().createTopicSession(false, 1);
        session.close();
        queueSession.close();
        topicSession.close();
        return Stream.of(
                        refusals(Session.class, session),
                        refusals(QueueSession.class, queueSession),
                        refusals(TopicSession.class, topicSession))
                .flatMap(it -> it);
    }

    @TestFactory
    Stream<DynamicTest> theSessionOfAClosedConnection() throws JMSException {
        Connection connection = rig.factory.createConnection();
        Session session = connection.createSession();
        connection.close();
        return refusals(Session.class, session);
    }

    @TestFactory
    Stream<DynamicTest> aClosedProducer() throws JMSException {
        Session session = rig.factory.createConnection().createSession();
        MessageProducer producer = session.createProducer(null);
        producer.close();
        return refusals(MessageProducer.class, producer);
    }

    @TestFactory
    Stream<DynamicTest> producersAndConsumersOfAClosedSession() throws JMSException {
        QueueSession queueSession = rig.factory.createQueueConnection().createQueueSession(false, 1);
        TopicSession topicSession = rig.factory.createTopicConnection().createTopicSession(false, 1);
        QueueSender sender = queueSession.createSender(queueSession.createQueue("q"));
        QueueReceiver receiver = queueSession.createReceiver(queueSession.createQueue("q"));
        TopicPublisher publisher = topicSession.createPublisher(topicSession.createTopic("t"));
        TopicSubscriber subscriber = topicSession.createSubscriber(topicSession.createTopic("t"));
        queueSession.close();
        topicSession.close();
        return Stream.of(
                        refusals(QueueSender.class, sender),
                        refusals(QueueReceiver.class, receiver),
                        refusals(TopicPublisher.class, publisher),
                        refusals(TopicSubscriber.class, subscriber))
                .flatMap(it -> it);
    }

    @TestFactory
    Stream<DynamicTest> aClosedConsumer() throws JMSException {
        Session session = rig.factory.createConnection().createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        consumer.close();
        return refusals(MessageConsumer.class, consumer);
    }

    @TestFactory
    Stream<DynamicTest> aClosedContext() {
        JMSContext context = rig.factory.createContext();
        context.createProducer();
        context.close();
        JMSContext unused = rig.factory.createContext();
        unused.close();
        return Stream.concat(refusals(JMSContext.class, context), refusals(JMSContext.class, unused));
    }

    @TestFactory
    Stream<DynamicTest> theConsumerAndTheProducerOfAClosedContext() {
        JMSContext context = rig.factory.createContext();
        JMSConsumer consumer = context.createConsumer(context.createQueue("q"));
        JMSProducer producer = context.createProducer();
        context.close();
        return Stream.concat(
                refusals(JMSConsumer.class, consumer),
                Stream.of(DynamicTest.dynamicTest(
                        "JMSProducer.send",
                        () -> assertThatThrownBy(() -> producer.send(queue(), "x"))
                                .isInstanceOf(IllegalStateRuntimeException.class))));
    }

    private static Destination queue() throws JMSException {
        return JmsQueue.of("q");
    }

    private static Stream<DynamicTest> refusals(Class<?> type, Object closed) {
        DynamicTest closing = DynamicTest.dynamicTest(
                type.getSimpleName() + " can be closed again",
                () -> assertThatCode(((AutoCloseable) closed)::close).doesNotThrowAnyException());
        return Stream.concat(
                Stream.of(closing),
                Arrays.stream(type.getMethods())
                        .filter(it -> !ALLOWED.contains(it.getName()))
                        .map(it -> refusal(type, closed, it)));
    }

    private static DynamicTest refusal(Class<?> type, Object closed, Method method) {
        String name = type.getSimpleName() + " refuses " + method.getName() + "/" + method.getParameterCount();
        return DynamicTest.dynamicTest(
                name,
                () -> assertThatThrownBy(() -> call(closed, method))
                        .isInstanceOfAny(IllegalStateException.class, IllegalStateRuntimeException.class));
    }

    private static void call(Object target, Method method) throws Throwable {
        Object[] arguments = Arrays.stream(method.getParameterTypes())
                .map(ClosedObjectsTest::anyOf)
                .toArray();
        try {
            method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object anyOf(Class<?> type) {
        if (type == boolean.class) {
            return false;
        }
        if (type == int.class) {
            return 1;
        }
        if (type == long.class) {
            return 1L;
        }
        return type == String.class ? "x" : null;
    }
}
