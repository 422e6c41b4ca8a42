package dev.leveret.amqp.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue as {@code queue.declare} describes it. Immutable; the withers return changed copies.
 *
 * <p>Queues are durable unless said otherwise: newer brokers may refuse a queue that is neither durable nor exclusive.
 *
 * @param name up to 255 bytes of UTF-8; the empty name asks the broker to make one up
 * @param durable whether the queue survives a restart of the broker
 * @param exclusive whether it belongs to the declaring connection alone and goes with it
 * @param autoDelete whether the broker deletes it when its last consumer is gone
 * @param arguments the {@code x-} arguments, such as {@code x-queue-type}; copied
 */
public record QueueSpec(
        String name, boolean durable, boolean exclusive, boolean autoDelete, Map<String, @Nullable Object> arguments) {

    public QueueSpec {
        ShortString.require("queue name", name);
        arguments = FieldValues.copyTable("argument", arguments);
    }

    /** A durable queue of the virtual host's default type. */
    public static QueueSpec of(String name) {
        return new QueueSpec(name, true, false, false, Map.of());
    }

    /** A durable classic queue ({@code x-queue-type=classic}). */
    public static QueueSpec classic(String name) {
        return of(name).withArgument("x-queue-type", "classic");
    }

    /** A replicated quorum queue ({@code x-queue-type=quorum}). */
    public static QueueSpec quorum(String name) {
        return of(name).withArgument("x-queue-type", "quorum");
    }

    /** A stream ({@code x-queue-type=stream}): a log that consumers read without removing. */
    public static QueueSpec stream(String name) {
        return of(name).withArgument("x-queue-type", "stream");
    }

    /** A queue of this connection only, named by the broker; {@link QueueInfo#name()} tells the name. */
    public static QueueSpec temporary() {
        return new QueueSpec("", false, true, true, Map.of());
    }

    public QueueSpec withName(String value) {
        return new QueueSpec(value, durable, exclusive, autoDelete, arguments);
    }

    public QueueSpec withDurable(boolean value) {
        return new QueueSpec(name, value, exclusive, autoDelete, arguments);
    }

    public QueueSpec withExclusive(boolean value) {
        return new QueueSpec(name, durable, value, autoDelete, arguments);
    }

    public QueueSpec withAutoDelete(boolean value) {
        return new QueueSpec(name, durable, exclusive, value, arguments);
    }

    /** A copy with one argument more, or replaced. */
    public QueueSpec withArgument(String key, Object value) {
        return new QueueSpec(name, durable, exclusive, autoDelete, FieldValues.plus(arguments, key, value));
    }
}
