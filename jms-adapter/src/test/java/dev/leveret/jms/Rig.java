package dev.leveret.jms;

import dev.leveret.jms.testing.FakeConnection;
import dev.leveret.jms.testing.WireLog;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.TextMessage;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A connection factory whose broker is the test. Every connection that it makes is the same AMQP connection. */
final class Rig {

    final WireLog log = new WireLog();
    final FakeConnection amqp = new FakeConnection(log);
    final LeveretConnectionFactory factory;

    Rig() {
        this("");
    }

    /** With options, such as {@code ?jms.prefetch=2}. */
    Rig(String options) {
        factory = new LeveretConnectionFactory(
                JmsConnectionOptions.parse("amqp://localhost/" + options),
                ignored -> CompletableFuture.completedFuture(amqp));
        amqp.queues().add("q");
    }

    /** A started connection. */
    Connection started() throws JMSException {
        Connection connection = factory.createConnection();
        connection.start();
        return connection;
    }

    /** The text of the next message; null if there is none. Nothing is waited for: messages come in the test's thread. */
    static String next(MessageConsumer consumer) throws JMSException {
        TextMessage message = (TextMessage) consumer.receive(1);
        return message == null ? null : message.getText();
    }

    /** A listener's messages, for the test to wait for. */
    static final class Inbox {

        private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

        void add(Message message) {
            messages.add(message);
        }

        TextMessage next() throws InterruptedException {
            Message message = messages.poll(20, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no message came");
            }
            return (TextMessage) message;
        }

        List<Message> rest() {
            return List.copyOf(messages);
        }
    }

    /** Waits until a thread waits. */
    static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TIMED_WAITING) {
            if (!thread.isAlive()) {
                throw new AssertionError(thread + " did not wait");
            }
            Thread.onSpinWait();
        }
    }
}
