package dev.leveret.amqp.api;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * How to consume from a queue. Immutable; the withers return changed copies.
 *
 * @param queue the queue's name
 * @param consumerTag the consumer's name on its channel; empty: the client makes one up
 * @param prefetch how many unsettled deliveries the broker sends at most to this consumer, 1..65535; 0 for no limit,
 *     which only {@code autoAck} needs
 * @param autoAck whether the broker considers each message settled when it has sent it: what is delivered and not yet
 *     handled when the process ends is lost
 * @param exclusive whether to be the queue's only consumer, or fail
 * @param arguments such as {@code x-priority} or {@code x-stream-offset}; copied
 * @param onHandlerError what happens to a delivery whose handler throws
 * @param executor where the handler runs, one delivery of a channel at a time and in order; empty: the client's own pool
 */
public record ConsumeOptions(
        String queue,
        String consumerTag,
        int prefetch,
        boolean autoAck,
        boolean exclusive,
        Map<String, @Nullable Object> arguments,
        HandlerErrorPolicy onHandlerError,
        Optional<Executor> executor) {

    /** A prefetch that keeps a consumer busy over an ordinary network without hoarding. */
    public static final int DEFAULT_PREFETCH = 100;

    public ConsumeOptions {
        ShortString.require("queue name", queue);
        ShortString.require("consumer tag", consumerTag);
        if (prefetch < 0 || prefetch > 65535) {
            throw new IllegalArgumentException("prefetch " + prefetch + " is not in 0..65535");
        }
        arguments = FieldValues.copyTable("argument", arguments);
    }

    /** Manual acknowledgement, a prefetch of {@value #DEFAULT_PREFETCH}. */
    public static ConsumeOptions of(String queue) {
        return new ConsumeOptions(
                queue,
                "",
                DEFAULT_PREFETCH,
                false,
                false,
                Map.of(),
                HandlerErrorPolicy.CLOSE_CHANNEL,
                Optional.empty());
    }

    public ConsumeOptions withConsumerTag(String value) {
        return new ConsumeOptions(queue, value, prefetch, autoAck, exclusive, arguments, onHandlerError, executor);
    }

    public ConsumeOptions withPrefetch(int value) {
        return new ConsumeOptions(queue, consumerTag, value, autoAck, exclusive, arguments, onHandlerError, executor);
    }

    public ConsumeOptions withAutoAck(boolean value) {
        return new ConsumeOptions(queue, consumerTag, prefetch, value, exclusive, arguments, onHandlerError, executor);
    }

    public ConsumeOptions withExclusive(boolean value) {
        return new ConsumeOptions(queue, consumerTag, prefetch, autoAck, value, arguments, onHandlerError, executor);
    }

    public ConsumeOptions withArgument(String key, Object value) {
        return new ConsumeOptions(
                queue,
                consumerTag,
                prefetch,
                autoAck,
                exclusive,
                FieldValues.plus(arguments, key, value),
                onHandlerError,
                executor);
    }

    public ConsumeOptions withOnHandlerError(HandlerErrorPolicy value) {
        return new ConsumeOptions(queue, consumerTag, prefetch, autoAck, exclusive, arguments, value, executor);
    }

    public ConsumeOptions withExecutor(Executor value) {
        return new ConsumeOptions(
                queue, consumerTag, prefetch, autoAck, exclusive, arguments, onHandlerError, Optional.of(value));
    }
}
