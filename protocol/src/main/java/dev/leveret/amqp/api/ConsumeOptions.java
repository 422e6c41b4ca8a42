package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How to consume from a queue. Immutable; the withers return changed copies. */
public final class ConsumeOptions {

    /** A prefetch that keeps a consumer busy over an ordinary network without hoarding. */
    public static final int DEFAULT_PREFETCH = 100;

    /** The pseudo-queue of direct reply-to. */
    public static final String DIRECT_REPLY_TO = "amq.rabbitmq.reply-to";

    /** How many deliveries may wait for a consumer whose prefetch does not bound them. */
    public static final int DEFAULT_BUFFER_MESSAGES = 1_000;

    /** How many bytes of deliveries may wait for a consumer. */
    public static final long DEFAULT_BUFFER_BYTES = 16 * 1024 * 1024;

    private final String queue;
    private String consumerTag = "";
    private int prefetch = DEFAULT_PREFETCH;
    private boolean autoAck;
    private boolean exclusive;
    private Map<String, @Nullable Object> arguments = Map.of();
    private HandlerErrorPolicy onHandlerError = HandlerErrorPolicy.CLOSE_CHANNEL;
    private @Nullable Executor executor;
    private int bufferMessages = DEFAULT_BUFFER_MESSAGES;
    private long bufferBytes = DEFAULT_BUFFER_BYTES;
    private int ackBatchSize = 1;
    private Duration ackBatchDelay = Duration.ZERO;

    private ConsumeOptions(String queue) {
        this.queue = ShortString.require("queue name", queue);
    }

    /** Manual acknowledgement, a prefetch of {@value #DEFAULT_PREFETCH}. */
    public static ConsumeOptions of(String queue) {
        return new ConsumeOptions(queue);
    }

    /** The queue's name. */
    public String queue() {
        return queue;
    }

    /** The consumer's name on its channel; empty: the client makes one up. */
    public String consumerTag() {
        return consumerTag;
    }

    /** How many unsettled deliveries the broker sends at most to this consumer; 0 for no limit. */
    public int prefetch() {
        return prefetch;
    }

    /** Whether the broker considers each message settled when it has sent it. */
    public boolean autoAck() {
        return autoAck;
    }

    /** Whether to be the queue's only consumer, or fail. */
    public boolean exclusive() {
        return exclusive;
    }

    /** Arguments of {@code basic.consume}. */
    public Map<String, @Nullable Object> arguments() {
        return arguments;
    }

    /** What happens to a delivery whose handler throws. */
    public HandlerErrorPolicy onHandlerError() {
        return onHandlerError;
    }

    /** Where the handler runs; empty: the client's own threads. */
    public Optional<Executor> executor() {
        return Optional.ofNullable(executor);
    }

    /** How many deliveries may wait for the consumer. */
    public int bufferMessages() {
        return bufferMessages;
    }

    /** How many bytes of bodies may wait for the consumer. */
    public long bufferBytes() {
        return bufferBytes;
    }

    /** How many acknowledgements are gathered before they are sent. */
    public int ackBatchSize() {
        return ackBatchSize;
    }

    /** How long an acknowledgement waits at most for others. */
    public Duration ackBatchDelay() {
        return ackBatchDelay;
    }

    /** Empty (the default): the client makes one up. At most 255 bytes, not used on the channel already. */
    public ConsumeOptions withConsumerTag(String value) {
        ShortString.require("consumer tag", value);
        return with(it -> it.consumerTag = value);
    }

    /** 1..65535, or 0 for no limit, which only {@link #withAutoAck} needs: there the broker does not heed it. */
    public ConsumeOptions withPrefetch(int value) {
        if (value < 0 || value > 65535) {
            throw new IllegalArgumentException("prefetch " + value + " is not in 0..65535");
        }
        return with(it -> it.prefetch = value);
    }

    /**
     * Has the broker consider each message settled when it has sent it: what is delivered and not yet handled when the
     * process ends is lost.
     */
    public ConsumeOptions withAutoAck(boolean value) {
        return with(it -> it.autoAck = value);
    }

    /** Whether to be the queue's only consumer; the broker refuses (403) if there is another. */
    public ConsumeOptions withExclusive(boolean value) {
        return with(it -> it.exclusive = value);
    }

    /** Adds an argument of {@code basic.consume}. */
    public ConsumeOptions withArgument(String key, Object value) {
        return with(it -> it.arguments = FieldValues.plus(arguments, key, value));
    }

    /** What happens to a delivery whose handler throws; the default closes the channel. */
    public ConsumeOptions withOnHandlerError(HandlerErrorPolicy value) {
        return with(it -> it.onHandlerError = value);
    }

    /**
     * Where the handler runs, one delivery of a channel at a time and in order. The default is the client's own threads:
     * virtual ones where the JVM has them (21 and later).
     */
    public ConsumeOptions withExecutor(Executor value) {
        return with(it -> it.executor = value);
    }

    /**
     * Bounds what waits for the consumer in memory, {@value #DEFAULT_BUFFER_MESSAGES} deliveries and
     * {@value #DEFAULT_BUFFER_BYTES} bytes by default. Where more arrives the client stops reading from the connection
     * until half of it is handled, and so makes the broker wait; all that uses the connection waits along. A prefetch
     * keeps a consumer below the first bound; only this keeps it below the second. Both are overrun by what one read of
     * the socket brings.
     */
    public ConsumeOptions withBuffer(int messages, long bytes) {
        if (messages < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a buffer of " + messages + " messages and " + bytes + " bytes: both must be positive");
        }
        return with(it -> {
            it.bufferMessages = messages;
            it.bufferBytes = bytes;
        });
    }

    /**
     * Gathers acknowledgements: up to {@code size} of them, none longer than {@code delay}, and never more than half of
     * the prefetch, so that deliveries keep coming. They are sent as few frames: one {@code multiple} for all up to the
     * first delivery that is not settled, the rest singly. What is gathered when the connection is lost is delivered
     * again; a close sends it first. Consumers that share a channel share the smallest of their sizes and delays.
     *
     * <p>Without this, acknowledgements that are given while the event loop is busy travel together, and none waits.
     *
     * @param size 1 (no waiting) to 65535
     * @param delay more than zero, at most a minute
     */
    public ConsumeOptions withAckBatch(int size, Duration delay) {
        if (size < 1 || size > 65535) {
            throw new IllegalArgumentException("an acknowledgement batch of " + size + " is not in 1..65535");
        }
        if (delay.isNegative() || delay.isZero() || delay.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException(
                    "an acknowledgement delay of " + delay + " is not more than zero and at most a minute");
        }
        return with(it -> {
            it.ackBatchSize = size;
            it.ackBatchDelay = delay;
        });
    }

    private ConsumeOptions with(Consumer<ConsumeOptions> change) {
        ConsumeOptions copy = new ConsumeOptions(queue);
        copy.consumerTag = consumerTag;
        copy.prefetch = prefetch;
        copy.autoAck = autoAck;
        copy.exclusive = exclusive;
        copy.arguments = arguments;
        copy.onHandlerError = onHandlerError;
        copy.executor = executor;
        copy.bufferMessages = bufferMessages;
        copy.bufferBytes = bufferBytes;
        copy.ackBatchSize = ackBatchSize;
        copy.ackBatchDelay = ackBatchDelay;
        change.accept(copy);
        return copy;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConsumeOptions that
                && queue.equals(that.queue)
                && consumerTag.equals(that.consumerTag)
                && prefetch == that.prefetch
                && autoAck == that.autoAck
                && exclusive == that.exclusive
                && arguments.equals(that.arguments)
                && onHandlerError == that.onHandlerError
                && Objects.equals(executor, that.executor)
                && bufferMessages == that.bufferMessages
                && bufferBytes == that.bufferBytes
                && ackBatchSize == that.ackBatchSize
                && ackBatchDelay.equals(that.ackBatchDelay);
    }

    @Override
    public int hashCode() {
        return Objects.hash(queue, consumerTag, prefetch, autoAck, exclusive, arguments);
    }

    @Override
    public String toString() {
        return "ConsumeOptions[queue='" + queue + "', consumerTag='" + consumerTag + "', prefetch=" + prefetch
                + (autoAck ? ", autoAck" : "") + (exclusive ? ", exclusive" : "")
                + (arguments.isEmpty() ? "" : ", arguments=" + arguments) + "]";
    }

    // ---- RabbitMQ's arguments ---------------------------------------------------------------------------------------

    /**
     * Consumes replies to this channel's requests without declaring a queue (direct reply-to): publish requests with
     * {@link BasicProperties#replyTo} {@value #DIRECT_REPLY_TO}, on this very channel and after this consumer has started.
     * The broker allows one such consumer per channel, acknowledges automatically, and drops replies that come when the
     * channel is gone.
     */
    public static ConsumeOptions directReplyTo() {
        return of(DIRECT_REPLY_TO).withAutoAck(true);
    }

    /** Consumers of lower priority get messages only while those of a higher one are busy ({@code x-priority}); default 0. */
    public ConsumeOptions withPriority(int value) {
        return withArgument("x-priority", value);
    }

    /** Where in a stream to begin ({@code x-stream-offset}); not set: {@link StreamOffset#next()}. */
    public ConsumeOptions withStreamOffset(StreamOffset value) {
        return withArgument("x-stream-offset", value.argument());
    }

    /**
     * Delivers only chunks of a stream that may have messages of these filter values ({@code x-stream-filter}, RabbitMQ
     * 3.13): see {@link BasicProperties.Builder#streamFilterValue}. A chunk may have others too, so look again.
     */
    public ConsumeOptions withStreamFilter(String... values) {
        return withArgument("x-stream-filter", List.of(values));
    }

    /** Whether messages without a filter value come too ({@code x-stream-match-unfiltered}, RabbitMQ 3.13). */
    public ConsumeOptions withStreamMatchUnfiltered(boolean value) {
        return withArgument("x-stream-match-unfiltered", value);
    }

    /**
     * How long a delivery may stay unsettled ({@code x-consumer-timeout}) before the broker cancels this consumer and gives
     * it to another; whole milliseconds, at least one. Quorum queues of RabbitMQ 4.3, where it wins over the queue's own.
     */
    public ConsumeOptions withConsumerTimeout(Duration value) {
        return withArgument("x-consumer-timeout", ArgumentValues.millis("x-consumer-timeout", value, 1));
    }
}
