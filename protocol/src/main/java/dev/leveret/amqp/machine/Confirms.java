package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.MalformedFrameException;
import dev.leveret.amqp.wire.Method;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The confirms of one channel: whether the broker was asked for them, who waits for which, and for how long at most. */
final class Confirms {

    private final int channel;
    private final ConfirmTracker tracker = new ConfirmTracker();
    private final ConfirmTimeout timeout;
    private boolean selected;
    private @Nullable Runnable noneOutstanding;

    Confirms(Deadlines deadlines, int channel) {
        this.channel = channel;
        this.timeout = new ConfirmTimeout(deadlines, channel, tracker, this::tellIfNoneOutstanding);
    }

    /** Whether the channel is in confirm mode, or will be when the broker reads what was sent. */
    boolean isSelected() {
        return selected;
    }

    void select() {
        selected = true;
    }

    /** How long a publish waits; without, for as long as there is a channel. */
    void limit(Duration longest) {
        timeout.limit(longest);
    }

    /** A message was written; in confirm mode it will be confirmed, whether or not somebody waits for that. */
    void published(@Nullable Publication publication) {
        if (selected) {
            tracker.add(publication);
            timeout.published();
        }
    }

    void onAck(BasicMethod.Ack ack) {
        require(ack, ack.deliveryTag());
        tracker.ack(ack.deliveryTag(), ack.multiple());
        tellIfNoneOutstanding();
    }

    void onNack(BasicMethod.Nack nack) {
        require(nack, nack.deliveryTag());
        tracker.nack(nack.deliveryTag(), nack.multiple());
        tellIfNoneOutstanding();
    }

    private void require(Method method, long sequence) {
        if (!selected || !tracker.isKnown(sequence)) {
            throw new MalformedFrameException(
                    ReplyCode.NOT_ALLOWED,
                    method.name() + " of publish " + sequence + " on channel " + channel
                            + ", which made no such publish");
        }
    }

    /** @return whether somebody waits for the result of the message that came back */
    boolean returned(ReturnedMessage message) {
        return tracker.returned(message);
    }

    /** How many publishes wait for their confirm. */
    int outstanding() {
        return tracker.outstanding();
    }

    /** For how long the oldest of them waits. */
    Optional<Duration> oldest() {
        return timeout.oldest();
    }

    /** Tells once, at once or as soon as nobody waits for the fate of a publish. */
    void whenNoneOutstanding(Runnable action) {
        noneOutstanding = action;
        tellIfNoneOutstanding();
    }

    private void tellIfNoneOutstanding() {
        Runnable action = noneOutstanding;
        if (action != null && tracker.outstanding() == 0) {
            noneOutstanding = null;
            action.run();
        }
    }

    /** No confirm will come any more. */
    void end(AmqpException reason, @Nullable PublishRefusal refusal) {
        timeout.stop();
        tracker.failAll(reason, refusal);
        tellIfNoneOutstanding();
    }
}
