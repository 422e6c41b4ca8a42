package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.testing.FakeSubscription;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QueueSelectorTest {

    private final Rig rig = new Rig("?jms.prefetch=2");

    QueueSelectorTest() {
        // It takes the fake queue for a quorum queue, which may be selected from since then.
        rig.amqp.become("RabbitMQ", "4.3.0");
    }

    private void deliver(String... bodies) {
        FakeSubscription subscription = rig.amqp.consumerOf("q");
        for (String body : bodies) {
            subscription.deliver(
                    false,
                    BasicProperties.builder()
                            .contentType("text/plain")
                            .header("colour", body.replaceAll("\\d", ""))
                            .build(),
                    body.getBytes(StandardCharsets.UTF_8));
        }
        subscription.batchEnd();
    }

    private MessageConsumer reds(Session session) throws JMSException {
        return session.createConsumer(session.createQueue("q"), "colour = 'red'");
    }

    @Test
    void whatIsHeldReturnsBeforeTheChannelCloses() throws JMSException {
        Session session = rig.started().createSession();
        MessageConsumer reds = reds(session);
        deliver("blue1", "red1", "blue2");
        assertThat(Rig.next(reds)).isEqualTo("red1");
        assertThat(rig.log.of("nack", "nack-multiple")).isEmpty();
        reds.close();
        assertThat(rig.log.of("ack")).containsExactly("ack red1");
        assertThat(rig.log.of("nack", "nack-multiple")).containsExactly("nack-multiple blue2");
        assertThat(rig.log.of("cancel", "nack-multiple", "close"))
                .containsSubsequence("cancel q", "nack-multiple blue2");
    }

    @Test
    void aMessageThatTheApplicationHasIsNotReturnedAlongWithWhatIsHeld() throws JMSException {
        Session session = rig.started().createSession(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer reds = reds(session);
        long channels = rig.amqp.openChannels();
        deliver("blue1", "red1");
        var message = reds.receive(1);
        deliver("blue2", "blue3");
        reds.close();
        assertThat(rig.log.of("nack", "nack-multiple"))
                .containsExactly("nack-multiple blue1", "nack blue2", "nack blue3");
        assertThat(rig.amqp.openChannels()).isEqualTo(channels);
        message.acknowledge();
        assertThat(rig.log.of("ack")).containsExactly("ack red1");
        assertThat(rig.amqp.openChannels()).isEqualTo(channels - 1);
    }

    @Test
    void aClosingSessionReturnsWhatItHasOneByOneAndTheOthersGoOn() throws JMSException {
        Connection connection = rig.started();
        Session session = connection.createSession(Session.SESSION_TRANSACTED);
        MessageConsumer reds = reds(session);
        MessageConsumer blues = connection.createSession().createConsumer(session.createQueue("q"), "colour = 'blue'");
        deliver("red1", "red2", "green1", "blue1");
        assertThat(Rig.next(reds)).isEqualTo("red1");
        session.close();
        assertThat(rig.log.of("reject")).containsExactly("reject red1");
        assertThat(rig.log.of("nack", "nack-multiple")).isEmpty();
        assertThat(Rig.next(blues)).isEqualTo("blue1");
        // What the closed one had not seen, the next one gets.
        assertThat(Rig.next(reds(connection.createSession()))).isEqualTo("red2");
    }

    @Test
    void whatMatchesMoreThanFitsWaitsForItsTurn() throws JMSException {
        MessageConsumer reds = reds(rig.started().createSession());
        deliver("red1", "red2", "red3", "red4");
        for (String expected : new String[] {"red1", "red2", "red3", "red4"}) {
            assertThat(Rig.next(reds)).isEqualTo(expected);
        }
        assertThat(rig.log.of("ack")).containsExactly("ack red1", "ack red2", "ack red3", "ack red4");
    }

    @Test
    void theEndOfTheChannelEndsAllItsConsumers() throws JMSException {
        Connection connection = rig.started();
        MessageConsumer first = reds(connection.createSession());
        MessageConsumer second = reds(connection.createSession());
        rig.amqp.closeChannelOfConsumer("q");
        for (MessageConsumer consumer : new MessageConsumer[] {first, second}) {
            assertThatThrownBy(() -> consumer.receive(1))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("consuming from q has ended");
            consumer.close();
        }
        MessageConsumer again = reds(connection.createSession());
        deliver("red1");
        assertThat(Rig.next(again)).isEqualTo("red1");
    }

    @Test
    void aQuorumQueueIsRefusedWhereReturnsCount() throws JMSException {
        rig.amqp.become("RabbitMQ", "4.2.1");
        Session session = rig.started().createSession();
        long before = rig.amqp.openChannels();
        assertThatThrownBy(() -> reds(session))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("queue://q is a quorum queue, and this is RabbitMQ 4.2.1");
        assertThat(rig.amqp.openChannels()).isEqualTo(before);
    }

    @Test
    void otherBrokersAreRefused() throws JMSException {
        rig.amqp.become("Apache Qpid Broker-J Core", "10.1.0");
        Session session = rig.started().createSession();
        assertThatThrownBy(() -> reds(session))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("cannot have a selector: this is Apache Qpid");
        Queue temporary = session.createTemporaryQueue();
        assertThatThrownBy(() -> session.createConsumer(temporary, "a = 1")).isInstanceOf(JMSException.class);
    }

    @Test
    void aConsumerWithoutSelectorHasItsOwnChannelAsEver() throws JMSException {
        rig.amqp.become("RabbitMQ", "3.10.8");
        Session session = rig.started().createSession();
        session.createConsumer(session.createQueue("q"), " ");
        assertThat(rig.log.of("consume")).containsExactly("consume q 2");
    }
}
