package dev.leveret.amqp.client;

import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.api.Topology;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What RabbitMQ answers by closing the channel or the connection, whatever the state of its queues: refused at the call
 * instead, where a stack trace leads to the mistake and nothing else is lost.
 *
 * <p>Only what each of RabbitMQ 3.10, 4.0 and 4.3 refuses is refused here; what one of them takes is the broker's to judge.
 * A queue without {@code x-queue-type} is of the virtual host's default type, which is not known here.
 */
final class RabbitMqRules {

    private static final Pattern STREAM_INTERVAL = Pattern.compile("[0-9]*[1-9][0-9]*[YMDhms]");
    private static final Set<String> STREAM_POSITIONS = Set.of("first", "last", "next");

    private RabbitMqRules() {}

    static void require(Topology topology, ServerInfo server) {
        topology.queues().forEach(it -> require(it, server));
    }

    /**
     * @throws IllegalArgumentException if no version of RabbitMQ takes this queue, or if this one would destroy messages in
     *     it
     */
    static void require(QueueSpec queue, ServerInfo server) {
        List<String> problems = queue.problems();
        if (!problems.isEmpty()) {
            throw refused(queue, String.join("; ", problems));
        }
        if (queue.arguments().get("x-delivery-limit") instanceof Number limit
                && limit.longValue() < 0
                && isRabbitMq3(server)) {
            throw refused(
                    queue,
                    "has x-delivery-limit " + limit + ", with which " + server
                            + " drops each message at its first return; it has no limit if you leave the argument out");
        }
    }

    private static IllegalArgumentException refused(QueueSpec queue, String why) {
        return new IllegalArgumentException("queue '" + queue.name() + "' " + why);
    }

    /** @throws IllegalArgumentException if RabbitMQ would close the channel or the connection over this consumer */
    static void require(ConsumeOptions options) {
        if (options.queue().equals(ConsumeOptions.DIRECT_REPLY_TO) && !options.autoAck()) {
            throw refused(options, "is acknowledged automatically: use withAutoAck(true)");
        }
        if (!options.arguments().containsKey("x-stream-offset")) {
            return;
        }
        Object offset = options.arguments().get("x-stream-offset");
        if (!isStreamOffset(offset)) {
            throw refused(
                    options,
                    "has x-stream-offset '" + offset
                            + "': it can be first, last, next, a number, an Instant, or an interval such as 1h; see"
                            + " StreamOffset");
        }
        if (options.autoAck() || options.prefetch() == 0) {
            throw refused(options, "begins at a stream offset, and streams need a prefetch and acknowledgements");
        }
        if (options.onHandlerError() == HandlerErrorPolicy.REQUEUE
                || options.onHandlerError() == HandlerErrorPolicy.REJECT) {
            throw refused(
                    options,
                    "begins at a stream offset, and a stream takes nothing back as " + options.onHandlerError()
                            + " would: have the handler acknowledge what it cannot handle, or use CLOSE_CHANNEL");
        }
    }

    /** Whether a consumer is known to read a stream before anything has come from it. */
    static boolean readsStream(ConsumeOptions options) {
        return options.arguments().containsKey("x-stream-offset")
                || options.arguments().containsKey("x-stream-filter");
    }

    /**
     * Whether a delivery can only be acknowledged.
     *
     * <p>The header alone is no proof: a message that was read from a stream and published again, as shovels do, may still
     * have it, and can be given back. So it counts where the consumer asked for a stream, or where the mistake would cost
     * the connection.
     *
     * @param readsStream whether its consumer is known to read a stream
     */
    static boolean takesOnlyAck(Delivery delivery, boolean readsStream, ServerInfo server) {
        // A stream never redelivers, and basic.get, which has no consumer tag, cannot read one.
        return (readsStream || isRabbitMq3(server))
                && !delivery.redelivered()
                && !delivery.consumerTag().isEmpty()
                && delivery.properties().header("x-stream-offset") instanceof Long;
    }

    private static boolean isStreamOffset(@Nullable Object offset) {
        if (offset instanceof String text) {
            return STREAM_POSITIONS.contains(text)
                    || STREAM_INTERVAL.matcher(text).matches();
        }
        return offset instanceof Long
                || offset instanceof Integer
                || offset instanceof Short
                || offset instanceof Byte
                || offset instanceof Instant;
    }

    private static IllegalArgumentException refused(ConsumeOptions options, String why) {
        return new IllegalArgumentException("the consumer of '" + options.queue() + "' " + why);
    }

    static boolean isRabbitMq3(ServerInfo server) {
        return server.product().equals("RabbitMQ") && server.version().startsWith("3.");
    }
}
