package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What this version does not do it says, and says it with the exceptions of the specification. */
class UnsupportedTest {

    private final Rig rig = new Rig();

    @TestFactory
    Stream<DynamicTest> theClassicApi() throws JMSException {
        Connection connection = rig.factory.createConnection();
        Session session = connection.createSession();
        Topic topic = session.createTopic("t");
        Queue queue = session.createQueue("q");
        return Stream.of(
                refused("durable subscriber", () -> session.createDurableSubscriber(topic, "n")),
                refused("durable subscriber 4", () -> session.createDurableSubscriber(topic, "n", null, false)),
                refused("durable consumer", () -> session.createDurableConsumer(topic, "n")),
                refused("durable consumer 4", () -> session.createDurableConsumer(topic, "n", null, false)),
                refused("shared consumer", () -> session.createSharedConsumer(topic, "n")),
                refused("shared consumer 3", () -> session.createSharedConsumer(topic, "n", null)),
                refused("shared durable", () -> session.createSharedDurableConsumer(topic, "n")),
                refused("shared durable 3", () -> session.createSharedDurableConsumer(topic, "n", null)),
                refused("unsubscribe", () -> session.unsubscribe("n")),
                refused("session listener", () -> session.setMessageListener(m -> {})),
                refused(
                        "connection consumer",
                        () -> connection.createConnectionConsumer((Destination) queue, null, null, 1)),
                refused(
                        "durable connection consumer",
                        () -> connection.createDurableConnectionConsumer(topic, "n", null, null, 1)),
                refused(
                        "shared connection consumer",
                        () -> connection.createSharedConnectionConsumer(topic, "n", null, null, 1)),
                refused(
                        "shared durable connection consumer",
                        () -> connection.createSharedDurableConnectionConsumer(topic, "n", null, null, 1)));
    }

    @TestFactory
    Stream<DynamicTest> theSimplifiedApi() {
        JMSContext context = rig.factory.createContext();
        Topic topic = context.createTopic("t");
        return Stream.of(
                refused("context durable", () -> context.createDurableConsumer(topic, "n")),
                refused("context shared", () -> context.createSharedConsumer(topic, "n")),
                refused("context shared durable", () -> context.createSharedDurableConsumer(topic, "n")),
                refused("context unsubscribe", () -> context.unsubscribe("n")));
    }

    private static DynamicTest refused(String name, ThrowingCallable call) {
        return DynamicTest.dynamicTest(
                name,
                () -> assertThatThrownBy(call)
                        .isInstanceOfAny(JMSException.class, JMSRuntimeException.class)
                        .hasMessageContaining("not supported by this version"));
    }
}
