package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows how long publishes wait for their confirms, and gives up those that wait too long: a queue without a majority confirms
 * nothing, on a connection that is as well as can be.
 *
 * <p>To a publish it costs a comparison or two: ages are known within a tenth of a second or of themselves.
 */
final class ConfirmTimeout {

    private static final Duration LEAST_PAUSE = Duration.ofNanos(Timeline.RESOLUTION_NANOS);

    private final Deadlines deadlines;
    private final int channel;
    private final ConfirmTracker confirms;
    private final Runnable afterwards;
    private final Timeline times = new Timeline();
    private @Nullable Duration limit;
    private Deadlines.@Nullable Deadline deadline;

    /** @param afterwards runs when publishes were given up */
    ConfirmTimeout(Deadlines deadlines, int channel, ConfirmTracker confirms, Runnable afterwards) {
        this.deadlines = deadlines;
        this.channel = channel;
        this.confirms = confirms;
        this.afterwards = afterwards;
    }

    /** From now on. Without, publishes wait for as long as there is a channel. */
    void limit(Duration value) {
        limit = value;
    }

    /** The last publish of the tracker was just written. */
    void published() {
        times.note(confirms.last(), deadlines.now());
        Duration longest = limit;
        if (deadline == null && longest != null) {
            deadline = deadlines.after(longest, () -> giveUp(longest));
        }
    }

    private void giveUp(Duration longest) {
        confirms.giveUp(
                times.givenOutBy(deadlines.now() - longest.toNanos()),
                new AmqpTimeoutException(
                        "the broker has not confirmed it within " + longest + ", on channel " + channel));
        deadline = oldest().map(longest::minus)
                .map(left -> left.compareTo(LEAST_PAUSE) < 0 ? LEAST_PAUSE : left)
                .map(left -> deadlines.after(left, () -> giveUp(longest)))
                .orElse(null);
        afterwards.run();
    }

    /** For how long the oldest unconfirmed publish waits. */
    Optional<Duration> oldest() {
        if (confirms.outstanding() == 0) {
            return Optional.empty();
        }
        long now = deadlines.now();
        return Optional.of(Duration.ofNanos(now - times.timeOf(confirms.firstUnanswered(), now)));
    }

    /** Nobody waits any more. */
    void stop() {
        limit = null;
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }
}
