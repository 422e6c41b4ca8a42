package dev.leveret.jms.broker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was found out about a broker by asking it: see {@link Examination}.
 *
 * @param product such as {@code RabbitMQ}
 * @param version such as {@code 4.0.5}
 * @param isRabbitMq whether it is RabbitMQ
 * @param returnsAreFree whether a quorum queue takes messages back without counting that as a failure, as from 4.3 on
 * @param channels how many channels a connection may have
 * @param heartbeat how often either side is to be heard of; zero if that was switched off
 * @param trials what was tried out, in order
 * @param exchangeTypes of plugins that it has
 * @param queues those that were asked for
 */
public record BrokerFacts(
        String product,
        String version,
        boolean isRabbitMq,
        boolean returnsAreFree,
        int channels,
        Duration heartbeat,
        List<Trial> trials,
        Set<String> exchangeTypes,
        List<QueueFacts> queues) {

    /**
     * Something that was tried out.
     *
     * @param subject what, such as {@code temporary queues}
     * @param purpose what needs it
     * @param refusal why it does not work; empty if it does
     * @param need the permissions that it takes
     */
    public record Trial(String subject, String purpose, Optional<String> refusal, String need) {}

    /** Whether a queue can be asked about. */
    public enum Presence {
        THERE,
        MISSING,
        /** It is exclusive to another connection. */
        LOCKED
    }

    /**
     * A queue.
     *
     * @param type {@code classic}, {@code quorum}, {@code stream}; empty if that could not be found out
     * @param messages that are ready
     * @param autoDelete whether it is deleted with its last consumer
     * @param arguments with which it was declared, as far as they are known; those of policies are not
     * @param refusal why its type could not be found out
     */
    public record QueueFacts(
            String name,
            Presence presence,
            Optional<String> type,
            long messages,
            long consumers,
            boolean durable,
            boolean autoDelete,
            Map<String, Object> arguments,
            Optional<String> refusal) {}
}
