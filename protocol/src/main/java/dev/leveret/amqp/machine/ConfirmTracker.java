package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.ReturnedMessage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Publishes that wait for the broker's confirm, by sequence number (publisher confirms, a RabbitMQ extension: the broker
 * counts the publishes of a channel from 1 on and acks or nacks these numbers, alone or with all before).
 *
 * <p>A ring over the unanswered range: below {@code base} nobody waits for an answer, {@code next} is the number of the next
 * publish. A {@code null} slot has its answer, or nobody waits for it.
 *
 * <p>A {@code basic.return} carries no number. It comes before the confirm of its publish, and returns come in the order of
 * the publishes, so it belongs to the first publish without an answer that looks most like it; where several do equally, it
 * makes no difference which, as they are the same message to the same place.
 */
final class ConfirmTracker {

    private static final int INITIAL_CAPACITY = 64;

    private @Nullable Publication[] slots = new @Nullable Publication[INITIAL_CAPACITY];
    private long base = 1;
    private long next = 1;
    /** The last publish whose result nobody waits for: what it was is not known any more. */
    private long lastUnwatched;

    /** Takes the next sequence number. */
    void add(@Nullable Publication publication) {
        if (next - base == slots.length) {
            skipAnswered();
        }
        if (next - base == slots.length) {
            grow();
        }
        slots[index(next)] = publication;
        if (publication == null) {
            lastUnwatched = next;
        }
        next++;
    }

    /** Whether an ack or nack of this number makes sense. */
    boolean isKnown(long sequence) {
        return sequence > 0 && sequence < next; // unsigned on the wire, so the highest come negative
    }

    void ack(long sequence, boolean multiple) {
        settle(sequence, multiple, PublishResult.Confirmed.INSTANCE);
    }

    void nack(long sequence, boolean multiple) {
        settle(sequence, multiple, new PublishResult.Nacked());
    }

    /**
     * The broker returned a message.
     *
     * @return whether somebody waited for it
     */
    boolean returned(ReturnedMessage message) {
        long found = find(message);
        if (found < 0) {
            return false;
        }
        // The confirm that follows finds the slot empty: the return has told all.
        complete(found, new PublishResult.Returned(message));
        return true;
    }

    /**
     * Ends every unanswered publish: as rejected if the broker certainly did not take it, otherwise as unknown.
     *
     * @param refusal the publish over which the broker closed the channel, if it was one and can be told
     */
    void failAll(AmqpException cause, @Nullable PublishRefusal refusal) {
        PublishResult unknown = new PublishResult.Unknown(cause);
        PublishResult rejected = new PublishResult.Rejected(cause);
        long firstRejected = refusal == null ? next : firstRejected(refusal);
        for (long sequence = base; sequence < next; sequence++) {
            complete(sequence, sequence < firstRejected ? unknown : rejected);
        }
        base = next;
    }

    /** Answers will be heard no more of publishes up to this one: what has become of them is unknown. */
    void giveUp(long upTo, AmqpException cause) {
        PublishResult unknown = new PublishResult.Unknown(cause);
        for (long sequence = base; sequence < next && sequence <= upTo; sequence++) {
            complete(sequence, unknown);
        }
        skipAnswered();
    }

    /** How many publishes have no answer yet. */
    int outstanding() {
        int count = 0;
        for (long sequence = base; sequence < next; sequence++) {
            if (slots[index(sequence)] != null) {
                count++;
            }
        }
        return count;
    }

    /** The number of the publish that was added last. */
    long last() {
        return next - 1;
    }

    /** The number of the first publish without an answer; that of the next publish if there is none. */
    long firstUnanswered() {
        skipAnswered();
        return base;
    }

    /** How many publishes there is room for before the ring grows. */
    int capacity() {
        return slots.length;
    }

    private void settle(long sequence, boolean multiple, PublishResult result) {
        if (sequence < base || sequence >= next) {
            return;
        }
        if (multiple) {
            for (long each = base; each <= sequence; each++) {
                complete(each, result);
            }
            base = sequence + 1;
        } else {
            complete(sequence, result);
        }
        skipAnswered();
    }

    /** Answers come out of order: the range begins where somebody waits. */
    private void skipAnswered() {
        while (base < next && slots[index(base)] == null) {
            base++;
        }
    }

    private void complete(long sequence, PublishResult result) {
        int index = index(sequence);
        Publication publication = slots[index];
        if (publication != null) {
            slots[index] = null;
            publication.onResult(result);
        }
    }

    /** The first of the publishes that look most like the returned message; -1 if none does. */
    private long find(ReturnedMessage message) {
        long best = -1;
        ReturnMatch closest = ReturnMatch.NONE;
        for (long sequence = base; sequence < next && closest != ReturnMatch.SAME; sequence++) {
            Publication candidate = slots[index(sequence)];
            if (candidate != null) {
                ReturnMatch match = ReturnMatch.of(candidate.message(), message);
                if (match.compareTo(closest) > 0) {
                    closest = match;
                    best = sequence;
                }
            }
        }
        return best;
    }

    /** The first publish that the broker cannot have taken; {@code next} if it may have taken all. */
    private long firstRejected(PublishRefusal refusal) {
        long found = 0;
        for (long sequence = base; sequence < next; sequence++) {
            Publication publication = slots[index(sequence)];
            if (publication != null && refusal.fits(publication.message())) {
                found = sequence;
                if (refusal.holdsForAll()) {
                    return found;
                }
            }
        }
        // Instead of the one that was found, any that nobody waits for may be the refused one.
        return found == 0 ? next : Math.max(found, lastUnwatched + 1);
    }

    private int index(long sequence) {
        return (int) sequence & slots.length - 1;
    }

    private void grow() {
        @Nullable Publication[] larger = new @Nullable Publication[slots.length * 2];
        for (long sequence = base; sequence < next; sequence++) {
            larger[(int) sequence & larger.length - 1] = slots[index(sequence)];
        }
        slots = Objects.requireNonNull(larger);
    }
}
