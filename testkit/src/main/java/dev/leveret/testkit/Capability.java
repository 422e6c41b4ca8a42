package dev.leveret.testkit;

import java.util.Arrays;
import java.util.Optional;

/**
 * Something that not every AMQP 0-9-1 broker can do, so that a test may ask first.
 *
 * <p>Most are announced by the broker, in the table {@code capabilities} of its server-properties; the others are known
 * for the kinds of broker that this kit knows.
 */
public enum Capability {
    /** {@code confirm.select} and the broker's {@code basic.ack}. */
    PUBLISHER_CONFIRMS("publisher_confirms"),
    /** {@code basic.nack}. */
    NEGATIVE_ACKNOWLEDGEMENT("basic.nack"),
    /** {@code exchange.bind} and {@code exchange.unbind}. */
    EXCHANGE_TO_EXCHANGE("exchange_exchange_bindings"),
    /** The broker sends {@code basic.cancel} when a consumer's queue goes away. */
    CONSUMER_CANCEL_NOTIFY("consumer_cancel_notify"),
    /** Consumer argument {@code x-priority}. */
    CONSUMER_PRIORITIES("consumer_priorities"),
    /** {@code connection.blocked} and {@code connection.unblocked}. */
    CONNECTION_BLOCKED("connection.blocked"),
    /** A refused login is told by {@code connection.close} 403, not by a closed socket alone. */
    AUTHENTICATION_FAILURE_CLOSE("authentication_failure_close"),
    /** {@code basic.qos} without {@code global} counts for each consumer, not for the channel. */
    PER_CONSUMER_QOS("per_consumer_qos"),
    /** The pseudo-queue {@code amq.rabbitmq.reply-to}. */
    DIRECT_REPLY_TO("direct_reply_to"),
    /**
     * RabbitMQ's arguments of queues and exchanges: {@code x-message-ttl}, {@code x-expires}, {@code x-max-length},
     * {@code x-dead-letter-exchange}, {@code x-max-priority}, {@code alternate-exchange}.
     */
    QUEUE_ARGUMENTS,
    /**
     * Property {@code expiration} is a time to live in milliseconds. Broker-J 10.1.0 takes it for a point in time since
     * 1970, so a message with a time to live has expired before it reaches the queue, and nobody is told.
     */
    MESSAGE_EXPIRATION,
    /** Inequivalent declarations and the like close the channel; other brokers may close the connection. */
    CHANNEL_ERRORS,
    /** Queues of type {@code quorum}. */
    QUORUM_QUEUES,
    /** Queues of type {@code stream}. */
    STREAMS;

    private final String announcedAs;

    Capability() {
        this("");
    }

    Capability(String announcedAs) {
        this.announcedAs = announcedAs;
    }

    /**
     * The capability that brokers announce by this name.
     *
     * @param name key of a broker's table {@code capabilities}
     * @return the capability, or nothing when the kit does not know the name
     */
    public static Optional<Capability> announcedAs(String name) {
        return Arrays.stream(values())
                .filter(it -> !it.announcedAs.isEmpty() && it.announcedAs.equals(name))
                .findFirst();
    }
}
