package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.testing.FakeSubscription;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AcknowledgementTest {

    private final Rig rig = new Rig();

    @ParameterizedTest
    @ValueSource(ints = {Session.AUTO_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE})
    void aListenersMessageIsAcknowledgedOnlyWhenTheListenerHasReturned(int mode) throws Exception {
        Session session = rig.started().createSession(mode);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        List<List<String>> acksAtCall = new ArrayList<>();
        consumer.setMessageListener(message -> {
            acksAtCall.add(rig.log.of("ack"));
            inbox.add(message);
        });

        rig.amqp.deliver("q", "a", "b");

        assertThat(inbox.next().getText()).isEqualTo("a");
        assertThat(inbox.next().getText()).isEqualTo("b");
        session.close();
        assertThat(acksAtCall).containsExactly(List.of(), List.of("ack a"));
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b");
    }

    @Test
    void aReceivedMessageIsAcknowledgedAsItIsReturned() throws JMSException {
        MessageConsumer consumer = consumer(Session.AUTO_ACKNOWLEDGE);
        rig.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        assertThat(rig.log.of("ack")).containsExactly("ack a");
    }

    @Test
    void aMessageWhoseListenerThrowsIsDeliveredAgainFirst() throws Exception {
        Session session = rig.started().createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        List<String> calls = new ArrayList<>();
        consumer.setMessageListener(message -> {
            calls.add(describe(message));
            inbox.add(message);
            if (calls.size() < 3) {
                throw new IllegalArgumentException("the test wants it so");
            }
        });

        rig.amqp.deliver("q", "a", "b");

        for (int i = 0; i < 4; i++) {
            inbox.next();
        }
        session.close();
        assertThat(calls).containsExactly("a 1 false", "a 2 true", "a 3 true", "b 1 false");
        assertThat(rig.log.of("ack", "nack", "reject")).containsExactly("ack a", "ack b");
    }

    @Test
    void aMessageThatFailsAgainAndAgainReturnsToItsQueueAsFailed() throws Exception {
        Rig two = new Rig("?jms.localRedeliveries=2");
        Session session = two.started().createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> {
            inbox.add(message);
            if (describe(message).startsWith("bad")) {
                throw new IllegalArgumentException("the test wants it so");
            }
        });

        two.amqp.deliver("q", "bad", "good");

        assertThat(List.of(
                        inbox.next().getText(),
                        inbox.next().getText(),
                        inbox.next().getText()))
                .containsOnly("bad");
        assertThat(inbox.next().getText()).isEqualTo("good");
        session.close();
        assertThat(two.log.of("ack", "nack", "reject")).containsExactly("reject bad", "ack good");
    }

    @Test
    void aMessageOfAStreamThatFailsAgainAndAgainIsAcknowledgedAsItCannotReturn() throws Exception {
        Rig one = new Rig("?jms.localRedeliveries=1");
        Session session = one.started().createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> {
            inbox.add(message);
            throw new IllegalArgumentException("the test wants it so");
        });
        FakeSubscription broker = one.amqp.consumerOf("q");
        BasicProperties ofStream = BasicProperties.builder()
                .contentType("text/plain")
                .header("x-stream-offset", 5L)
                .build();
        broker.deliver(false, ofStream, "bad".getBytes(StandardCharsets.UTF_8));
        broker.batchEnd();
        inbox.next();
        inbox.next();
        session.close();
        assertThat(one.log.of("ack", "nack", "reject")).containsExactly("ack bad");
    }

    @Test
    void anErrorInAListenerIsARedeliveryTooAndNotTheEndOfTheThread() throws Exception {
        Session session = rig.started().createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> {
            inbox.add(message);
            if (describe(message).endsWith("1 false")) {
                throw new StackOverflowError();
            }
        });
        rig.amqp.deliver("q", "a");
        assertThat(describe(inbox.next())).isEqualTo("a 1 false");
        assertThat(describe(inbox.next())).isEqualTo("a 2 true");
    }

    @Test
    void recoverInAListenerDeliversTheMessageAgainAndDoesNotAcknowledgeIt() throws Exception {
        Session session = rig.started().createSession(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> {
            inbox.add(message);
            if (describe(message).equals("a 1 false")) {
                Unchecked.run(session::recover);
            }
        });
        rig.amqp.deliver("q", "a", "b");
        assertThat(describe(inbox.next())).isEqualTo("a 1 false");
        assertThat(describe(inbox.next())).isEqualTo("a 2 true");
        assertThat(describe(inbox.next())).isEqualTo("b 1 false");
        session.close();
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b");
    }

    @Test
    void acknowledgeOnAnyMessageAcknowledgesAllThatTheSessionHasConsumed() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        rig.amqp.queues().add("r");
        MessageConsumer q = session.createConsumer(session.createQueue("q"));
        MessageConsumer r = session.createConsumer(session.createQueue("r"));
        rig.amqp.deliver("q", "a", "b", "not consumed");
        rig.amqp.deliver("r", "c");
        Message first = q.receive(1);
        q.receive(1);
        r.receive(1);
        assertThat(rig.log.of("ack")).isEmpty();

        first.acknowledge();

        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b", "ack c");
        first.acknowledge();
        assertThat(rig.log.of("ack")).hasSize(3);
    }

    @Test
    void aListenerThatAcknowledgesAcknowledgesItsOwnMessageToo() throws Exception {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> {
            if (describe(message).startsWith("b")) {
                Unchecked.run(message::acknowledge);
            }
            inbox.add(message);
        });
        rig.amqp.deliver("q", "a", "b", "c");
        for (int i = 0; i < 3; i++) {
            inbox.next();
        }
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b");
    }

    @Test
    void recoverDeliversAllUnacknowledgedAgainInOrderBeforeWhatWaits() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        rig.amqp.deliver("q", "a", "b", "c");
        consumer.receive(1);
        consumer.receive(1);

        session.recover();

        assertThat(describe(consumer.receive(1))).isEqualTo("a 2 true");
        assertThat(describe(consumer.receive(1))).isEqualTo("b 2 true");
        assertThat(describe(consumer.receive(1))).isEqualTo("c 1 false");
        assertThat(rig.log.of("ack", "nack", "reject")).isEmpty();
    }

    @Test
    void recoverOfAClosedConsumersMessagesReturnsThemToTheirQueue() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        rig.amqp.deliver("q", "a", "b", "waits");
        consumer.receive(1);
        consumer.receive(1);
        consumer.close();
        assertThat(rig.log.of("nack", "reject", "close")).containsExactly("close 1", "nack waits");

        session.recover();

        assertThat(rig.log.of("reject")).containsExactly("reject a", "reject b");
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void closingTheSessionReturnsAlsoWhatClosedConsumersHad() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        rig.amqp.deliver("q", "a", "b");
        consumer.receive(1);
        consumer.receive(1);
        consumer.close();
        session.close();
        assertThat(rig.log.of("ack", "nack", "reject")).containsExactly("reject a", "reject b");
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void whereClosingCountsAsFailureASessionReturnsOldestFirstAndOnlyWhatWasSeenAsFailed() throws JMSException {
        rig.amqp.become("RabbitMQ", "4.3.6");
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        rig.amqp.deliver("q", "a", "b", "c");
        consumer.receive(1);
        rig.log.take();
        session.close();
        assertThat(rig.log.take()).containsExactly("cancel q", "reject a", "cancel q", "nack-multiple c", "close 2");
    }

    @Test
    void messagesOfAClosedConsumerCanStillBeAcknowledged() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        rig.amqp.deliver("q", "a");
        Message message = consumer.receive(1);
        consumer.close();
        message.acknowledge();
        assertThat(rig.log.of("ack")).containsExactly("ack a");
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void anExceptionInAClientAcknowledgingListenerIsFollowedByTheNextMessage() throws Exception {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> {
            inbox.add(message);
            throw new IllegalArgumentException("the test wants it so");
        });
        rig.amqp.deliver("q", "a", "b");
        assertThat(describe(inbox.next())).isEqualTo("a 1 false");
        assertThat(describe(inbox.next())).isEqualTo("b 1 false");
        session.close();
        assertThat(rig.log.of("ack", "nack", "reject")).isEmpty();
    }

    @Test
    void acknowledgingWhatIsNoLongerOursIsAnError() throws JMSException {
        MessageConsumer consumer = consumer(Session.CLIENT_ACKNOWLEDGE);
        rig.amqp.deliver("q", "a");
        Message message = consumer.receive(1);
        rig.amqp.closeChannelOfConsumer("q");
        assertThatThrownBy(message::acknowledge)
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("1 messages could not be acknowledged");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Session.AUTO_ACKNOWLEDGE,
                Session.CLIENT_ACKNOWLEDGE,
                Session.DUPS_OK_ACKNOWLEDGE,
                Session.SESSION_TRANSACTED
            })
    void acknowledgingInAClosedSessionIsAnIllegalState(int mode) throws JMSException {
        Connection connection = rig.started();
        for (boolean all : new boolean[] {false, true}) {
            Session session = connection.createSession(mode);
            MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
            rig.amqp.deliver("q", "a");
            Message message = consumer.receive(1);
            rig.log.take();
            if (all) {
                connection.close();
            } else {
                session.close();
            }
            assertThatThrownBy(message::acknowledge).isInstanceOf(IllegalStateException.class);
            assertThat(rig.log.of("ack")).isEmpty();
        }
    }

    @Test
    void acknowledgeMeansNothingWhereTheSessionAcknowledges() throws JMSException {
        MessageConsumer consumer = consumer(Session.AUTO_ACKNOWLEDGE);
        rig.amqp.deliver("q", "a");
        consumer.receive(1).acknowledge();
        assertThat(rig.log.of("ack")).containsExactly("ack a");
    }

    @Test
    void everyAttemptIsANewMessage() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        rig.amqp.deliver("q", "a");
        TextMessage first = (TextMessage) consumer.receive(1);
        first.clearBody();
        first.setText("spoilt");
        session.recover();
        assertThat(((TextMessage) consumer.receive(1)).getText()).isEqualTo("a");
    }

    private MessageConsumer consumer(int mode) throws JMSException {
        Session session = rig.started().createSession(mode);
        return session.createConsumer(session.createQueue("q"));
    }

    private static String describe(Message message) {
        return Unchecked.get(() -> ((TextMessage) message).getText() + " " + message.getIntProperty("JMSXDeliveryCount")
                + " " + message.getJMSRedelivered());
    }
}
