package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.jms.testing.FakeSubscription;
import jakarta.jms.Connection;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.TransactionRolledBackException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of JMS objects when the connection is lost and comes back. */
class RecoveryTest {

    private Rig rig = new Rig();

    private Session session(int mode) throws JMSException {
        rig.amqp.queues().add("out");
        return rig.started().createSession(mode);
    }

    private static MessageConsumer consumer(Session session) throws JMSException {
        return session.createConsumer(session.createQueue("q"));
    }

    private void cut() {
        rig.amqp.interrupt();
        rig.amqp.restore();
    }

    /** Runs something on a thread of its own; what it throws is its cause. */
    private static <T> CompletableFuture<T> elsewhere(Unchecked.Call<T> what) {
        CompletableFuture<T> outcome = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                outcome.complete(what.call());
            } catch (JMSException | RuntimeException e) {
                outcome.completeExceptionally(e);
            }
        });
        thread.start();
        Rig.awaitWaiting(thread);
        return outcome;
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Session.AUTO_ACKNOWLEDGE,
                Session.CLIENT_ACKNOWLEDGE,
                Session.DUPS_OK_ACKNOWLEDGE,
                Session.SESSION_TRANSACTED
            })
    void whatWaitsIsForgottenAndComesAgainOnce(int mode) throws JMSException {
        MessageConsumer consumer = consumer(session(mode));
        rig.amqp.deliver("q", "a", "b", "c");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        cut();
        rig.amqp.deliver("q", "b", "c");
        assertThat(Rig.next(consumer)).isEqualTo("b");
        assertThat(Rig.next(consumer)).isEqualTo("c");
        assertThat(Rig.next(consumer)).isNull();
    }

    @Test
    void whatWaitsDoesNotPileUpWhenNobodyReceives() throws JMSException {
        rig = new Rig("?jms.prefetch=2");
        MessageConsumer consumer = consumer(session(Session.AUTO_ACKNOWLEDGE));
        for (int i = 0; i < 3; i++) {
            rig.amqp.deliver("q", "a", "b");
            cut();
        }
        rig.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        assertThat(Rig.next(consumer)).isEqualTo("b");
        assertThat(Rig.next(consumer)).isNull();
        assertThat(rig.log.of("consume")).containsExactly("consume q 2");
    }

    @Test
    void acknowledgeSaysOnceThatSomeComeAgainAndAcknowledgesNothing() throws JMSException {
        Session session = session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        rig.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        cut();
        rig.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        Message second = consumer.receive(1);
        assertThatThrownBy(second::acknowledge)
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("1 messages could not be acknowledged")
                .hasMessageContaining("they come again")
                .hasMessageContaining("2 messages still can be");
        assertThat(rig.log.of("ack")).isEmpty();
        second.acknowledge();
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b");
    }

    @Test
    void recoverDeliversAgainOnlyWhatIsStillHere() throws JMSException {
        Session session = session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer consumer = consumer(session);
        rig.amqp.deliver("q", "stale");
        assertThat(Rig.next(consumer)).isEqualTo("stale");
        cut();
        rig.amqp.deliver("q", "here");
        assertThat(Rig.next(consumer)).isEqualTo("here");
        session.recover();
        assertThat(Rig.next(consumer)).isEqualTo("here");
        assertThat(Rig.next(consumer)).isNull();
        assertThat(rig.log.of("nack", "reject")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 60_000})
    void aReceiveWaitsThroughALoss(long timeout) throws Exception {
        MessageConsumer consumer = consumer(session(Session.AUTO_ACKNOWLEDGE));
        CompletableFuture<Message> received = elsewhere(() -> consumer.receive(timeout));
        cut();
        rig.amqp.deliver("q", "a");
        assertThat(((TextMessage) received.get(20, TimeUnit.SECONDS)).getText()).isEqualTo("a");
    }

    @Test
    void receiveNoWaitHasNothingWhileThereIsNoConnection() throws JMSException {
        MessageConsumer consumer = consumer(session(Session.AUTO_ACKNOWLEDGE));
        rig.amqp.interrupt();
        assertThat(consumer.receiveNoWait()).isNull();
        rig.amqp.restore();
        rig.amqp.onLookUp(queue -> {
            rig.amqp.onLookUp(again -> {});
            rig.amqp.deliver("q", "a");
        });
        assertThat(((TextMessage) consumer.receiveNoWait()).getText()).isEqualTo("a");
    }

    @Test
    void aListenerGoesOnAndMayFinishWhatComesAgain() throws Exception {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        BlockingQueue<String> calls = new LinkedBlockingQueue<>();
        CountDownLatch leave = new CountDownLatch(1);
        consumer(session).setMessageListener(message -> {
            calls.add(Unchecked.get(((TextMessage) message)::getText));
            Unchecked.run(() -> {
                try {
                    leave.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        });
        rig.amqp.deliver("q", "a", "b");
        assertThat(calls.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
        cut();
        rig.amqp.deliver("q", "a", "b");
        leave.countDown();
        assertThat(calls.poll(20, TimeUnit.SECONDS)).isEqualTo("a");
        assertThat(calls.poll(20, TimeUnit.SECONDS)).isEqualTo("b");
        session.close();
        assertThat(calls).isEmpty();
        assertThat(rig.log.of("ack")).containsExactly("ack a", "ack b");
    }

    @Test
    void whatTheApplicationHadOfBeforeTakesUpNoPrefetch() throws JMSException {
        rig = new Rig("?jms.prefetch=2");
        MessageConsumer consumer = consumer(session(Session.CLIENT_ACKNOWLEDGE));
        rig.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        assertThat(Rig.next(consumer)).isEqualTo("b");
        cut();
        rig.log.take();
        assertThat(Rig.next(consumer)).isNull();
        assertThat(rig.log.of("consume")).isEmpty();
        rig.amqp.deliver("q", "a", "b");
        Rig.next(consumer);
        Rig.next(consumer);
        assertThat(Rig.next(consumer)).isNull();
        assertThat(rig.log.of("consume")).containsExactly("consume q 4");
    }

    @Test
    void aTransactionThatHasLostItsInputRollsBackAndSendsNothing() throws JMSException {
        Session session = session(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        MessageProducer producer = session.createProducer(session.createQueue("out"));
        rig.amqp.deliver("q", "a");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        producer.send(session.createTextMessage("x"));
        cut();
        rig.amqp.deliver("q", "a");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        assertThatThrownBy(session::commit)
                .isInstanceOf(TransactionRolledBackException.class)
                .hasMessageContaining("Nothing was sent");
        assertThat(rig.log.of("publish", "ack")).isEmpty();
        // The second copy is here still, and is delivered again.
        assertThat(Rig.next(consumer)).isEqualTo("a");
        producer.send(session.createTextMessage("x"));
        session.commit();
        assertThat(rig.log.of("publish", "ack")).containsExactly("publish x", "ack a");
    }

    @Test
    void aTransactionThatHasOnlySentIsCommittedAfterALoss() throws Exception {
        Session session = session(Session.SESSION_TRANSACTED);
        session.createProducer(session.createQueue("out")).send(session.createTextMessage("x"));
        rig.amqp.interrupt();
        CompletableFuture<Boolean> commit = elsewhere(() -> {
            session.commit();
            return true;
        });
        assertThat(rig.log.of("publish")).isEmpty();
        rig.amqp.restore();
        commit.get(20, TimeUnit.SECONDS);
        assertThat(rig.log.of("publish")).containsExactly("publish x");
    }

    @Test
    void aCommitWhoseSendsWereUnderWayIsInDoubt() throws Exception {
        Session session = session(Session.SESSION_TRANSACTED);
        MessageConsumer consumer = consumer(session);
        rig.amqp.deliver("q", "a");
        assertThat(Rig.next(consumer)).isEqualTo("a");
        session.createProducer(session.createQueue("out")).send(session.createTextMessage("x"));
        rig.amqp.holdConfirms();
        CompletableFuture<Boolean> commit = elsewhere(() -> {
            session.commit();
            return true;
        });
        cut();
        assertThatThrownBy(() -> commit.get(20, TimeUnit.SECONDS))
                .cause()
                .isExactlyInstanceOf(JMSException.class)
                .hasMessageContaining("in doubt")
                .extracting(it -> ((JMSException) it).getErrorCode())
                .isEqualTo("OUTCOME_UNKNOWN");
        assertThat(rig.log.of("ack")).isEmpty();
        rig.amqp.deliver("q", "a");
        assertThat(Rig.next(consumer)).isEqualTo("a");
    }

    @Test
    void aSendWaitsUntilTheConnectionIsThereAgainAndUsesTheSameChannel() throws Exception {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue("out"));
        producer.send(session.createTextMessage("before"));
        long channels = rig.amqp.openChannels();
        rig.amqp.interrupt();
        CompletableFuture<Boolean> sending = elsewhere(() -> {
            producer.send(session.createTextMessage("after"));
            return true;
        });
        assertThat(sending).isNotDone();
        rig.amqp.restore();
        sending.get(20, TimeUnit.SECONDS);
        assertThat(rig.log.of("publish")).containsExactly("publish before", "publish after");
        assertThat(rig.amqp.openChannels()).isEqualTo(channels);
    }

    @ParameterizedTest
    @ValueSource(ints = {jakarta.jms.DeliveryMode.PERSISTENT, jakarta.jms.DeliveryMode.NON_PERSISTENT})
    void aSendFailsAtOnceIfThatIsWanted(int mode) throws JMSException {
        rig = new Rig("?jms.outageWait=0");
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue("out"));
        producer.setDeliveryMode(mode);
        producer.send(session.createTextMessage("before"));
        rig.log.take();
        rig.amqp.interrupt();
        assertThatThrownBy(() -> producer.send(session.createTextMessage("never")))
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("nothing was sent")
                .extracting(it -> ((JMSException) it).getErrorCode())
                .isNull();
        rig.amqp.restore();
        assertThat(rig.log.of("publish", "send")).isEmpty();
        producer.send(session.createTextMessage("after"));
        assertThat(rig.log.of("publish", "send")).hasSize(1);
    }

    @Test
    void aSendThatWasUnderWayEndsAsUnknown() throws JMSException {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue("out"));
        rig.amqp.holdConfirms();
        CompletableFuture<Boolean> sending = elsewhere(() -> {
            producer.send(session.createTextMessage("x"));
            return true;
        });
        cut();
        assertThatThrownBy(() -> sending.get(20, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("may or may not have reached the broker")
                .extracting(it -> ((JMSException) it).getErrorCode())
                .isEqualTo("OUTCOME_UNKNOWN");
    }

    @Test
    void aListenerOfCompletionsIsToldThatItIsUnknown() throws Exception {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageProducer producer = session.createProducer(session.createQueue("out"));
        rig.amqp.holdConfirms();
        CompletableFuture<Exception> told = new CompletableFuture<>();
        producer.send(session.createTextMessage("x"), new jakarta.jms.CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                told.completeExceptionally(new AssertionError("it was confirmed by nobody"));
            }

            @Override
            public void onException(Message message, Exception exception) {
                told.complete(exception);
            }
        });
        cut();
        assertThat(((JMSException) told.get(20, TimeUnit.SECONDS)).getErrorCode())
                .isEqualTo("OUTCOME_UNKNOWN");
    }

    @Test
    void consumersAndSessionsCanBeClosedWhileThereIsNoConnection() throws JMSException {
        Session session = session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer one = consumer(session);
        rig.amqp.deliver("q", "a", "b");
        assertThat(Rig.next(one)).isEqualTo("a");
        MessageConsumer two = session.createConsumer(session.createQueue("out"));
        rig.amqp.interrupt();
        one.close();
        two.close();
        session.close();
        rig.amqp.restore();
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void theQueueOfASubscriptionThatIsClosedMeanwhileIsDeletedAfterwards() throws JMSException {
        Session session = session(Session.AUTO_ACKNOWLEDGE);
        MessageConsumer consumer = session.createConsumer(session.createTopic("t"));
        rig.amqp.interrupt();
        consumer.close();
        assertThat(rig.log.of("delete")).isEmpty();
        rig.amqp.restore();
        assertThat(rig.log.of("delete")).hasSize(1).first().asString().startsWith("delete jms.subscriber.");
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void whoHasASelectorGetsWhatComesAgainAndNothingTwice() throws JMSException {
        rig.amqp.become("RabbitMQ", "4.3.6");
        Session session = session(Session.CLIENT_ACKNOWLEDGE);
        MessageConsumer reds = session.createConsumer(session.createQueue("q"), "colour = 'red'");
        deliver("red", "r1");
        deliver("blue", "b1");
        deliver("red", "r2");
        assertThat(Rig.next(reds)).isEqualTo("r1");
        cut();
        deliver("red", "r1");
        deliver("blue", "b1");
        deliver("red", "r2");
        assertThat(Rig.next(reds)).isEqualTo("r1");
        assertThat(Rig.next(reds)).isEqualTo("r2");
        assertThat(Rig.next(reds)).isNull();
        MessageConsumer blues = session.createConsumer(session.createQueue("q"), "colour = 'blue'");
        assertThat(Rig.next(blues)).isEqualTo("b1");
        assertThat(Rig.next(blues)).isNull();
        assertThat(rig.log.of("ack", "nack", "reject")).isEmpty();
    }

    private void deliver(String colour, String body) {
        FakeSubscription consumer = rig.amqp.consumerOf("q");
        BasicProperties properties = BasicProperties.builder()
                .contentType("text/plain")
                .header("colour", colour)
                .build();
        consumer.deliver(false, properties, body.getBytes(StandardCharsets.UTF_8));
        consumer.batchEnd();
    }

    @Test
    void theExceptionListenerIsToldOnlyOfTheEnd() throws Exception {
        Connection connection = rig.started();
        BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
        connection.setExceptionListener(told::add);
        Session session = connection.createSession();
        consumer(session).setMessageListener(message -> {});
        cut();
        rig.amqp.lose();
        assertThat(told.poll(20, TimeUnit.SECONDS)).hasMessageContaining("the connection to the broker has ended");
        connection.close();
        assertThat(told).isEmpty();
    }

    @Test
    void theExceptionListenerIsToldWhenAnotherHasTakenTheClientIdentifier() throws Exception {
        Connection connection = rig.factory.createConnection();
        BlockingQueue<JMSException> told = new LinkedBlockingQueue<>();
        connection.setExceptionListener(told::add);
        connection.setClientID("me");
        EntityOutcome locked = EntityOutcome.failed(
                new TopologyEntity.Queue(QueueSpec.of("jms.client.me"), "jms.client.me"),
                new ChannelClosedException("locked", 405, true, "queue.declare", null));
        rig.amqp.interrupt();
        rig.amqp.restore();
        rig.amqp.tell(new ConnectionEvent.EntityRetried(locked));
        assertThat(told.poll(20, TimeUnit.SECONDS))
                .isInstanceOf(InvalidClientIDException.class)
                .hasMessageContaining("jms.client.me");
        rig.amqp.interrupt();
        rig.amqp.restore(List.of(locked));
        assertThat(told.poll(20, TimeUnit.SECONDS)).isInstanceOf(InvalidClientIDException.class);
    }

    @Test
    void recoveryCanBeTurnedOffAndLimited() {
        assertThat(JmsConnectionOptions.parse("amqp://localhost?recovery=off")
                        .amqp()
                        .recovery()
                        .enabled())
                .isFalse();
        JmsConnectionOptions usual = JmsConnectionOptions.parse("amqp://localhost");
        assertThat(usual.amqp().recovery().enabled()).isTrue();
        assertThat(usual.amqp().recovery().callsMeanwhile().patience())
                .contains(usual.amqp().requestTimeout());
        JmsConnectionOptions limited =
                JmsConnectionOptions.parse("amqp://localhost?jms.outageWait=5000&jms.giveUpAfter=60000");
        assertThat(limited.amqp().recovery().callsMeanwhile().patience().orElseThrow())
                .hasSeconds(5);
        assertThat(limited.amqp().recovery().giveUpAfter().orElseThrow()).hasSeconds(60);
        assertThat(JmsConnectionOptions.parse("amqp://localhost?request_timeout=2000&jms.outageWait=5000")
                        .amqp()
                        .recovery()
                        .callsMeanwhile()
                        .patience()
                        .orElseThrow())
                .hasSeconds(2);
        for (String wrong : List.of("jms.outageWait=-1", "jms.giveUpAfter=0", "jms.outageWait=soon")) {
            assertThatThrownBy(() -> JmsConnectionOptions.parse("amqp://localhost?" + wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(wrong.split("=")[0]);
        }
    }
}
