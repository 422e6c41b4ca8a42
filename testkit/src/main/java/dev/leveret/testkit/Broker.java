package dev.leveret.testkit;

import java.net.URI;
import java.util.Set;

/**
 * A broker that serves AMQP 0-9-1.
 *
 * <p>Implementations may be used from any thread. A {@code toString} is the {@link #description}, never the address.
 */
public interface Broker extends AutoCloseable {

    /**
     * Where it serves, with user and password: {@code amqp://guest:guest@127.0.0.1:25720/%2f}.
     *
     * <p>Do not print it: {@link URI#toString} shows the password. {@link #description} is for people.
     *
     * @return the address to connect to
     */
    URI uri();

    /**
     * Which software it is.
     *
     * @return the kind, learned from the broker itself
     */
    BrokerKind kind();

    /**
     * The version the broker announces, such as {@code 3.10.8}.
     *
     * @return the version; empty when the broker announces none
     */
    String version();

    /**
     * What it can do beyond the core of AMQP 0-9-1.
     *
     * @return an immutable set
     */
    Set<Capability> capabilities();

    /**
     * One line for people, such as {@code RabbitMQ 3.10.8, private node on 127.0.0.1:25720}; it never holds a password.
     *
     * @return software, version and whereabouts
     */
    String description();

    /**
     * Whether it is RabbitMQ.
     *
     * @return true for {@link BrokerKind#RABBITMQ}
     */
    default boolean isRabbitMq() {
        return kind() == BrokerKind.RABBITMQ;
    }

    /**
     * Whether it can do something.
     *
     * @param capability what to ask for
     * @return true when it can
     */
    default boolean supports(Capability capability) {
        return capabilities().contains(capability);
    }

    /**
     * Ends a broker that the caller started, and deletes what it stored; the second call does nothing.
     *
     * <p>A shared broker goes on until the JVM exits, and a broker whose address was given is not ours to stop: closing
     * those does nothing.
     *
     * @throws BrokerStopException when it could not be ended; it names what is left
     */
    @Override
    void close();
}
