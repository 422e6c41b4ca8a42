package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.PublishResult;
import dev.leveret.jms.testing.FakeChannel;
import jakarta.jms.CompletionListener;
import jakarta.jms.Connection;
import jakarta.jms.DeliveryMode;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSProducer;
import jakarta.jms.Message;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageProducer;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asynchronous sends: Jakarta Messaging 3.1, section 7.3. */
class CompletionListenerTest {

    private final Rig rig = new Rig();
    private Connection connection;
    private Session session;
    private MessageProducer producer;

    /** What listeners were told, such as {@code sent a} or {@code ResourceAllocationException b}. */
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private final CompletionListener listener = telling(() -> {});

    interface Step {
        void run() throws Exception;
    }

    /** Does something and then tells; what it threw instead. */
    private CompletionListener telling(Step first) {
        return new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                told.add(after("sent", message));
            }

            @Override
            public void onException(Message message, Exception exception) {
                told.add(after(exception.getClass().getSimpleName(), message));
            }

            private String after(String what, Message message) {
                try {
                    first.run();
                    return what + " " + ((TextMessage) message).getText();
                } catch (Exception e) {
                    return e.getClass().getName();
                }
            }
        };
    }

    private String next() throws InterruptedException {
        String next = told.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a listener was told").isNotNull();
        return next;
    }

    @BeforeEach
    void connect() throws JMSException {
        connection = rig.started();
        session = connection.createSession();
        producer = session.createProducer(session.createQueue("q"));
    }

    @AfterEach
    void disconnect() throws JMSException {
        rig.amqp.publishes().forEach(FakeChannel.Publish::confirm);
        connection.close();
    }

    private void send(String text) throws JMSException {
        producer.send(session.createTextMessage(text), listener);
    }

    @Test
    void theListenerIsToldWhenTheBrokerHasConfirmed() throws Exception {
        rig.amqp.holdConfirms();
        send("a");
        assertThat(told).isEmpty();
        rig.amqp.publishes().get(0).confirm();
        assertThat(next()).isEqualTo("sent a");
    }

    @Test
    void listenersAreToldInTheOrderOfTheSendsWhateverTheOrderOfTheConfirms() throws Exception {
        rig.amqp.holdConfirms();
        send("a");
        send("b");
        send("c");
        var publishes = rig.amqp.publishes();
        publishes.get(2).confirm();
        publishes.get(1).fail(new PublishResult.Nacked());
        assertThat(told).isEmpty();
        publishes.get(0).confirm();
        assertThat(next()).isEqualTo("sent a");
        assertThat(next()).isEqualTo("ResourceAllocationException b");
        assertThat(next()).isEqualTo("sent c");
    }

    @Test
    void theListenerIsToldByAnotherThreadThanTheSenders() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        producer.send(session.createTextMessage("a"), telling(() -> thread.complete(Thread.currentThread())));
        assertThat(thread.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void oneListenerIsCalledAtATime() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        producer.send(session.createTextMessage("a"), telling(first::await));
        producer.send(session.createTextMessage("b"), listener);
        assertThat(told).isEmpty();
        first.countDown();
        assertThat(next()).isEqualTo("sent a");
        assertThat(next()).isEqualTo("sent b");
    }

    @Test
    void theMessageIsTheApplicationsWithTheHeadersThatSendingSets() throws Exception {
        rig.amqp.holdConfirms();
        CompletableFuture<Message> completed = new CompletableFuture<>();
        TextMessage message = session.createTextMessage("a");
        producer.send(message, DeliveryMode.PERSISTENT, 7, 0, new CompletionListener() {
            @Override
            public void onCompletion(Message sent) {
                completed.complete(sent);
            }

            @Override
            public void onException(Message sent, Exception exception) {
                completed.completeExceptionally(exception);
            }
        });
        assertThat(message.getJMSMessageID()).startsWith("ID:");
        message.setText("changed");
        assertThat(rig.amqp.publishes().get(0).body()).isEqualTo("a");
        rig.amqp.publishes().get(0).confirm();
        assertThat(completed.get(20, TimeUnit.SECONDS)).isSameAs(message);
        assertThat(message.getJMSPriority()).isEqualTo(7);
    }

    @Test
    void whatIsWrongWithTheMessageIsThrownAtOnce() throws Exception {
        assertThatThrownBy(() -> producer.send(null, listener)).isInstanceOf(MessageFormatException.class);
        assertThatThrownBy(() -> producer.send(session.createMessage(), 3, 4, 0, listener))
                .isInstanceOf(JMSException.class);
        assertThatThrownBy(() -> producer.send(session.createMessage(), (CompletionListener) null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> session.createProducer(null).send((Destination) null, session.createMessage(), listener))
                .isInstanceOf(InvalidDestinationException.class);
        send("a");
        assertThat(next()).isEqualTo("sent a");
    }

    @Test
    void whatNoQueueHasIsAnInvalidDestination() throws Exception {
        rig.amqp.onLookUp(queue -> {});
        send("a");
        assertThat(next()).isEqualTo("sent a");
        rig.amqp.queues().remove("q");
        send("b");
        assertThat(next()).isEqualTo("InvalidDestinationException b");
    }

    @Test
    void aLostConnectionIsToldToAllThatWait() throws Exception {
        rig.amqp.holdConfirms();
        send("a");
        send("b");
        rig.amqp.lose();
        assertThat(next()).isEqualTo("JMSException a");
        assertThat(next()).isEqualTo("JMSException b");
    }

    @Test
    void aNonPersistentMessageIsSentWhenItIsOnItsWay() throws Exception {
        rig.amqp.holdConfirms();
        producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
        send("a");
        assertThat(next()).isEqualTo("sent a");
    }

    @Test
    void synchronousAndAsynchronousSendsKeepTheirOrder() throws Exception {
        send("a");
        producer.send(session.createTextMessage("b"));
        send("c");
        assertThat(rig.log.of("publish")).containsExactly("publish a", "publish b", "publish c");
        assertThat(next()).isEqualTo("sent a");
        assertThat(next()).isEqualTo("sent c");
    }

    @Test
    void aListenerThatThrowsDoesNotKeepTheOthersFromBeingTold() throws Exception {
        producer.send(session.createTextMessage("a"), telling(() -> {
            throw new AssertionError("deliberately");
        }));
        producer.send(
                session.createTextMessage("b"),
                telling(() -> Thread.currentThread().interrupt()));
        send("c");
        assertThat(next()).isEqualTo("sent b");
        assertThat(next()).isEqualTo("sent c");
    }

    @Test
    void closingWaitsUntilTheListenersHaveReturned() throws Exception {
        for (Step closing : new Step[] {() -> producer.close(), () -> session.close(), () -> connection.close()}) {
            connect();
            rig.amqp.holdConfirms();
            CountDownLatch returning = new CountDownLatch(1);
            producer.send(session.createTextMessage("a"), telling(returning::await));
            CompletableFuture<Void> close = elsewhere(closing);
            rig.amqp.publishes().get(0).confirm();
            assertThat(close).isNotDone();
            returning.countDown();
            close.get(20, TimeUnit.SECONDS);
            assertThat(told.poll()).isEqualTo("sent a");
        }
    }

    private static CompletableFuture<Void> elsewhere(Step step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                step.run();
                done.complete(null);
            } catch (Exception e) {
                done.completeExceptionally(e);
            }
        });
        thread.start();
        Rig.awaitWaiting(thread);
        return done;
    }

    @Test
    void aProducerWaitsForItsOwnMessagesOnly() throws Exception {
        rig.amqp.holdConfirms();
        send("a");
        session.createProducer(session.createQueue("q")).close();
        assertThat(told).isEmpty();
    }

    @Test
    void aListenerCannotWaitForItself() throws Exception {
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        for (Step step : new Step[] {() -> producer.close(), () -> session.close(), () -> connection.close()}) {
            producer.send(session.createTextMessage("a"), telling(step));
            assertThat(next()).isEqualTo(IllegalStateException.class.getName());
        }
        MessageProducer inTransaction = transacted.createProducer(transacted.createQueue("q"));
        for (Step step : new Step[] {transacted::commit, transacted::rollback}) {
            inTransaction.send(session.createTextMessage("a"), telling(step));
            assertThat(next()).isEqualTo(IllegalStateException.class.getName());
        }
        transacted.commit();
        assertThat(rig.log.of("publish")).hasSize(5);
    }

    @Test
    void aListenerMayStopTheConnectionWhichDoesNotWaitForIt() throws Exception {
        producer.send(session.createTextMessage("a"), telling(() -> connection.stop()));
        assertThat(next()).isEqualTo("sent a");
    }

    @Test
    void aListenerMaySendAgain() throws Exception {
        producer.send(session.createTextMessage("a"), telling(() -> send("b")));
        assertThat(next()).isEqualTo("sent a");
        assertThat(next()).isEqualTo("sent b");
    }

    @Test
    void inATransactionAMessageIsSentWhenItIsPartOfThat() throws Exception {
        Session transacted = connection.createSession(Session.SESSION_TRANSACTED);
        transacted.createProducer(transacted.createQueue("q")).send(session.createTextMessage("a"), listener);
        assertThat(next()).isEqualTo("sent a");
        assertThat(rig.log.of("publish")).isEmpty();
        transacted.commit();
        assertThat(rig.log.of("publish")).containsExactly("publish a");
        transacted.createProducer(transacted.createQueue("q")).send(session.createTextMessage("b"), listener);
        transacted.rollback();
        assertThat(next()).isEqualTo("sent b");
        transacted.commit();
        assertThat(rig.log.of("publish")).containsExactly("publish a");
    }

    @Test
    void sendingWaitsWhenTooMuchIsPending() throws Exception {
        rig.amqp.holdConfirms();
        for (int i = 0; i < 1000; i++) {
            send("m" + i);
        }
        CompletableFuture<Void> another = elsewhere(() -> send("one more"));
        assertThat(another).isNotDone();
        rig.amqp.publishes().get(0).confirm();
        another.get(20, TimeUnit.SECONDS);
    }

    @Test
    void theSimplifiedApiDoesTheSame() throws Exception {
        try (JMSContext context = rig.factory.createContext()) {
            JMSProducer simple = context.createProducer();
            assertThat(simple.getAsync()).isNull();
            CompletionListener closing = telling(context::close);
            assertThat(simple.setAsync(closing)).isSameAs(simple);
            assertThat(simple.getAsync()).isSameAs(closing);
            simple.send(context.createQueue("q"), "a");
            assertThat(next()).isEqualTo(IllegalStateRuntimeException.class.getName());
            simple.setAsync(telling(context::stop)).send(context.createQueue("q"), "a");
            assertThat(next()).isEqualTo("sent a");
            simple.setAsync(listener).send(context.createQueue("q"), "b");
            assertThat(next()).isEqualTo("sent b");
            simple.setAsync(null).send(context.createQueue("q"), "c");
        }
        assertThat(told).isEmpty();
        assertThat(rig.log.of("publish")).endsWith("publish b", "publish c");
    }

    @Test
    void whatTheBrokerRefusesIsToldAsASynchronousSendWouldThrowIt() throws Exception {
        rig.amqp.holdConfirms();
        CompletableFuture<Exception> failure = new CompletableFuture<>();
        producer.send(session.createTextMessage("a"), new CompletionListener() {
            @Override
            public void onCompletion(Message message) {
                failure.complete(null);
            }

            @Override
            public void onException(Message message, Exception exception) {
                failure.complete(exception);
            }
        });
        rig.amqp.publishes().get(0).fail(new PublishResult.Nacked());
        assertThat(failure.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ResourceAllocationException.class)
                .hasMessageContaining("queue://q");
    }
}
