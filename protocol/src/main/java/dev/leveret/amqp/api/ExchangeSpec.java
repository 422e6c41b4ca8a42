package dev.leveret.amqp.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as {@code exchange.declare} describes it. Immutable; the withers return changed copies.
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
}
