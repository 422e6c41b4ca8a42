package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.junit.jupiter.api.Test;

/** The properties that begin with {@code JMSX} (section 3.5.9). */
class UserAndGroupTest {

    @Test
    void messagesNameTheirUserIfTheFactorySaysSo() throws JMSException {
        Rig rig = new Rig("?jms.userId=app");
        Session session = rig.factory.createConnection().createSession();
        Message message = session.createTextMessage("a");
        message.setStringProperty("JMSXUserID", "whoever");
        session.createProducer(session.createQueue("q")).send(message);
        assertThat(rig.amqp.lastMessage().properties().userId()).isEqualTo("app");
        assertThat(message.getStringProperty("JMSXUserID")).isEqualTo("app");
        assertThat(rig.amqp.lastMessage().properties().headers()).doesNotContainKey("JMSXUserID");
        session.createProducer(session.createTopic("t")).send(message);
        assertThat(rig.amqp.lastMessage().properties().userId()).isEqualTo("app");
    }

    @Test
    void aConnectionOfAnotherUserNamesThat() throws JMSException {
        Rig rig = new Rig("?jms.userId=app");
        Session session = rig.factory.createConnection("other", "secret").createSession();
        session.createProducer(session.createQueue("q")).send(session.createMessage());
        assertThat(rig.amqp.lastMessage().properties().userId()).isEqualTo("other");
    }

    @Test
    void otherwiseNobodyIsNamed() throws JMSException {
        Rig rig = new Rig();
        Session session = rig.factory.createConnection("other", "secret").createSession();
        Message message = session.createMessage();
        message.setStringProperty("JMSXUserID", "whoever");
        session.createProducer(session.createQueue("q")).send(message);
        assertThat(rig.amqp.lastMessage().properties().userId()).isNull();
    }

    @Test
    @RequiresRabbitMq
    void theBrokerVouchesForTheUser(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started("?jms.userId=guest").createSession();
            Queue queue = session.createQueue(on.name("q"));
            session.createProducer(queue).send(session.createTextMessage("a"));
            Message message = session.createConsumer(queue).receive(OnBroker.SOON);
            assertThat(message.getStringProperty("JMSXUserID")).isEqualTo("guest");

            Session liar = on.started("?jms.userId=admin").createSession();
            MessageProducer producer = liar.createProducer(queue);
            assertThatThrownBy(() -> producer.send(liar.createMessage()))
                    .isInstanceOf(JMSException.class)
                    .hasMessageContaining("admin");
        }
    }

    @EveryBroker
    void groupsAreCarriedAndNothingElse(Broker broker) throws Exception {
        try (OnBroker on = new OnBroker(broker)) {
            Session session = on.started().createSession();
            Queue queue = session.createQueue(on.name("q"));
            MessageProducer producer = session.createProducer(queue);
            for (int i = 1; i <= 3; i++) {
                Message message = session.createTextMessage("" + i);
                message.setStringProperty("JMSXGroupID", "g");
                message.setIntProperty("JMSXGroupSeq", i);
                producer.send(message);
            }
            MessageConsumer consumer = session.createConsumer(queue);
            for (int i = 1; i <= 3; i++) {
                Message message = consumer.receive(OnBroker.SOON);
                assertThat(message.getStringProperty("JMSXGroupID")).isEqualTo("g");
                assertThat(message.getIntProperty("JMSXGroupSeq")).isEqualTo(i);
            }
        }
    }
}
