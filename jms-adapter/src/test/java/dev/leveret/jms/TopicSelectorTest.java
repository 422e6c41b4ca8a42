package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.testing.FakeSubscription;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TopicConnection;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicSelectorTest {

    private final Rig rig = new Rig();

    private FakeSubscription subscription() {
        String queue = rig.amqp.queues().stream()
                .filter(it -> it.startsWith("jms.subscriber."))
                .findFirst()
                .orElseThrow();
        return rig.amqp.consumerOf(queue);
    }

    private void deliver(String... colours) {
        FakeSubscription subscription = subscription();
        for (String colour : colours) {
            subscription.deliver(
                    false,
                    BasicProperties.builder()
                            .contentType("text/plain")
                            .header("colour", colour.replaceAll("\\d", ""))
                            .build(),
                    colour.getBytes(StandardCharsets.UTF_8));
        }
        subscription.batchEnd();
    }

    private static MessageConsumer reds(Session session) throws JMSException {
        return session.createConsumer(session.createTopic("t"), "colour = 'red'");
    }

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void whatDoesNotMatchIsAcknowledgedAway(int mode) throws JMSException {
        MessageConsumer consumer = reds(rig.started().createSession(mode));
        deliver("blue1", "red1", "blue2", "red2");
        assertThat(rig.log.of("ack")).containsExactly("ack blue1", "ack blue2");
        assertThat(Rig.next(consumer)).isEqualTo("red1");
        assertThat(Rig.next(consumer)).isEqualTo("red2");
        assertThat(Rig.next(consumer)).isNull();
        assertThat(rig.log.of("ack")).containsExactly("ack blue1", "ack blue2", "ack red1", "ack red2");
    }

    @Test
    void whatMatchesWaitsForItsOwnAcknowledgement() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = reds(session);
        deliver("red1", "blue1", "red2");
        assertThat(Rig.next(consumer)).isEqualTo("red1");
        assertThat(rig.log.of("ack")).containsExactly("ack blue1");
        session.recover();
        assertThat(Rig.next(consumer)).isEqualTo("red1");
        consumer.receive(1).acknowledge();
        assertThat(rig.log.of("ack")).containsExactly("ack blue1", "ack red1", "ack red2");
    }

    @Test
    void aTransactionSettlesWhatMatchesAndNothingElse() throws JMSException {
        Session session = rig.started().createSession(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = reds(session);
        deliver("blue1", "red1");
        assertThat(Rig.next(consumer)).isEqualTo("red1");
        session.rollback();
        assertThat(Rig.next(consumer)).isEqualTo("red1");
        session.commit();
        assertThat(rig.log.of("ack")).containsExactly("ack blue1", "ack red1");
    }

    @Test
    void aMessageThatMatchesNothingKnownIsNotDelivered() throws JMSException {
        MessageConsumer consumer = reds(rig.started().createSession());
        FakeSubscription subscription = subscription();
        subscription.deliver(false, BasicProperties.EMPTY, new byte[0]);
        subscription.batchEnd();
        assertThat(consumer.receive(1)).isNull();
        assertThat(rig.log.of("ack")).hasSize(1);
    }

    @Test
    void unwantedMessagesKeepNoClosedConsumersChannelOpen() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = reds(session);
        long before = rig.amqp.openChannels();
        deliver("blue1", "red1", "blue2");
        var message = consumer.receive(1);
        consumer.close();
        assertThat(rig.amqp.openChannels()).isEqualTo(before);
        message.acknowledge();
        assertThat(rig.amqp.openChannels()).isEqualTo(before - 1);
    }

    @Test
    void aChannelThatHasEndedTakesNoUnwantedMessages() throws JMSException {
        MessageConsumer consumer = reds(rig.started().createSession());
        FakeSubscription subscription = subscription();
        rig.amqp.lose();
        subscription.deliver(
                false, BasicProperties.builder().header("colour", "blue").build(), new byte[0]);
        assertThat(rig.log.of("ack")).isEmpty();
        assertThatThrownBy(() -> consumer.receive(1)).isInstanceOf(JMSException.class);
    }

    @Test
    void ofItsOwnConnectionsMessagesANoLocalConsumerGetsNone() throws JMSException {
        Session session = rig.started().createSession();
        var topic = session.createTopic("t");
        MessageConsumer consumer = session.createConsumer(topic, null, true);
        session.createProducer(topic).send(session.createTextMessage("own"));
        BasicProperties own = rig.amqp.lastMessage().properties();
        FakeSubscription subscription = subscription();
        subscription.deliver(false, own, "own".getBytes(StandardCharsets.UTF_8));
        subscription.deliver(
                false,
                own.toBuilder().header("x-jms-conn", "another").build(),
                "other".getBytes(StandardCharsets.UTF_8));
        subscription.batchEnd();
        assertThat(Rig.next(consumer)).isEqualTo("other");
        assertThat(Rig.next(consumer)).isNull();
        assertThat(rig.log.of("ack")).containsExactly("ack own", "ack other");
    }

    @Test
    void messagesOfQueuesDoNotTellTheirConnection() throws JMSException {
        Session session = rig.started().createSession();
        session.createProducer(session.createQueue("q")).send(session.createTextMessage("x"));
        assertThat(rig.amqp.lastMessage().properties().headers()).doesNotContainKey("x-jms-conn");
    }

    @Test
    void consumersTellTheirSelectorAndNoLocal() throws JMSException {
        TopicConnection connection = rig.factory.createTopicConnection();
        TopicSession session = connection.createTopicSession(false, Session.AUTO_ACKNOWLEDGE);
        var topic = session.createTopic("t");
        TopicSubscriber both = session.createSubscriber(topic, " a = 1", true);
        assertThat(both.getMessageSelector()).isEqualTo(" a = 1");
        assertThat(both.getNoLocal()).isTrue();
        TopicSubscriber none = session.createSubscriber(topic, " ", false);
        assertThat(none.getMessageSelector()).isNull();
        assertThat(none.getNoLocal()).isFalse();
    }

    @Test
    void anInvalidSelectorIsToldAsSuchAndNothingIsOpened() throws JMSException {
        Session session = rig.started().createSession();
        long before = rig.amqp.openChannels();
        assertThatThrownBy(() -> session.createConsumer(session.createTopic("t"), "a ="))
                .isInstanceOf(InvalidSelectorException.class);
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("q"), "a ="))
                .isInstanceOf(InvalidSelectorException.class);
        assertThat(rig.amqp.openChannels()).isEqualTo(before);
        JMSContext context = rig.factory.createContext();
        assertThatThrownBy(() -> context.createConsumer(context.createTopic("t"), "a ="))
                .isInstanceOf(InvalidSelectorRuntimeException.class);
    }
}
