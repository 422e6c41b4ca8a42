package dev.leveret.amqp.recovery;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How far a consumer of a stream has come, so that after a loss it goes on where it was: not from where it began, and not
 * past anything that was not processed. A broker keeps no such account of an AMQP 0-9-1 consumer.
 *
 * <p>What is settled counts as processed. Settled out of order, some of what comes again has been processed already: {@link
 * #isProcessed} tells which, for it to be acknowledged without being handed out.
 *
 * <p>It remembers what was delivered and not processed, no more than the prefetch. What lies between two deliveries is not
 * remembered: the broker has passed it over, by the consumer's filter.
 *
 * <p>A stream that was deleted and declared again is another one: it needs another object, as its offsets begin again.
 */
public final class StreamProgress {

    /** The deliveries of this incarnation that are not settled: from tag to offset. */
    private final TreeMap<Long, Long> unsettled = new TreeMap<>();
    /** The offsets of these, and of those of earlier incarnations that were never settled. */
    private final TreeSet<Long> unprocessed = new TreeSet<>();

    private boolean begun;
    private long first;
    private long last;

    /**
     * A delivery has come that is to be settled.
     *
     * @param deliveryTag above all earlier ones of this incarnation
     * @param offset its header {@code x-stream-offset}
     * @return whether it is to be processed; if not, it has been already and is acknowledged at once
     */
    public boolean onDelivered(long deliveryTag, long offset) {
        if (isProcessed(offset)) {
            return false;
        }
        if (!begun || offset < first) {
            beginAt(offset);
        }
        last = Math.max(last, offset);
        unsettled.put(deliveryTag, offset);
        unprocessed.add(offset);
        return true;
    }

    /**
     * Deliveries have been processed. Of those that are not known, or not this consumer's, nothing is noted.
     *
     * @param multiple whether all up to this tag
     */
    public void onSettled(long deliveryTag, boolean multiple) {
        if (multiple) {
            Map<Long, Long> settled = unsettled.headMap(deliveryTag, true);
            settled.values().forEach(unprocessed::remove);
            settled.clear();
        } else {
            Long offset = unsettled.remove(deliveryTag);
            if (offset != null) {
                unprocessed.remove(offset);
            }
        }
    }

    /** Another channel or connection: tags begin again, and what was not settled can not be any more and comes again. */
    public void newIncarnation() {
        unsettled.clear();
    }

    /** Whether a delivery of this offset was processed, in this incarnation or an earlier one. */
    public boolean isProcessed(long offset) {
        return begun && offset >= first && offset <= last && !unprocessed.contains(offset);
    }

    /**
     * The offset to consume from after a loss: of the first delivery that was not processed, or the one after the last; empty
     * if there was none, so that the consumer begins as it did the first time.
     */
    public OptionalLong resumeFrom() {
        if (!begun) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(unprocessed.isEmpty() ? last + 1 : unprocessed.first());
    }

    /** Also when offsets begin anew, so that nothing that is known says anything: better twice than not at all. */
    private void beginAt(long offset) {
        unsettled.clear();
        unprocessed.clear();
        first = offset;
        last = offset;
        begun = true;
    }

    /** How many deliveries are remembered. */
    int retained() {
        return unsettled.size() + unprocessed.size();
    }
}
