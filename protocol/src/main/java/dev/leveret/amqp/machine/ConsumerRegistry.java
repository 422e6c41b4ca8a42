package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The consumers of one channel by their tags. */
final class ConsumerRegistry {

    /** One consumer, known from before {@code basic.consume} is written, as deliveries may follow its answer at once. */
    static final class Consumer {
        final String tag;
        final boolean autoAck;
        final ConsumerSink sink;
        final int prefetch;
        /** Tells whose an unsettled delivery is; the channel's first consumer has 0. */
        int index;
        /** Whether it got a delivery in the current batch. */
        boolean touched;
        /** Whether the broker cancelled it; it stays known until the broker has answered our own cancel. */
        boolean ended;

        Consumer(String tag, boolean autoAck, ConsumerSink sink) {
            this(tag, autoAck, sink, 0);
        }

        Consumer(String tag, boolean autoAck, ConsumerSink sink, int prefetch) {
            this.prefetch = prefetch;
            this.tag = tag;
            this.autoAck = autoAck;
            this.sink = sink;
        }
    }

    private final Map<String, Consumer> consumers = new HashMap<>();
    private final List<Consumer> touched = new ArrayList<>();
    private @Nullable Consumer recent;
    private int added;

    void add(Consumer consumer) {
        consumers.put(consumer.tag, consumer);
        consumer.index = added++;
    }

    Collection<Consumer> all() {
        return consumers.values();
    }

    @Nullable
    Consumer get(String tag) {
        Consumer last = recent;
        if (last == null || !last.tag.equals(tag)) {
            last = consumers.get(tag);
            recent = last;
        }
        return last;
    }

    /**
     * Ends a consumer that the broker cancelled. It stays registered: deliveries may still come for it.
     *
     * @return whether there was one that had not ended
     */
    boolean endByBroker(String tag, AmqpException cause) {
        Consumer consumer = consumers.get(tag);
        if (consumer == null || consumer.ended) {
            return false;
        }
        end(consumer, cause);
        return true;
    }

    /** The broker has answered our cancel: no delivery will come. */
    void remove(String tag) {
        Consumer consumer = consumers.remove(tag);
        recent = null;
        if (consumer != null) {
            end(consumer, null);
        }
    }

    /** The channel is being closed: no delivery is handed over any more. */
    void closing() {
        List.copyOf(consumers.values()).forEach(it -> {
            if (!it.ended) {
                batchEnd(it);
                it.sink.onClosing();
            }
        });
    }

    void endAll(@Nullable AmqpException cause) {
        List.copyOf(consumers.values()).forEach(it -> end(it, cause));
        consumers.clear();
        recent = null;
    }

    private static void end(Consumer consumer, @Nullable AmqpException cause) {
        if (!consumer.ended) {
            batchEnd(consumer);
            consumer.ended = true;
            consumer.sink.onEnd(cause);
        }
    }

    /**
     * Notes that a consumer got a delivery.
     *
     * @return whether it is the channel's first in this batch
     */
    boolean touch(Consumer consumer) {
        if (consumer.touched) {
            return false;
        }
        consumer.touched = true;
        touched.add(consumer);
        return touched.size() == 1;
    }

    /** Tells the consumers that got deliveries that this is all for now. */
    void batchEnd() {
        for (int i = 0; i < touched.size(); i++) {
            batchEnd(touched.get(i));
        }
        touched.clear();
    }

    private static void batchEnd(Consumer consumer) {
        if (consumer.touched) {
            consumer.touched = false;
            consumer.sink.onBatchEnd();
        }
    }
}
