package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import jakarta.jms.Connection;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DispatchTest {

    private final Rig rig = new Rig();
    private Connection connection;
    private Session session;
    private MessageConsumer consumer;

    @BeforeEach
    void openSession() throws JMSException {
        connection = rig.started();
        session = connection.createSession();
        consumer = session.createConsumer(session.createQueue("q"));
    }

    @Test
    void aConsumerTakesNothingBeforeItsConnectionIsStarted() throws JMSException {
        Rig idle = new Rig();
        Connection unstarted = idle.factory.createConnection();
        Session itsSession = unstarted.createSession();
        itsSession.createConsumer(itsSession.createQueue("q"));
        assertThat(idle.log.of("consume")).isEmpty();
        unstarted.start();
        assertThat(idle.log.of("consume")).containsExactly("consume q 100");
        unstarted.stop();
        unstarted.start();
        assertThat(idle.log.of("consume")).hasSize(1);
    }

    @Test
    void whileStoppedMessagesWait() throws JMSException {
        connection.stop();
        rig.amqp.deliver("q", "a");
        assertThat(consumer.receive(1)).isNull();
        assertThat(consumer.receiveNoWait()).isNull();
        connection.start();
        assertThat(Rig.next(consumer)).isEqualTo("a");
    }

    @Test
    void whileStoppedListenersAreNotCalled() throws Exception {
        Rig.Inbox inbox = new Rig.Inbox();
        consumer.setMessageListener(inbox::add);
        connection.stop();
        rig.amqp.deliver("q", "a");
        connection.stop();
        assertThat(inbox.rest()).isEmpty();
        connection.start();
        assertThat(inbox.next().getText()).isEqualTo("a");
    }

    @Test
    void stopWaitsForTheListenerThatIsRunning() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        consumer.setMessageListener(message -> {
            entered.countDown();
            await(leave);
        });
        rig.amqp.deliver("q", "a");
        await(entered);
        Thread stopping = new Thread(() -> Unchecked.run(connection::stop));
        stopping.start();
        Rig.awaitWaiting(stopping);
        assertThat(rig.log.of("ack")).isEmpty();
        leave.countDown();
        stopping.join();
        assertThat(rig.log.of("ack")).containsExactly("ack a");
    }

    @Test
    void closeWaitsForTheListenerThatIsRunningAndLetsItUseTheSession() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        AtomicReference<Message> made = new AtomicReference<>();
        consumer.setMessageListener(message -> {
            entered.countDown();
            await(leave);
            made.set(Unchecked.get(session::createMessage));
        });
        rig.amqp.deliver("q", "a");
        await(entered);
        Thread closing = new Thread(() -> Unchecked.run(connection::close));
        closing.start();
        Rig.awaitWaiting(closing);
        leave.countDown();
        closing.join();
        assertThat(made.get()).isNotNull();
        assertThat(rig.log.of("ack", "connection.close")).containsExactly("ack a", "connection.close");
    }

    @Test
    void aListenerCannotCloseItsSessionOrStopOrCloseItsConnection() throws Exception {
        BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
        consumer.setMessageListener(message -> {
            outcomes.add(failureOf(session::close));
            outcomes.add(failureOf(connection::stop));
            outcomes.add(failureOf(connection::close));
        });
        rig.amqp.deliver("q", "a");
        for (int i = 0; i < 3; i++) {
            assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class);
        }
        connection.close();
    }

    @Test
    void aListenerCanCloseItsOwnConsumerAndItsMessageIsAcknowledged() throws Exception {
        BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
        consumer.setMessageListener(message -> outcomes.add(failureOf(consumer::close)));
        rig.amqp.deliver("q", "a", "b");
        assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isEqualTo("none");
        session.close();
        assertThat(rig.log.of("ack", "nack")).containsExactly("nack b", "ack a");
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void aListenerOfAnotherSessionCanCloseThisOne() throws Exception {
        rig.amqp.queues().add("r");
        Session other = connection.createSession();
        BlockingQueue<Object> outcomes = new LinkedBlockingQueue<>();
        other.createConsumer(other.createQueue("r"))
                .setMessageListener(message -> outcomes.add(failureOf(session::close)));
        rig.amqp.deliver("r", "a");
        assertThat(outcomes.poll(20, TimeUnit.SECONDS)).isEqualTo("none");
    }

    @Test
    void receiveWaitsForTheNextMessage() throws Exception {
        AtomicReference<Object> received = new AtomicReference<>();
        Thread receiver = receiving(received);
        rig.amqp.deliver("q", "a");
        receiver.join();
        assertThat(((Message) received.get()).getBody(String.class)).isEqualTo("a");
    }

    @Test
    void receiveReturnsNullWhenItsConsumerIsClosed() throws Exception {
        AtomicReference<Object> received = new AtomicReference<>();
        Thread receiver = receiving(received);
        consumer.close();
        receiver.join();
        assertThat(received.get()).isEqualTo("null");
    }

    @Test
    void receiveReturnsNullWhenItsSessionIsClosed() throws Exception {
        AtomicReference<Object> received = new AtomicReference<>();
        Thread receiver = receiving(received);
        session.close();
        receiver.join();
        assertThat(received.get()).isEqualTo("null");
    }

    @Test
    void receiveReturnsNullWhenItsConnectionIsClosed() throws Exception {
        AtomicReference<Object> received = new AtomicReference<>();
        Thread receiver = receiving(received);
        connection.close();
        receiver.join();
        assertThat(received.get()).isEqualTo("null");
    }

    @Test
    void receiveReturnsNullWhenItsThreadIsInterrupted() throws Exception {
        AtomicReference<Object> received = new AtomicReference<>();
        Thread receiver = receiving(received);
        receiver.interrupt();
        receiver.join();
        assertThat(received.get()).isEqualTo("null interrupted");
        rig.amqp.deliver("q", "a");
        assertThat(Rig.next(consumer)).isEqualTo("a");
    }

    @Test
    void receiveFailsWhenTheBrokerEndsTheConsumer() throws Exception {
        BlockingQueue<JMSException> reported = new LinkedBlockingQueue<>();
        connection.setExceptionListener(reported::add);
        AtomicReference<Object> received = new AtomicReference<>();
        Thread receiver = receiving(received);
        rig.amqp.consumerOf("q").cancelByBroker();
        receiver.join();
        assertThat((Throwable) received.get())
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("q")
                .hasMessageContaining("the queue was deleted");
        assertThatThrownBy(() -> consumer.receive(1)).isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> consumer.setMessageListener(message -> {})).isInstanceOf(JMSException.class);
        consumer.close();
        assertThat(reported).as("what a call has told").isEmpty();
    }

    @Test
    void theExceptionListenerHearsOfAListenersConsumerThatTheBrokerEnds() throws Exception {
        CompletableFuture<JMSException> reported = new CompletableFuture<>();
        connection.setExceptionListener(reported::complete);
        consumer.setMessageListener(message -> {});
        rig.amqp.consumerOf("q").cancelByBroker();
        assertThat(reported.get(20, TimeUnit.SECONDS)).hasMessageContaining("the queue was deleted");
    }

    @Test
    void aLostConnectionIsToldOnceAndEndsEveryReceive() throws Exception {
        rig.amqp.queues().add("r");
        session.createConsumer(session.createQueue("r"));
        BlockingQueue<JMSException> reported = new LinkedBlockingQueue<>();
        connection.setExceptionListener(reported::add);
        AtomicReference<Object> received = new AtomicReference<>();
        Thread receiver = receiving(received);
        rig.amqp.deliver("r", "stale");

        rig.amqp.lose();

        receiver.join();
        assertThat((Throwable) received.get())
                .isInstanceOf(JMSException.class)
                .hasMessageContaining("the test cut the line");
        assertThat(reported.poll(20, TimeUnit.SECONDS)).hasMessageContaining("the test cut the line");
        connection.close();
        assertThat(reported).isEmpty();
    }

    @Test
    void aMessageWhoseChannelHasEndedIsNotShown() throws JMSException {
        rig.amqp.deliver("q", "a");
        rig.amqp.closeChannelOfConsumer("q");
        assertThatThrownBy(() -> consumer.receive(1)).isInstanceOf(JMSException.class);
        assertThat(rig.log.of("ack")).isEmpty();
    }

    @Test
    void receiveNoWaitAsksTheBrokerBeforeItSaysThatThereIsNone() throws JMSException {
        AtomicInteger lookUps = new AtomicInteger();
        rig.amqp.onLookUp(queue -> {
            if (lookUps.incrementAndGet() == 2) {
                rig.amqp.deliver("q", "was on its way");
            }
        });
        Message message = consumer.receiveNoWait();
        assertThat(message.getBody(String.class)).isEqualTo("was on its way");
        assertThat(consumer.receiveNoWait()).isNull();
        assertThat(lookUps).hasValue(4);
    }

    @Test
    void receiveNoWaitDoesNotAskForWhatIsThere() throws JMSException {
        rig.amqp.deliver("q", "a");
        rig.log.take();
        assertThat(consumer.receiveNoWait()).isNotNull();
        assertThat(rig.log.of("passive")).isEmpty();
    }

    @Test
    void listenersOfOneSessionAreCalledOneAtATimeAndTakeTurns() throws Exception {
        rig.amqp.queues().add("r");
        MessageConsumer other = session.createConsumer(session.createQueue("r"));
        connection.stop();
        rig.amqp.deliver("q", "a", "b");
        rig.amqp.deliver("r", "c", "d");
        AtomicInteger running = new AtomicInteger();
        Rig.Inbox inbox = new Rig.Inbox();
        for (MessageConsumer each : List.of(consumer, other)) {
            each.setMessageListener(message -> {
                assertThat(running.incrementAndGet()).isEqualTo(1);
                Thread.yield();
                running.decrementAndGet();
                inbox.add(message);
            });
        }
        connection.start();
        assertThat(List.of(
                        inbox.next().getText(),
                        inbox.next().getText(),
                        inbox.next().getText(),
                        inbox.next().getText()))
                .containsExactly("a", "c", "b", "d");
    }

    @Test
    void aConsumerWithAListenerCannotReceiveUntilItIsTakenAway() throws JMSException {
        consumer.setMessageListener(message -> {});
        assertThat(consumer.getMessageListener()).isNotNull();
        assertThatThrownBy(() -> consumer.receive(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(consumer::receiveNoWait).isInstanceOf(IllegalStateException.class);
        consumer.setMessageListener(null);
        rig.amqp.deliver("q", "a");
        assertThat(Rig.next(consumer)).isEqualTo("a");
    }

    @Test
    void anExpiredMessageIsDropped() throws JMSException {
        var newest = rig.amqp.consumerOf("q");
        newest.deliver(
                false,
                BasicProperties.builder()
                        .contentType("text/plain")
                        .header("JMSExpiration", System.currentTimeMillis() - 1)
                        .build(),
                "late".getBytes(StandardCharsets.UTF_8));
        newest.batchEnd();
        rig.amqp.deliver("q", "in time");
        assertThat(Rig.next(consumer)).isEqualTo("in time");
        assertThat(rig.log.of("ack")).containsExactly("ack late", "ack in time");
    }

    @Test
    void closingAConsumerReturnsWhatItHasNotSeen() throws JMSException {
        rig.amqp.deliver("q", "a", "b");
        rig.log.take();
        consumer.close();
        assertThat(rig.log.take()).as("before RabbitMQ 4.3").containsExactly("close 2");
        assertThat(rig.amqp.openChannels()).isZero();
    }

    @Test
    void whereClosingCountsAsFailureUnseenMessagesAreReturnedFirst() throws JMSException {
        rig.amqp.become("RabbitMQ", "4.3.6");
        rig.amqp.deliver("q", "a", "b");
        rig.log.take();
        consumer.close();
        assertThat(rig.log.take()).containsExactly("cancel q", "nack-multiple b", "close 2");
    }

    private Thread receiving(AtomicReference<Object> result) {
        Thread receiver = new Thread(() -> {
            try {
                Message message = consumer.receive();
                result.set(message == null ? "null" + (Thread.interrupted() ? " interrupted" : "") : message);
            } catch (JMSException e) {
                result.set(e);
            }
        });
        receiver.start();
        Rig.awaitWaiting(receiver);
        return receiver;
    }

    private static Object failureOf(Unchecked.Action action) {
        try {
            action.run();
            return "none";
        } catch (JMSException e) {
            return e;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
