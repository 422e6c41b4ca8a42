package dev.leveret.amqp.api;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A binding from an exchange to a queue or to another exchange (a RabbitMQ extension).
 *
 * @param source the exchange that messages come from
 * @param destinationType what {@code destination} names
 * @param destination the queue or exchange that messages go to
 * @param routingKey the binding key; its meaning is the exchange type's
 * @param arguments what a {@code headers} exchange matches, and plug-ins' arguments; copied
 */
public record BindingSpec(
        String source,
        DestinationType destinationType,
        String destination,
        String routingKey,
        Map<String, @Nullable Object> arguments) {

    /** What a binding leads to. */
    public enum DestinationType {
        QUEUE,
        EXCHANGE
    }

    public BindingSpec {
        ShortString.require("source exchange", source);
        ShortString.require("destination", destination);
        ShortString.require("routing key", routingKey);
        arguments = FieldValues.copyTable("argument", arguments);
    }

    /** Binds a queue ({@code queue.bind}). */
    public static BindingSpec toQueue(String source, String queue, String routingKey) {
        return new BindingSpec(source, DestinationType.QUEUE, queue, routingKey, Map.of());
    }

    /** Binds an exchange ({@code exchange.bind}): what {@code source} gets and the key matches, goes to it too. */
    public static BindingSpec toExchange(String source, String exchange, String routingKey) {
        return new BindingSpec(source, DestinationType.EXCHANGE, exchange, routingKey, Map.of());
    }

    /**
     * Binds a queue to an {@code x-consistent-hash} exchange, where the routing key is a weight: a queue of weight 2 gets
     * about twice as many messages as one of weight 1.
     *
     * @param weight at least 1
     */
    public static BindingSpec toQueueByWeight(String source, String queue, int weight) {
        return toQueue(source, queue, Long.toString(ArgumentValues.atLeast("weight", weight, 1)));
    }

    /** A copy that says which of its headers a message must have ({@code x-match}); not set: all. */
    public BindingSpec withMatch(HeadersMatch value) {
        return withArgument("x-match", value.argument());
    }

    /** A copy with one more header that a message must have, of this value. */
    public BindingSpec withHeader(String header, Object value) {
        return withArgument(header, value);
    }

    /** A copy with one more header that a message must have, of any value (an argument without one: field type void). */
    public BindingSpec withHeaderPresent(String header) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(arguments);
        all.put(header, null);
        return new BindingSpec(source, destinationType, destination, routingKey, all);
    }

    /** A copy with one argument more, or replaced. */
    public BindingSpec withArgument(String key, Object value) {
        return new BindingSpec(
                source, destinationType, destination, routingKey, FieldValues.plus(arguments, key, value));
    }
}
