package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.PublishResult;
import dev.leveret.jms.testing.FakeChannel;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TransactionRolledBackException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactionTest {

    private final Rig rig = new Rig();
    private Connection connection;
    private Session session;
    private MessageConsumer consumer;
    private MessageProducer producer;

    @BeforeEach
    void openSession() throws JMSException {
        rig.amqp.queues().add("out");
        connection = rig.started();
        session = connection.createSession(true, Session.SESSION_TRANSACTED);
        consumer = session.createConsumer(session.createQueue("q"));
        producer = session.createProducer(session.createQueue("out"));
    }

    @Test
    void nothingIsPublishedOrAcknowledgedBeforeCommit() throws JMSException {
        receive("a", "b");
        send("x");
        assertThat(rig.log.of("publish", "send", "ack")).isEmpty();
        session.commit();
        assertThat(rig.log.of("publish", "send", "ack")).containsExactly("publish x", "ack a", "ack b");
    }

    @Test
    void commitAcknowledgesOnlyWhenEverySendIsConfirmed() throws Exception {
        receive("a");
        send("x", "y");
        rig.amqp.holdConfirms();

        CompletableFuture<Void> commit = commitElsewhere();
        List<FakeChannel.Publish> publishes = awaitPublishes(2);
        publishes.get(0).confirm();
        assertThat(rig.log.of("publish", "ack")).containsExactly("publish x", "publish y");
        assertThat(commit).isNotDone();
        publishes.get(1).confirm();

        commit.get(20, TimeUnit.SECONDS);
        assertThat(rig.log.of("publish", "ack")).containsExactly("publish x", "publish y", "ack a");
    }

    @Test
    void nonPersistentMessagesAreConfirmedToo() throws JMSException {
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        send("x");
        session.commit();
        assertThat(rig.log.of("publish", "send")).containsExactly("publish x");
    }

    @Test
    void rollbackDropsTheSendsAndDeliversAgainInOrder() throws JMSException {
        rig.amqp.deliver("q", "a", "b", "c");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        assertThat(Rig.next(consumer)).isEqualTo("b");
        send("x");

        session.rollback();

        assertThat(Rig.next(consumer)).isEqualTo("a");
        assertThat(Rig.next(consumer)).isEqualTo("b");
        assertThat(Rig.next(consumer)).isEqualTo("c");
        session.commit();
        assertThat(rig.log.of("publish", "ack", "nack", "reject")).containsExactly("ack a", "ack b", "ack c");
    }

    @Test
    void aSendThatNoQueueTakesRollsTheTransactionBack() throws JMSException {
        receive("a");
        send("x", "y");
        rig.amqp.queues().remove("out");

        assertThatThrownBy(session::commit)
                .isInstanceOf(TransactionRolledBackException.class)
                .hasMessageContaining("queue://out")
                .hasMessageContaining("2 of 2 messages were not sent");

        assertThat(rig.log.of("ack")).isEmpty();
        assertThat(consumer.receive(1).getJMSRedelivered()).isTrue();
        session.commit();
        assertThat(rig.log.of("ack")).containsExactly("ack a");
        assertThat(rig.log.of("publish")).hasSize(2);
    }

    @Test
    void aSendThatTheBrokerRefusesRollsBackWhatWasReceivedButNotWhatWasConfirmed() throws Exception {
        receive("a");
        send("x", "y");
        rig.amqp.holdConfirms();

        CompletableFuture<Void> commit = commitElsewhere();
        List<FakeChannel.Publish> publishes = awaitPublishes(2);
        publishes.get(0).confirm();
        publishes.get(1).fail(new PublishResult.Nacked());

        assertThatThrownBy(() -> commit.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(TransactionRolledBackException.class)
                .hasMessageContaining("1 of 2 messages were not sent, 1 were and remain");
        assertThat(rig.log.of("ack")).isEmpty();
        assertThat(Rig.next(consumer)).isEqualTo("a");
    }

    @Test
    void whenItIsNotKnownWhetherASendArrivedTheCommitIsInDoubt() throws Exception {
        receive("a");
        send("x");
        rig.amqp.holdConfirms();

        CompletableFuture<Void> commit = commitElsewhere();
        awaitPublishes(1);
        rig.amqp.closeChannelOfPublishes(541, "INTERNAL_ERROR");

        assertThatThrownBy(() -> commit.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isExactlyInstanceOf(JMSException.class)
                .hasMessageContaining("in doubt");
        assertThat(rig.log.of("ack")).isEmpty();
        assertThat(Rig.next(consumer)).isEqualTo("a");
    }

    @Test
    void aTransactionThatHasLostItsInputPublishesNothing() throws JMSException {
        receive("a");
        send("x");
        rig.amqp.closeChannelOfConsumer("q");
        assertThatThrownBy(session::commit).isInstanceOf(TransactionRolledBackException.class);
        assertThat(rig.log.of("publish", "ack")).isEmpty();
    }

    @Test
    void closingTheSessionRollsBack() throws JMSException {
        receive("a");
        send("x");
        session.close();
        assertThat(rig.log.of("publish", "ack")).isEmpty();
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void aListenerCanCommitAndRollBack() throws Exception {
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> Unchecked.run(() -> {
            inbox.add(message);
            producer.send(session.createTextMessage("re"));
            if (message.getJMSRedelivered()) {
                session.commit();
            } else {
                session.rollback();
            }
        }));
        rig.amqp.deliver("q", "a");
        assertThat(inbox.next().getJMSRedelivered()).isFalse();
        assertThat(inbox.next().getJMSRedelivered()).isTrue();
        session.close();
        assertThat(rig.log.of("publish", "ack")).containsExactly("publish re", "ack a");
    }

    @Test
    void anExceptionInAListenerNeitherCommitsNorRollsBack() throws Exception {
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(message -> {
            inbox.add(message);
            throw new UnsupportedOperationException("on purpose");
        });
        rig.amqp.deliver("q", "a", "b");
        assertThat(inbox.next().getText()).isEqualTo("a");
        assertThat(inbox.next().getText()).isEqualTo("b");
        connection.stop();
        assertThat(rig.log.of("ack", "reject", "nack")).isEmpty();
        session.commit();
        assertThat(rig.log.of("ack", "reject", "nack")).containsExactly("ack a", "ack b");
    }

    @Test
    void aTransactionLargerThanThePrefetchIsReceivedAllTheSame() throws JMSException {
        Rig small = new Rig("?jms.prefetch=2");
        Session transacted = small.started().createSession(Session.SESSION_TRANSACTED);
        MessageConsumer from = transacted.createConsumer(transacted.createQueue("q"));
        small.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(from)).isEqualTo("a");
        assertThat(Rig.next(from)).isEqualTo("b");
        small.log.take();

        assertThat(Rig.next(from)).isNull();

        assertThat(small.log.take()).containsExactly("consume q 4", "cancel q");
        small.amqp.deliver("q", "c");
        assertThat(Rig.next(from)).isEqualTo("c");
        transacted.commit();
        assertThat(small.log.of("ack")).containsExactly("ack a", "ack b", "ack c");
    }

    @Test
    void aTransactedSessionIsNotRecoveredAndOthersAreNotCommitted() throws JMSException {
        assertThatThrownBy(session::recover).isInstanceOf(IllegalStateException.class);
        for (int mode : new int[] {Session.AUTO_ACKNOWLEDGE, Session.CLIENT_ACKNOWLEDGE, Session.DUPS_OK_ACKNOWLEDGE}) {
            Session other = rig.started().createSession(mode);
            assertThatThrownBy(other::commit).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(other::rollback).isInstanceOf(IllegalStateException.class);
        }
    }

    private void receive(String... bodies) throws JMSException {
        rig.amqp.deliver("q", bodies);
        for (String body : bodies) {
            assertThat(Rig.next(consumer)).isEqualTo(body);
        }
    }

    private void send(String... bodies) throws JMSException {
        for (String body : bodies) {
            producer.send(session.createTextMessage(body));
        }
    }

    private CompletableFuture<Void> commitElsewhere() {
        return CompletableFuture.runAsync(() -> {
            try {
                session.commit();
            } catch (JMSException e) {
                throw new CompletionException(e);
            }
        });
    }

    private List<FakeChannel.Publish> awaitPublishes(int count) {
        while (rig.amqp.publishes().size() < count) {
            Thread.onSpinWait();
        }
        return rig.amqp.publishes();
    }
}
