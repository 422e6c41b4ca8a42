package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A queue as {@code queue.declare} describes it. Immutable; the withers return changed copies.
 *
 * <p>Queues are durable unless said otherwise: newer brokers may refuse a queue that is neither durable nor exclusive.
 *
 * <p>The withers for {@code x-} arguments are RabbitMQ's; what is not set is the broker's default, or a policy's. They say
 * from which version on an argument exists where that is after 3.10; an older broker ignores one that it does not know, or
 * refuses it. {@link #withArgument} sets any other. An argument that no RabbitMQ takes for a queue's type is refused with
 * {@link IllegalArgumentException} when the queue is declared.
 *
 * @param name up to 255 bytes of UTF-8; the empty name asks the broker to make one up
 * @param durable whether the queue survives a restart of the broker
 * @param exclusive whether it belongs to the declaring connection alone and goes with it
 * @param autoDelete whether the broker deletes it when its last consumer is gone
 * @param arguments the {@code x-} arguments, such as {@code x-queue-type}; copied
 */
public record QueueSpec(
        String name, boolean durable, boolean exclusive, boolean autoDelete, Map<String, @Nullable Object> arguments) {

    private static final long MAX_SEGMENT_SIZE = 3_000_000_000L;

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
        return of(name).withType(QueueType.CLASSIC);
    }

    /** A replicated quorum queue ({@code x-queue-type=quorum}). */
    public static QueueSpec quorum(String name) {
        return of(name).withType(QueueType.QUORUM);
    }

    /** A stream ({@code x-queue-type=stream}): a log that consumers read without removing. */
    public static QueueSpec stream(String name) {
        return of(name).withType(QueueType.STREAM);
    }

    /** A queue of this connection only, named by the broker; {@link QueueInfo#name()} tells the name. */
    public static QueueSpec temporary() {
        return new QueueSpec("", false, true, true, Map.of());
    }

    /**
     * What RabbitMQ 3.10 to 4.3 all refuse of it, to be read behind its name: {@code "cannot be exclusive: ..."}; empty if
     * there is nothing. A queue without {@code x-queue-type} is of the virtual host's default type, which is not known here.
     */
    public List<String> problems() {
        return List.copyOf(QueueRules.everywhere(this));
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

    /** A copy of this type ({@code x-queue-type}). */
    public QueueSpec withType(QueueType value) {
        return withArgument("x-queue-type", value.argument());
    }

    // ---- how long things live, how many there may be ----------------------------------------------------------------

    /** How long a message may wait in the queue ({@code x-message-ttl}); whole milliseconds, zero allowed. Not for streams. */
    public QueueSpec withMessageTtl(Duration value) {
        return withArgument("x-message-ttl", ArgumentValues.millis("x-message-ttl", value, 0));
    }

    /**
     * After how long without use the broker deletes the queue with its messages ({@code x-expires}); whole milliseconds,
     * at least one. Consumers and {@code basic.get} are use, publishing is not, and a redeclaration is for classic queues
     * alone. Not for streams.
     */
    public QueueSpec withExpires(Duration value) {
        return withArgument("x-expires", ArgumentValues.millis("x-expires", value, 1));
    }

    /** How many ready messages it keeps ({@code x-max-length}). Not for streams. */
    public QueueSpec withMaxLength(long value) {
        return withArgument("x-max-length", ArgumentValues.atLeast("x-max-length", value, 0));
    }

    /** How many bytes of message bodies it keeps ({@code x-max-length-bytes}); for a stream, of its log. */
    public QueueSpec withMaxLengthBytes(long value) {
        return withArgument("x-max-length-bytes", ArgumentValues.atLeast("x-max-length-bytes", value, 0));
    }

    /** What happens to messages beyond that ({@code x-overflow}). Not for streams. */
    public QueueSpec withOverflow(Overflow value) {
        return withArgument("x-overflow", value.argument());
    }

    // ---- dead letters -----------------------------------------------------------------------------------------------

    /**
     * Where messages go that expire, are rejected or overflow ({@code x-dead-letter-exchange}), with their own routing
     * key. Not for streams.
     *
     * @param exchange need not exist yet; what dies while it does not is lost. The empty name is the default exchange
     */
    public QueueSpec withDeadLetterExchange(String exchange) {
        return withArgument("x-dead-letter-exchange", ShortString.require("dead letter exchange", exchange));
    }

    /** The same with a routing key for all of them ({@code x-dead-letter-routing-key}). */
    public QueueSpec withDeadLetterExchange(String exchange, String routingKey) {
        return withDeadLetterExchange(exchange)
                .withArgument("x-dead-letter-routing-key", ShortString.require("dead letter routing key", routingKey));
    }

    /** How sure it is that dead letters arrive ({@code x-dead-letter-strategy}); quorum queues only. */
    public QueueSpec withDeadLetterStrategy(DeadLetterStrategy value) {
        return withArgument("x-dead-letter-strategy", value.argument());
    }

    // ---- consumers --------------------------------------------------------------------------------------------------

    /** Whether one consumer gets everything while the others wait to take its place. Not for streams. */
    public QueueSpec withSingleActiveConsumer(boolean value) {
        return withArgument("x-single-active-consumer", value);
    }

    /**
     * How long a delivery may stay unsettled ({@code x-consumer-timeout}); whole milliseconds, at least one. What happens
     * then depends on the version: see the project's notes on brokers. Quorum queues, from RabbitMQ 4.0 on.
     */
    public QueueSpec withConsumerTimeout(Duration value) {
        return withArgument("x-consumer-timeout", ArgumentValues.millis("x-consumer-timeout", value, 1));
    }

    /**
     * How long a quorum queue waits for a consumer on a node that it cannot reach before it gives that one's messages to
     * others ({@code x-consumer-disconnected-timeout}, RabbitMQ 4.3); whole milliseconds, at least one.
     */
    public QueueSpec withConsumerDisconnectedTimeout(Duration value) {
        return withArgument(
                "x-consumer-disconnected-timeout", ArgumentValues.millis("x-consumer-disconnected-timeout", value, 1));
    }

    // ---- classic queues ---------------------------------------------------------------------------------------------

    /**
     * The highest priority that a classic queue tells apart ({@code x-max-priority}), 0 to 255; few are cheap. Quorum
     * queues have theirs without an argument.
     */
    public QueueSpec withMaxPriority(int value) {
        return withArgument("x-max-priority", ArgumentValues.within("x-max-priority", value, 0, 255));
    }

    /** The storage format of a classic queue ({@code x-queue-version}), 1 or 2; RabbitMQ 4.3 knows 2 only. */
    public QueueSpec withVersion(int value) {
        return withArgument("x-queue-version", ArgumentValues.within("x-queue-version", value, 1, 2));
    }

    /** Keeps a classic queue's messages on disk ({@code x-queue-mode=lazy}); from RabbitMQ 3.12 on it has no effect. */
    public QueueSpec withLazyMode() {
        return withArgument("x-queue-mode", "lazy");
    }

    // ---- quorum queues ----------------------------------------------------------------------------------------------

    /**
     * After how many failed attempts a quorum queue drops or dead-letters a message ({@code x-delivery-limit}). Not set:
     * 20 from RabbitMQ 4.0 on, none before.
     */
    public QueueSpec withDeliveryLimit(int value) {
        return withArgument("x-delivery-limit", ArgumentValues.atLeast("x-delivery-limit", value, 0));
    }

    /**
     * Lets a quorum queue deliver a message any number of times ({@code x-delivery-limit=-1}, RabbitMQ 4.0). RabbitMQ 3
     * would drop each message at its first return, so there declaring it is refused; it has no limit anyway.
     */
    public QueueSpec withUnlimitedDeliveries() {
        return withArgument("x-delivery-limit", -1L);
    }

    /** On how many nodes a quorum queue begins ({@code x-quorum-initial-group-size}), at least 1. */
    public QueueSpec withInitialGroupSize(int value) {
        return withArgument(
                "x-quorum-initial-group-size", ArgumentValues.atLeast("x-quorum-initial-group-size", value, 1));
    }

    /** How many replicas a quorum queue strives for ({@code x-quorum-target-group-size}, RabbitMQ 3.13), at least 1. */
    public QueueSpec withTargetGroupSize(int value) {
        return withArgument(
                "x-quorum-target-group-size", ArgumentValues.atLeast("x-quorum-target-group-size", value, 1));
    }

    /**
     * Holds messages back that come back to a quorum queue, longer with each failed attempt ({@code x-delayed-retry-type},
     * {@code -min}, {@code -max}, RabbitMQ 4.3). Others overtake them meanwhile.
     *
     * @param min the first delay; whole milliseconds, at least one
     * @param max no delay is longer; at least {@code min}
     */
    public QueueSpec withDelayedRetry(DelayedRetryType type, Duration min, Duration max) {
        long least = ArgumentValues.millis("x-delayed-retry-min", min, 1);
        return withArgument("x-delayed-retry-type", type.argument())
                .withArgument("x-delayed-retry-min", least)
                .withArgument("x-delayed-retry-max", ArgumentValues.millis("x-delayed-retry-max", max, least));
    }

    // ---- replicated queues and streams ------------------------------------------------------------------------------

    /** On which node the leader begins ({@code x-queue-leader-locator}); classic queues know it from RabbitMQ 4.0 on. */
    public QueueSpec withLeaderLocator(LeaderLocator value) {
        return withArgument("x-queue-leader-locator", value.argument());
    }

    /** On how many nodes a stream begins ({@code x-initial-cluster-size}), at least 1. */
    public QueueSpec withInitialClusterSize(int value) {
        return withArgument("x-initial-cluster-size", ArgumentValues.atLeast("x-initial-cluster-size", value, 1));
    }

    /** How old a stream's messages get ({@code x-max-age}); whole seconds, at least one. Only whole segments are removed. */
    public QueueSpec withMaxAge(Duration value) {
        return withArgument("x-max-age", ArgumentValues.seconds("x-max-age", value));
    }

    /** How large a stream's segment files grow ({@code x-stream-max-segment-size-bytes}), 1 to 3 000 000 000 bytes. */
    public QueueSpec withMaxSegmentSizeBytes(long value) {
        if (value < 1 || value > MAX_SEGMENT_SIZE) {
            throw new IllegalArgumentException(
                    "x-stream-max-segment-size-bytes " + value + " is not in 1.." + MAX_SEGMENT_SIZE);
        }
        return withArgument("x-stream-max-segment-size-bytes", value);
    }

    /** How large the filter of each chunk of a stream is ({@code x-stream-filter-size-bytes}, RabbitMQ 3.13), 16 to 255. */
    public QueueSpec withStreamFilterSizeBytes(int value) {
        return withArgument(
                "x-stream-filter-size-bytes", ArgumentValues.within("x-stream-filter-size-bytes", value, 16, 255));
    }
}
