package dev.leveret.amqp.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as {@code exchange.declare} describes it. Immutable; the withers return changed copies.
 *
 * <p>Types that begin with {@code x-} are RabbitMQ's, most of them a plug-in's. A broker that lacks one closes the channel
 * (406); RabbitMQ before 4.0 closes the connection (503).
 *
 * @param name up to 255 bytes of UTF-8; names that begin with {@code amq.} are the broker's
 * @param type {@code direct}, {@code fanout}, {@code topic}, {@code headers}, or a type that a plug-in brings
 * @param durable whether it survives a restart of the broker
 * @param autoDelete whether the broker deletes it when its last binding is gone
 * @param internal whether only other exchanges may publish to it
 * @param arguments the {@code x-} arguments, such as {@code alternate-exchange}; copied
 */
public record ExchangeSpec(
        String name,
        String type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Map<String, @Nullable Object> arguments) {

    public ExchangeSpec {
        ShortString.require("exchange name", name);
        ShortString.require("exchange type", type);
        arguments = FieldValues.copyTable("argument", arguments);
    }

    /** A durable exchange without arguments. */
    public static ExchangeSpec of(String name, String type) {
        return new ExchangeSpec(name, type, true, false, false, Map.of());
    }

    /** A durable {@code direct} exchange: a message goes to the queues bound with exactly its routing key. */
    public static ExchangeSpec direct(String name) {
        return of(name, "direct");
    }

    /** A durable {@code fanout} exchange: a message goes to every bound queue. */
    public static ExchangeSpec fanout(String name) {
        return of(name, "fanout");
    }

    /** A durable {@code topic} exchange: binding keys are patterns of words, {@code *} and {@code #}. */
    public static ExchangeSpec topic(String name) {
        return of(name, "topic");
    }

    /** A durable {@code headers} exchange: bindings match the message's headers. */
    public static ExchangeSpec headers(String name) {
        return of(name, "headers");
    }

    /**
     * A durable {@code x-local-random} exchange: a message goes to one of the bound queues on the node of the publishing
     * connection, at random. For request-reply with low latency. RabbitMQ 4.0.
     */
    public static ExchangeSpec localRandom(String name) {
        return of(name, "x-local-random");
    }

    /** A durable {@code x-random} exchange: a message goes to one of the bound queues, at random. A plug-in. */
    public static ExchangeSpec random(String name) {
        return of(name, "x-random");
    }

    /**
     * A durable {@code x-consistent-hash} exchange: a message goes to one of the bound queues, chosen by the hash of its
     * routing key, unless {@link #withHashHeader} or {@link #withHashProperty} say what else to hash. Bind with {@link
     * BindingSpec#toQueueByWeight}. Plug-in {@code rabbitmq_consistent_hash_exchange}.
     */
    public static ExchangeSpec consistentHash(String name) {
        return of(name, "x-consistent-hash");
    }

    /**
     * A durable {@code x-modulus-hash} exchange: a message goes to one of the bound queues, chosen by the hash of its
     * routing key modulo their number. Plug-in {@code rabbitmq_sharding} before RabbitMQ 4.3.
     */
    public static ExchangeSpec modulusHash(String name) {
        return of(name, "x-modulus-hash");
    }

    /**
     * A durable {@code x-recent-history} exchange: a fanout that gives a queue its last messages when it is bound. Plug-in
     * {@code rabbitmq_recent_history_exchange}.
     *
     * @param length how many messages it keeps ({@code x-recent-history-length}), at least 1
     */
    public static ExchangeSpec recentHistory(String name, int length) {
        return of(name, "x-recent-history")
                .withArgument("x-recent-history-length", ArgumentValues.atLeast("x-recent-history-length", length, 1));
    }

    /**
     * A durable {@code x-delayed-message} exchange: it holds a message back for the milliseconds in its header {@code
     * x-delay} and then routes as another type does. Plug-in {@code rabbitmq_delayed_message_exchange}.
     *
     * @param routesAs the type by which it routes ({@code x-delayed-type}), such as {@code direct}
     */
    public static ExchangeSpec delayedMessage(String name, String routesAs) {
        return of(name, "x-delayed-message")
                .withArgument("x-delayed-type", ShortString.require("x-delayed-type", routesAs));
    }

    public ExchangeSpec withDurable(boolean value) {
        return new ExchangeSpec(name, type, value, autoDelete, internal, arguments);
    }

    public ExchangeSpec withAutoDelete(boolean value) {
        return new ExchangeSpec(name, type, durable, value, internal, arguments);
    }

    public ExchangeSpec withInternal(boolean value) {
        return new ExchangeSpec(name, type, durable, autoDelete, value, arguments);
    }

    /** A copy with one argument more, or replaced. */
    public ExchangeSpec withArgument(String key, Object value) {
        return new ExchangeSpec(name, type, durable, autoDelete, internal, FieldValues.plus(arguments, key, value));
    }

    /** A copy whose unroutable messages go to another exchange ({@code alternate-exchange}). */
    public ExchangeSpec withAlternateExchange(String exchange) {
        return withArgument("alternate-exchange", ShortString.require("alternate exchange", exchange));
    }

    /** Lets an {@code x-consistent-hash} exchange hash a header instead of the routing key ({@code hash-header}). */
    public ExchangeSpec withHashHeader(String header) {
        return withArgument("hash-header", ShortString.require("hash-header", header));
    }

    /**
     * Lets an {@code x-consistent-hash} exchange hash a property instead of the routing key ({@code hash-property}).
     *
     * @param property {@code message_id}, {@code correlation_id} or {@code timestamp}
     */
    public ExchangeSpec withHashProperty(String property) {
        return withArgument("hash-property", ShortString.require("hash-property", property));
    }
}
