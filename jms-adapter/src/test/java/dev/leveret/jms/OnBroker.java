package dev.leveret.jms;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.Channel;
import dev.leveret.testkit.Broker;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** JMS and AMQP connections to a broker under test, closed together, and names that no other test uses. */
final class OnBroker implements AutoCloseable {

    /** Long enough for a slow machine; reached only by tests that fail. */
    static final long SOON = 20_000;

    private final String uri;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final String prefix = "jms-test-" + UUID.randomUUID() + "-";

    OnBroker(Broker broker) {
        uri = broker.uri().toString();
    }

    /** With options, such as {@code ?jms.prefetch=2}. */
    LeveretConnectionFactory factory(String options) {
        return new LeveretConnectionFactory(uri + options);
    }

    Connection started() throws JMSException {
        return started("");
    }

    Connection started(String options) throws JMSException {
        Connection connection = opened(factory(options).createConnection());
        connection.start();
        return connection;
    }

    /** A channel of an AMQP connection that knows nothing of JMS. */
    Channel channel() {
        dev.leveret.amqp.api.Connection connection = opened(Amqp.connect(uri));
        return connection.openChannel();
    }

    /** The broker's version, such as {@code 4.0.5}. */
    String version() {
        dev.leveret.amqp.api.Connection connection = opened(Amqp.connect(uri));
        return connection.serverInfo().version();
    }

    boolean isRabbitMq() {
        dev.leveret.amqp.api.Connection connection = opened(Amqp.connect(uri));
        return connection.serverInfo().product().equals("RabbitMQ");
    }

    <T extends AutoCloseable> T opened(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    /** A queue's or topic's name that nobody else uses; a queue of this name is deleted in the end. */
    String name(String suffix) {
        names.add(prefix + suffix);
        return prefix + suffix;
    }

    static String text(Message message) throws JMSException {
        return message == null ? null : ((TextMessage) message).getText();
    }

    static String next(MessageConsumer consumer) throws JMSException {
        return text(consumer.receive(SOON));
    }

    private void delete(String queue) {
        try {
            channel().deleteQueue(queue);
        } catch (AmqpException e) {
            // There is none, which only RabbitMQ takes for done, or the test ended the broker.
        }
    }

    @Override
    public void close() throws Exception {
        names.forEach(this::delete);
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
