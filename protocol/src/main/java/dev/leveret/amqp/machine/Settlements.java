package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionObserver.Settlement;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.MalformedFrameException;
import dev.leveret.amqp.wire.Method;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What was delivered on one channel and how it is settled: when acknowledgements are written, and who is told. */
final class Settlements {

    private static final int NO_CONSUMER = -1;

    private final ConnectionMachine connection;
    private final ChannelMachine channel;
    private final SettleBook book = new SettleBook();
    private final Timeline times = new Timeline();
    private final @Nullable ConnectionObserver observer;

    private long highestTag;
    /** How many {@code basic.recover} are not answered: what is settled until then the broker takes back as well. */
    private int recovering;

    /** The acknowledgements that wait are written at the end of the input. */
    private boolean flushDue;

    private int batchSize;
    private @Nullable Duration batchDelay;
    private Deadlines.@Nullable Deadline deadline;

    Settlements(ConnectionMachine connection, ChannelMachine channel) {
        this.connection = connection;
        this.channel = channel;
        this.observer = connection.observer();
    }

    // ---- deliveries -----------------------------------------------------------------------------------------------

    /**
     * Every delivery's tag, also of those that need no settling.
     *
     * @throws MalformedFrameException if it is not above all before
     */
    void arrived(long tag) {
        if (tag <= highestTag) {
            throw new MalformedFrameException(
                    ReplyCode.NOT_ALLOWED,
                    "delivery tag " + tag + " on channel " + channel.number() + " after " + highestTag
                            + ": tags must grow");
        }
        highestTag = tag;
    }

    /** A consumer's delivery has to be settled. */
    void delivered(long tag, int consumer) {
        book.delivered(tag, consumer);
        times.note(tag, connection.now());
    }

    /** A message that was fetched has to be settled. */
    void fetched(long tag) {
        delivered(tag, NO_CONSUMER);
    }

    // ---- settling -------------------------------------------------------------------------------------------------

    /** Lets acknowledgements wait for others, as {@link ChannelMachine#gatherAcks} says. */
    void gather(int size, Duration delay) {
        batchSize = batchSize == 0 ? size : Math.min(batchSize, size);
        batchDelay = batchDelay == null || delay.compareTo(batchDelay) < 0 ? delay : batchDelay;
    }

    /** Notes an acknowledgement; it is written at the end of the input or of its batch, together with others. */
    void ack(long tag, boolean multiple) {
        if (recovering > 0 || !book.ack(tag, multiple) || flushDue) {
            return;
        }
        if (batchDelay == null || batchDelay.isZero() || book.acks() >= batchSize) {
            flushDue();
        } else if (deadline == null) {
            deadline = connection.deadlines().after(batchDelay, this::flushDue);
        }
    }

    private void flushDue() {
        flushDue = true;
        connection.needsFlush(channel);
    }

    /**
     * Writes one acknowledgement by itself: after a rollback the broker would take "up to this one" for those rolled back too.
     *
     * @return whether there was anything to acknowledge
     */
    boolean ackAlone(long tag, boolean multiple) {
        if (recovering > 0 || !book.remove(tag, multiple)) {
            return false;
        }
        connection.writeAck(channel.number(), tag, multiple);
        return true;
    }

    /** @return whether there was anything to refuse */
    boolean nack(long tag, boolean multiple, boolean requeue) {
        return refuse(tag, multiple, new BasicMethod.Nack(tag, multiple, requeue), Settlement.NACKED, requeue);
    }

    /** @return whether there was anything to refuse */
    boolean reject(long tag, boolean requeue) {
        return refuse(tag, false, new BasicMethod.Reject(tag, requeue), Settlement.REJECTED, requeue);
    }

    private boolean refuse(long tag, boolean multiple, Method method, Settlement how, boolean requeue) {
        if (recovering > 0) {
            return false;
        }
        flush();
        int before = observedOutstanding();
        if (!book.remove(tag, multiple)) {
            return false;
        }
        connection.write(channel.number(), method);
        observe(how, requeue, before);
        return true;
    }

    /** Nobody was told of the delivery, so nobody is told of its settlement. */
    void giveBack(long tag) {
        if (recovering > 0) {
            return;
        }
        flush();
        if (book.remove(tag, false)) {
            connection.answer(channel.number(), new BasicMethod.Nack(tag, false, true));
        }
    }

    /** Writes the noted acknowledgements. */
    void flush() {
        flushDue = false;
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
        if (book.hasAcks()) {
            int before = observedOutstanding();
            book.flush((tag, multiple) -> connection.writeAck(channel.number(), tag, multiple));
            observe(Settlement.ACKED, false, before);
        }
    }

    /** The broker was asked to take back all unsettled deliveries: it does, also those that are settled until it answers. */
    void recovering() {
        recovering++;
    }

    /**
     * The broker has taken back all unsettled deliveries.
     *
     * @return the highest tag among them
     */
    long recovered() {
        recovering--;
        clear();
        return highestTag;
    }

    /** Nothing can be settled any more: the broker has taken everything back, or will when it hears of the end. */
    void clear() {
        int before = observedOutstanding();
        book.clear();
        observe(Settlement.TAKEN_BACK, true, before);
    }

    private int observedOutstanding() {
        return observer == null ? 0 : book.outstanding();
    }

    /** Tells how many fewer deliveries are unsettled than before. */
    private void observe(Settlement how, boolean requeue, int before) {
        if (observer != null && before > book.outstanding()) {
            observer.onSettled(channel.number(), how, requeue, before - book.outstanding());
        }
    }

    // ---- what diagnostics ask -------------------------------------------------------------------------------------

    /** How many deliveries nobody has settled. */
    int unsettled() {
        return book.outstanding() - book.acks();
    }

    /** The unsettled deliveries of a consumer, as far as the broker knows, the oldest first. */
    long[] unsettledOf(int consumer) {
        return book.outstandingOf(consumer).toArray();
    }

    /** How long ago a delivery came. */
    Duration age(long tag) {
        long now = connection.now();
        return Duration.ofNanos(now - times.timeOf(tag, now));
    }

    /** How long ago the oldest of these deliveries came. */
    Optional<Duration> oldest(long[] tags) {
        return tags.length == 0 ? Optional.empty() : Optional.of(age(tags[0]));
    }
}
