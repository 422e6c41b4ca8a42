package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.Topic;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Durable, shared, and shared durable subscriptions (sections 4.2 and 8.3). */
class NamedSubscriptionTest {

    private static final String QUEUE = "jms.subscription.c/n";

    private final Rig rig = new Rig("?jms.clientId=c");
    private Connection connection;
    private Session session;
    private Topic topic;

    @BeforeEach
    void openSession() throws JMSException {
        connection = rig.started();
        session = connection.createSession();
        topic = session.createTopic("t");
    }

    @Test
    void aDurableSubscriptionIsAQueueBehindAnExchangeOfItsOwn() throws JMSException {
        session.createDurableConsumer(topic, "n");
        assertThat(rig.log.of("declare-exchange", "bind", "consume"))
                .containsExactly(
                        "declare-exchange jms.durable.topic topic",
                        "declare-exchange " + QUEUE + " topic",
                        "bind " + QUEUE + " #",
                        "bind jms.durable.topic t",
                        "consume " + QUEUE + " 100");
        assertThat(rig.log.of("declare")).contains("declare " + QUEUE);
    }

    @Test
    void closingItsConsumerLeavesADurableSubscriptionAsItIs() throws JMSException {
        session.createDurableConsumer(topic, "n").close();
        session.createDurableConsumer(topic, "n", " ", false);
        assertThat(rig.log.of("delete", "delete-exchange")).noneMatch(it -> it.endsWith(QUEUE));
        assertThat(rig.log.of("declare"))
                .filteredOn(it -> it.equals("declare " + QUEUE))
                .hasSize(1);
    }

    @Test
    void anotherTopicSelectorOrNoLocalReplacesTheSubscription() throws JMSException {
        session.createDurableConsumer(topic, "n").close();
        replaced(() ->
                session.createDurableConsumer(session.createTopic("u"), "n").close());
        replaced(() -> session.createDurableConsumer(session.createTopic("u"), "n", "a = 1", false)
                .close());
        replaced(() -> session.createDurableConsumer(session.createTopic("u"), "n", "a = 2", false)
                .close());
        replaced(() -> session.createDurableConsumer(session.createTopic("u"), "n", "a = 2", true)
                .close());
        replaced(() -> session.createDurableConsumer(topic, "n").close());
    }

    private void replaced(ThrowingCallable opening) {
        rig.log.take();
        assertThatCode(opening).doesNotThrowAnyException();
        assertThat(rig.log.of("delete", "delete-exchange")).startsWith("delete " + QUEUE, "delete-exchange " + QUEUE);
    }

    @Test
    void whatHasAConsumerIsNotReplaced() throws JMSException {
        session.createDurableConsumer(topic, "n");
        session.createSharedDurableConsumer(topic, "shared", "a = 1");
        session.createSharedConsumer(topic, "shared", "a = 1");
        refused(() -> session.createDurableConsumer(session.createTopic("u"), "n"), "active consumer");
        refused(() -> session.createSharedDurableConsumer(topic, "shared", "a = 2"), "active consumer");
        refused(() -> session.createSharedConsumer(session.createTopic("u"), "shared", "a = 1"), "active consumer");
        assertThat(rig.log.of("delete", "delete-exchange")).noneMatch(it -> it.contains("jms.s"));
    }

    @Test
    void oneConsumerAtATimeHasASubscriptionThatIsNotShared() throws JMSException {
        MessageConsumer first = session.createDurableConsumer(topic, "n");
        refused(() -> session.createDurableConsumer(topic, "n"), "active consumer");
        refused(() -> connection.createSession().createDurableSubscriber(topic, "n"), "active consumer");
        first.close();
        session.createDurableConsumer(topic, "n");
    }

    @Test
    void aConsumerCountsFromItsCreationAlsoOnAConnectionThatIsNotStarted() throws JMSException {
        connection.stop();
        Session waiting = rig.factory.createConnection().createSession();
        waiting.createDurableConsumer(topic, "n");
        refused(() -> session.createDurableConsumer(topic, "n"), "active consumer");
        refused(() -> session.unsubscribe("n"), "active consumer");
    }

    @Test
    void severalConsumersShareASubscription() throws JMSException {
        session.createSharedConsumer(topic, "n");
        session.createSharedConsumer(topic, "n");
        session.createSharedDurableConsumer(topic, "n");
        connection.createSession().createSharedDurableConsumer(topic, "n");
        assertThat(rig.amqp.consumers("jms.shared.c/n")).hasSize(2);
        assertThat(rig.amqp.consumers(QUEUE)).hasSize(2);
    }

    @Test
    void whoSharesBeforeTheStartKeepsNothingFromOthersButOneMessage() throws JMSException {
        Connection waiting = rig.factory.createConnection();
        waiting.createSession().createSharedConsumer(topic, "n");
        assertThat(rig.amqp.consumerOf("jms.shared.c/n").prefetch()).isEqualTo(1);
        waiting.start();
        assertThat(rig.amqp.consumerOf("jms.shared.c/n").prefetch()).isEqualTo(100);
        assertThat(rig.amqp.consumers("jms.shared.c/n")).hasSize(1);
    }

    @Test
    void whatIsSharedAndWhatIsNotCannotHaveTheSameName() throws JMSException {
        session.createDurableConsumer(topic, "n").close();
        refused(() -> session.createSharedDurableConsumer(topic, "n"), "not shared");
        session.createSharedDurableConsumer(topic, "m").close();
        refused(() -> session.createDurableConsumer(topic, "m"), "is shared");
        session.createSharedConsumer(topic, "n");
        assertThat(rig.log.of("delete", "delete-exchange")).noneMatch(it -> it.contains("jms.s"));
    }

    @Test
    void aSubscriptionThatIsNotSharedNeedsAClientIdentifier() throws JMSException {
        Rig anonymous = new Rig();
        Session itsSession = anonymous.factory.createConnection().createSession();
        assertThatThrownBy(() -> itsSession.createDurableConsumer(topic, "n"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("client identifier");
        assertThatThrownBy(() -> itsSession.createDurableSubscriber(topic, "n"))
                .isInstanceOf(IllegalStateException.class);
        itsSession.createSharedDurableConsumer(topic, "n");
        itsSession.createSharedConsumer(topic, "n");
        assertThat(anonymous.log.of("consume"))
                .containsExactly("consume jms.subscription./n 1", "consume jms.shared./n 1");
    }

    @Test
    void namesAreOfAClientIdentifier() throws JMSException {
        session.createSharedDurableConsumer(topic, "n");
        Rig other = new Rig("?jms.clientId=d");
        other.started().createSession().createSharedDurableConsumer(topic, "n");
        Rig none = new Rig();
        none.started().createSession().createSharedDurableConsumer(topic, "n");
        assertThat(other.log.of("consume")).containsExactly("consume jms.subscription.d/n 100");
        assertThat(none.log.of("consume")).containsExactly("consume jms.subscription./n 100");
    }

    @Test
    void unsubscribingDeletesTheQueueAndItsExchange() throws JMSException {
        MessageConsumer consumer = session.createDurableConsumer(topic, "n");
        refused(() -> session.unsubscribe("n"), "active consumer");
        consumer.close();
        rig.log.take();
        session.unsubscribe("n");
        assertThat(rig.log.of("delete", "delete-exchange")).startsWith("delete " + QUEUE, "delete-exchange " + QUEUE);
        assertThatThrownBy(() -> session.unsubscribe("n")).isInstanceOf(InvalidDestinationException.class);
        assertThatThrownBy(() -> session.unsubscribe(null)).isInstanceOf(InvalidDestinationException.class);
    }

    @Test
    void aSubscriptionNeedsANameATopicAndASelectorThatIsOne() throws JMSException {
        refused(() -> session.createDurableConsumer(topic, null), "needs a name");
        refused(() -> session.createSharedConsumer(topic, ""), "needs a name");
        assertThatThrownBy(() -> session.createSharedDurableConsumer(topic, "n", "a = = 1"))
                .isInstanceOf(InvalidSelectorException.class);
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> session.createDurableConsumer(null, "n"),
                () -> session.createDurableSubscriber(session.createTemporaryTopic(), "n"),
                () -> session.createSharedDurableConsumer(session.createTemporaryTopic(), "n"))) {
            assertThatThrownBy(call).isInstanceOf(InvalidDestinationException.class);
        }
        session.createSharedConsumer(session.createTemporaryTopic(), "n");
    }

    @Test
    void aClosedSessionSubscribesToNothing() throws JMSException {
        session.close();
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> session.createDurableConsumer(topic, "n"),
                () -> session.createSharedConsumer(topic, "n"),
                () -> session.unsubscribe("n"))) {
            assertThatThrownBy(call).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aTopicSessionHasDurableSubscribers() throws JMSException {
        TopicConnection topics = rig.factory.createTopicConnection();
        TopicSession topicSession = topics.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
        TopicSubscriber subscriber = topicSession.createDurableSubscriber(topic, "n", "a = 1", true);
        assertThat(subscriber.getTopic()).isEqualTo(topic);
        assertThat(subscriber.getMessageSelector()).isEqualTo("a = 1");
        assertThat(subscriber.getNoLocal()).isTrue();
        subscriber.close();
        assertThat(topicSession.createDurableSubscriber(topic, "n").getNoLocal())
                .isFalse();
    }

    @Test
    void theSimplifiedApiHasThemAll() throws JMSException {
        try (JMSContext context = rig.factory.createContext()) {
            context.createDurableConsumer(topic, "n");
            assertThatThrownBy(() -> context.createDurableConsumer(topic, "n")).isInstanceOf(JMSRuntimeException.class);
            context.createDurableConsumer(topic, "m", "a = 1", true).close();
            context.createSharedConsumer(topic, "n");
            context.createSharedConsumer(topic, "m", "a = 1");
            context.createSharedDurableConsumer(topic, "o");
            context.createSharedDurableConsumer(topic, "p", "a = 1");
            context.unsubscribe("m");
            assertThatThrownBy(() -> context.unsubscribe("m")).isInstanceOf(InvalidDestinationRuntimeException.class);
        }
        try (JMSContext context = new Rig().factory.createContext()) {
            assertThatThrownBy(() -> context.createDurableConsumer(topic, "n"))
                    .isInstanceOf(IllegalStateRuntimeException.class);
        }
    }

    @Test
    void otherBrokersThanRabbitMqAreRefused() throws JMSException {
        rig.amqp.become("LavinMQ", "2.0.0");
        refused(() -> session.createSharedConsumer(topic, "n"), "RabbitMQ");
        refused(() -> session.unsubscribe("n"), "RabbitMQ");
    }

    @Test
    void changesOfOneSubscriptionWaitForEachOtherAcrossConnections() throws Exception {
        session.createDurableConsumer(topic, "n").close();
        String lock = rig.log.of("declare").stream()
                .filter(it -> it.startsWith("declare jms.lock."))
                .map(it -> it.split(" ")[1])
                .findFirst()
                .orElseThrow();
        rig.amqp.lockedByOthers().add(lock);
        rig.log.take();
        Thread opener = new Thread(() -> Unchecked.get(() -> session.createDurableConsumer(topic, "n")));
        opener.start();
        while (rig.log.of("declare").size() < 3) {
            Thread.onSpinWait();
        }
        assertThat(rig.log.of("consume", "declare-exchange")).isEmpty();
        rig.amqp.lockedByOthers().clear();
        opener.join();
        assertThat(rig.log.of("consume")).hasSize(1);
        assertThat(rig.log.of("delete")).containsExactly("delete " + lock);
    }

    @Test
    void noLocalOfADurableSubscriptionGoesByTheClientIdentifier() throws JMSException {
        MessageConsumer consumer = session.createDurableConsumer(topic, "n", null, true);
        session.createProducer(topic).send(session.createTextMessage("own"));
        var own = rig.amqp.lastMessage().properties();
        assertThat(own.headers()).containsEntry("x-jms-client", "c");
        var subscription = rig.amqp.consumerOf(QUEUE);
        subscription.deliver(false, own, "own".getBytes());
        subscription.deliver(
                false, own.toBuilder().header("x-jms-conn", "an earlier one").build(), "earlier".getBytes());
        subscription.deliver(
                false,
                own.toBuilder()
                        .header("x-jms-conn", "another")
                        .header("x-jms-client", "d")
                        .build(),
                "another".getBytes());
        subscription.batchEnd();
        assertThat(Rig.next(consumer)).isEqualTo("another");
        assertThat(rig.log.of("ack")).contains("ack own", "ack earlier");
    }

    private static void refused(ThrowingCallable call, String because) {
        assertThatThrownBy(call).isInstanceOf(JMSException.class).hasMessageContaining(because);
    }
}
