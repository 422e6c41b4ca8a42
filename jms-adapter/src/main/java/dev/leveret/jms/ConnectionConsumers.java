package dev.leveret.jms;

import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.ConnectionConsumer;
import jakarta.jms.JMSException;
import jakarta.jms.ServerSessionPool;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The connection consumers of one connection. Thread-safe. */
final class ConnectionConsumers {

    private final String name;
    private final Consumer<JMSException> reports;
    private final AtomicInteger made = new AtomicInteger();
    private final List<JmsConnectionConsumer> open = new CopyOnWriteArrayList<>();

    /**
     * For one connection.
     *
     * @param name of their threads, to be numbered
     * @param reports told of failures that no caller sees
     */
    ConnectionConsumers(String name, Consumer<JMSException> reports) {
        this.name = name;
        this.reports = reports;
    }

    /**
     * Opens one; waits for the broker.
     *
     * @param started whether the connection is started, asked when the consumer is there to be told of later starts
     */
    ConnectionConsumer open(
            Entrance entrance, @Nullable ServerSessionPool pool, int maxMessages, BooleanSupplier started)
            throws JMSException {
        if (pool == null) {
            throw new JMSException("a connection consumer needs a ServerSessionPool");
        }
        if (maxMessages < 1) {
            throw new JMSException("a session cannot be given at most " + maxMessages + " messages: at least one");
        }
        JmsConnectionConsumer consumer = new JmsConnectionConsumer(
                entrance, pool, maxMessages, name + made.incrementAndGet(), reports, open::remove);
        open.add(consumer);
        if (started.getAsBoolean()) {
            consumer.start();
        }
        return consumer;
    }

    boolean consumes(JmsDestination destination) {
        return open.stream().anyMatch(it -> it.destination().equals(destination));
    }

    void start(Steps all) {
        open.forEach(it -> all.run(it::start));
    }

    void stop(Steps all) {
        open.forEach(it -> all.run(it::stop));
    }

    void close(Steps all) {
        open.forEach(it -> all.run(it::close));
    }
}
