package dev.leveret.jms.wire;

import dev.leveret.jms.message.JmsMessage;
import jakarta.jms.JMSException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How messages are written. Both are always read. */
public enum WireFormat {

    /** Nothing is wrapped: see the package documentation. */
    PLAIN("plain"),

    /** As RabbitMQ's own JMS client writes them, for consumers that still use it. */
    RABBITMQ_JMS("rabbitmq-jms");

    private final String option;

    WireFormat(String option) {
        this.option = option;
    }

    /**
     * The format of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static WireFormat named(String name) {
        return Arrays.stream(values())
                .filter(it -> it.option.equals(name))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("not one of "
                        + Arrays.stream(values()).map(it -> it.option).collect(Collectors.joining(", "))));
    }

    /**
     * Encodes a message.
     *
     * @param timeToLive in milliseconds; zero for none
     * @param topicExchange the exchange that topics live on
     */
    public OutboundMapping.Encoded encode(JmsMessage message, long timeToLive, String topicExchange)
            throws JMSException {
        return this == PLAIN
                ? OutboundMapping.encode(message, timeToLive)
                : OutboundMapping.encodeForRabbitMqJms(message, timeToLive, topicExchange);
    }
}
