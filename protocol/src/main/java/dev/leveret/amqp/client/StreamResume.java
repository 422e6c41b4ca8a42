package dev.leveret.amqp.client;

import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.recovery.StreamProgress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a consumer goes on that was stopped, if it consumes from a stream: a stream keeps what was consumed, so the broker
 * does not know. Who is known to read one is told; the header alone is no proof, as a message that somebody has copied to a
 * queue keeps it. On the event loop.
 */
final class StreamResume {

    private static final String OFFSET = "x-stream-offset";

    private boolean readsStream;
    private @Nullable StreamProgress progress;
    /** Who tells what is settled. */
    private @Nullable Incarnation watched;

    /**
     * The arguments to consume with: those asked for, but from where it was left.
     *
     * @param fromStream whether it is known that they are for a stream
     */
    Map<String, @Nullable Object> arguments(Map<String, @Nullable Object> asked, boolean fromStream) {
        readsStream = fromStream;
        OptionalLong next = progress == null ? OptionalLong.empty() : progress.resumeFrom();
        if (next.isEmpty()) {
            return asked;
        }
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>(asked);
        arguments.put(OFFSET, next.getAsLong());
        return arguments;
    }

    /** Takes note of a delivery; whether it is one that was processed before, and came again with those that were not. */
    boolean isKnown(Delivery delivery, Incarnation from) {
        if (!readsStream
                || delivery.autoAcknowledged()
                || !(delivery.properties().headers().get(OFFSET) instanceof Number number)) {
            return false;
        }
        StreamProgress current = progress;
        if (current == null) {
            current = new StreamProgress();
            progress = current;
        }
        if (watched != from) {
            watched = from;
            from.watch(current);
        }
        return !current.onDelivered(delivery.deliveryTag(), number.longValue());
    }

    /** Its machine does not run it any more: delivery tags begin anew. */
    void stopped() {
        watched = null;
        if (progress != null) {
            progress.newIncarnation();
        }
    }
}
