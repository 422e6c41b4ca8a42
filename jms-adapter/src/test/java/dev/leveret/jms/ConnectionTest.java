package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.Connection;
import jakarta.jms.ConnectionMetaData;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionTest {

    private final Rig rig = new Rig();

    @Test
    void metaDataTellsTheSpecificationAndTheProvider() throws JMSException {
        ConnectionMetaData metaData = rig.factory.createConnection().getMetaData();
        assertThat(metaData.getJMSVersion()).isEqualTo("3.1");
        assertThat(metaData.getJMSMajorVersion()).isEqualTo(3);
        assertThat(metaData.getJMSMinorVersion()).isEqualTo(1);
        assertThat(metaData.getJMSProviderName()).isEqualTo("Leveret");
        assertThat(metaData.getProviderVersion())
                .isEqualTo(metaData.getProviderMajorVersion() + "." + metaData.getProviderMinorVersion());
        List<?> names = Collections.list((Enumeration<?>) metaData.getJMSXPropertyNames());
        assertThat(names).asString().contains("JMSXGroupID", "JMSXGroupSeq", "JMSXDeliveryCount");
    }

    @Test
    void theClientIdentifierIsSetOnceBeforeAnythingElse() throws JMSException {
        Connection connection = rig.factory.createConnection();
        connection.setExceptionListener(e -> {});
        connection.getMetaData();
        assertThat(connection.getClientID()).isNull();
        connection.setClientID("me");
        assertThat(connection.getClientID()).isEqualTo("me");
        assertThatThrownBy(() -> connection.setClientID("you")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aConnectionInUseTakesNoClientIdentifier() throws JMSException {
        Connection started = rig.factory.createConnection();
        started.start();
        assertThatThrownBy(() -> started.setClientID("me")).isInstanceOf(IllegalStateException.class);
        Connection stopped = rig.factory.createConnection();
        stopped.stop();
        assertThatThrownBy(() -> stopped.setClientID("me")).isInstanceOf(IllegalStateException.class);
        Connection used = rig.factory.createConnection();
        used.createSession();
        assertThatThrownBy(() -> used.setClientID("me")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anEmptyClientIdentifierIsRefused() throws JMSException {
        Connection connection = rig.factory.createConnection();
        assertThatThrownBy(() -> connection.setClientID("")).isInstanceOf(InvalidClientIDException.class);
        assertThatThrownBy(() -> connection.setClientID(null)).isInstanceOf(InvalidClientIDException.class);
        assertThatThrownBy(() -> new Rig("?jms.clientId=").factory.createConnection())
                .isInstanceOf(InvalidClientIDException.class);
    }

    @Test
    void aClientIdentifierOfTheFactoryCannotBeChanged() throws JMSException {
        Connection connection = new Rig("?jms.clientId=shop%20floor").factory.createConnection();
        assertThat(connection.getClientID()).isEqualTo("shop floor");
        assertThatThrownBy(() -> connection.setClientID("me")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sessionsHaveTheModeThatWasAskedFor() throws JMSException {
        Connection connection = rig.factory.createConnection();
        assertThat(connection.createSession().getAcknowledgeMode()).isEqualTo(Session.AUTO_ACKNOWLEDGE);
        assertThat(connection.createSession(Session.CLIENT_ACKNOWLEDGE).getAcknowledgeMode())
                .isEqualTo(Session.CLIENT_ACKNOWLEDGE);
        assertThat(connection.createSession(false, Session.DUPS_OK_ACKNOWLEDGE).getAcknowledgeMode())
                .isEqualTo(Session.DUPS_OK_ACKNOWLEDGE);
        Session transacted = connection.createSession(true, Session.CLIENT_ACKNOWLEDGE);
        assertThat(transacted.getTransacted()).isTrue();
        assertThat(transacted.getAcknowledgeMode()).isEqualTo(Session.SESSION_TRANSACTED);
        assertThatThrownBy(() -> connection.createSession(false, Session.SESSION_TRANSACTED))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> connection.createSession(4)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> connection.createSession(-1)).isInstanceOf(JMSException.class);
    }

    @Test
    void startingWhatIsStartedAndStoppingWhatIsStoppedIsNothing() throws JMSException {
        Connection connection = rig.factory.createConnection();
        Session session = connection.createSession();
        MessageConsumer consumer = session.createConsumer(session.createQueue("q"));
        connection.stop();
        connection.start();
        connection.start();
        assertThat(rig.log.of("consume")).hasSize(1);
        rig.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        connection.stop();
        connection.stop();
        assertThat(Rig.next(consumer)).isNull();
        connection.start();
        assertThat(Rig.next(consumer)).isEqualTo("b");
    }

    @Test
    void aConnectionThatIsStoppedSends() throws JMSException {
        Connection connection = rig.factory.createConnection();
        Session session = connection.createSession();
        session.createProducer(session.createQueue("q")).send(session.createTextMessage("never started"));
        connection.start();
        connection.stop();
        session.createProducer(session.createQueue("q")).send(session.createTextMessage("stopped"));
        assertThat(rig.log.of("publish")).containsExactly("publish never started", "publish stopped");
    }

    @Test
    void destinationsAreMadeWithoutTheBroker() throws JMSException {
        Session session = rig.factory.createConnection().createSession();
        rig.log.take();
        session.createProducer(session.createQueue("nowhere"));
        session.createProducer(session.createTopic("nothing"));
        assertThat(rig.log.take()).isEmpty();
    }

    @Test
    void closingTwiceIsClosingOnce() throws JMSException {
        Connection connection = rig.factory.createConnection();
        connection.close();
        connection.close();
        assertThat(rig.log.of("connection.close")).hasSize(1);
    }

    @Test
    void closingLeavesNoChannelAndNoThreadBehind() throws Exception {
        Connection connection = rig.started();
        Session session = connection.createSession();
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        session.createConsumer(session.createQueue("q"))
                .setMessageListener(message -> thread.complete(Thread.currentThread()));
        rig.amqp.deliver("q", "a");
        Thread worker = thread.get(20, TimeUnit.SECONDS);
        assertThat(worker.getName()).startsWith("leveret-jms-");
        connection.close();
        worker.join(20_000);
        assertThat(worker.isAlive()).isFalse();
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void aConnectionThatWasLostCanBeClosed() throws JMSException {
        Connection connection = rig.started();
        Session session = connection.createSession();
        session.createConsumer(session.createQueue("q"));
        session.createConsumer(session.createTopic("t"));
        rig.amqp.lose();
        assertThatThrownBy(() -> session.createConsumer(session.createQueue("q")))
                .isInstanceOf(JMSException.class);
        connection.close();
    }

    @Test
    void aClientIdentifierIsHeldByAQueueOfItsName() throws JMSException {
        Connection connection = rig.factory.createConnection();
        connection.setClientID("me");
        assertThat(rig.log.of("declare")).containsExactly("declare jms.client.me exclusive {x-max-length=0}");
        connection.close();
        assertThat(rig.log.of("delete")).containsExactly("delete jms.client.me");
        Connection unchecked = new Rig("?jms.checkClientId=false").factory.createConnection();
        unchecked.setClientID("me");
        assertThat(unchecked.getClientID()).isEqualTo("me");
    }

    @Test
    void aClientIdentifierThatIsTooLongIsRefusedAndAnotherCanBeTried() throws JMSException {
        Connection connection = rig.factory.createConnection();
        assertThatThrownBy(() -> connection.setClientID("x".repeat(250))).isInstanceOf(InvalidClientIDException.class);
        connection.setClientID("x");
        assertThat(connection.getClientID()).isEqualTo("x");
    }
}
