package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ReconnectBudget;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a lost connection is made again, and when no more: pauses, attempts, and the reasons to give up. What is dialled and
 * what is restored is the driver's.
 *
 * <p>All inputs and all calls of the driver are the event loop's. An input that its state does not await is ignored, so that
 * what comes too late does no harm. A driver may answer a call from within it.
 *
 * <p>Its deadlines must be of one origin for all machines that share a {@link ReconnectBudget}.
 */
public final class RecoveryMachine {

    /** Dials and restores. */
    public interface Driver {

        /**
         * Begins a round over all endpoints; to be answered by {@link #onDialed} or {@link #onDialFailed}.
         *
         * @param avoidLastAddress whether to try other addresses before that of the lost connection
         */
        void dial(boolean avoidLastAddress);

        /** Ends the round under way; it is not answered any more. */
        void cancelDial();

        /** Restores what there was on the new connection; to be answered by {@link #onReplayed} or {@link #onLost}. */
        void replay();

        /**
         * Calls may go on.
         *
         * @param attempts how many times was dialled since the loss, 1 or more
         * @param downtime since the loss
         */
        void onRecovered(int attempts, Duration downtime);

        /**
         * An attempt ended without a connection, or its connection was lost while things were restored on it.
         *
         * @param attempt from 1, since the loss
         * @param next how long until the next one; longer if the budget has none left by then
         */
        void onAttemptFailed(int attempt, AmqpException cause, Duration next);

        /** It is over; a connection on which things are being restored is to be closed. */
        void giveUp(AmqpException cause);
    }

    private final RecoveryOptions options;
    private final Deadlines deadlines;
    private final Driver driver;
    private final Backoff backoff;
    private final Repetition sameCauses;

    private RecoveryState state = RecoveryState.CONNECTED;
    /** Since when there has been a connection whose calls go on, or since when there has not. */
    private long since;

    private int attempts;
    private int refusals;
    /** Whether the back-off is that of a loss after a connection that lasted. */
    private boolean fresh = true;

    private boolean avoidLastAddress;
    private @Nullable AmqpException lastFailure;
    private Deadlines.@Nullable Deadline pause;
    private Deadlines.@Nullable Deadline end;

    /** For a connection that was opened just now. */
    public RecoveryMachine(RecoveryOptions options, Deadlines deadlines, RandomGenerator random, Driver driver) {
        this.options = options;
        this.deadlines = deadlines;
        this.driver = driver;
        backoff = new Backoff(options.initialDelay(), options.maxDelay(), random);
        sameCauses = new Repetition(options.sameCauseLimit(), options.sameCausePeriod());
        since = deadlines.now();
    }

    public RecoveryState state() {
        return state;
    }

    /** How many times was dialled since the last loss. */
    public int attempts() {
        return attempts;
    }

    // ---- inputs -----------------------------------------------------------------------------------------------------

    /**
     * The connection has ended without anybody's wish. One that this side closed on request is not recovered: that is given
     * up at once, with the cause as it is. Awaited while connected or replaying.
     */
    public void onLost(AmqpException cause) {
        if (state != RecoveryState.CONNECTED && state != RecoveryState.REPLAYING) {
            return;
        }
        if (!RecoveryCauses.isRecoverable(cause)) {
            giveUp(cause);
            return;
        }
        Optional<String> repeatable = RecoveryCauses.repeatable(cause);
        if (repeatable.isPresent() && sameCauses.tooOften(repeatable.get(), deadlines.now())) {
            giveUp(RecoveryCauses.givenUp(
                    "the connection was closed for the same cause " + options.sameCauseLimit() + " times within "
                            + options.sameCausePeriod() + " and is not recovered any more",
                    cause));
            return;
        }
        avoidLastAddress = RecoveryCauses.isForced(cause);
        if (state == RecoveryState.REPLAYING) {
            attemptFailed(cause);
            return;
        }
        beginRecovery(cause);
    }

    /**
     * A round has led to an open connection. Awaited while dialling.
     *
     * @return whether it is wanted; if not, the caller closes it
     */
    public boolean onDialed() {
        if (state != RecoveryState.DIALLING) {
            return false;
        }
        refusals = 0;
        enter(RecoveryState.REPLAYING);
        driver.replay();
        return true;
    }

    /** A round has ended without a connection. Awaited while dialling. */
    public void onDialFailed(AmqpException failure) {
        if (state != RecoveryState.DIALLING) {
            return;
        }
        refusals = RecoveryCauses.isRefusal(failure) ? refusals + 1 : 0;
        if (refusals >= options.refusals()) {
            giveUp(RecoveryCauses.givenUp(
                    refusals == 1
                            ? "the connection is not recovered, as the broker refused it"
                            : "the connection is not recovered any more, as brokers refused it " + refusals
                                    + " times in a row",
                    failure));
        } else {
            attemptFailed(failure);
        }
    }

    /** Everything has been restored as far as it could be. Awaited while replaying. */
    public void onReplayed() {
        if (state != RecoveryState.REPLAYING) {
            return;
        }
        cancelDeadlines();
        Duration downtime = Duration.ofNanos(deadlines.now() - since);
        since = deadlines.now();
        lastFailure = null;
        enter(RecoveryState.CONNECTED);
        driver.onRecovered(attempts, downtime);
    }

    /** Nobody wants the connection any more: ends a round under way; after that the driver is not called again. */
    public void stop() {
        if (state.isFinal()) {
            return;
        }
        boolean dialling = state == RecoveryState.DIALLING;
        cancelDeadlines();
        enter(RecoveryState.STOPPED);
        if (dialling) {
            driver.cancelDial();
        }
    }

    // ---- steps ------------------------------------------------------------------------------------------------------

    private void beginRecovery(AmqpException cause) {
        long now = deadlines.now();
        // What comes less often than that is no storm.
        long lasting = Math.min(2 * Deadlines.nanos(backoff.bound()), Deadlines.nanos(options.maxDelay()));
        if (now - since >= lasting) {
            backoff.reset();
            fresh = true;
        }
        since = now;
        attempts = 0;
        lastFailure = cause;
        enter(RecoveryState.WAITING);
        options.giveUpAfter().ifPresent(it -> end = deadlines.after(it, this::expire));
        if (avoidLastAddress && fresh) {
            // Not again and again: a broker that takes connections only to shut them out would be fallen upon.
            backoff.skip();
            pauseFor(Duration.ZERO);
        } else {
            pauseFor(backoff.next());
        }
        fresh = false;
    }

    private void attemptFailed(AmqpException cause) {
        lastFailure = cause;
        Duration next = backoff.next();
        enter(RecoveryState.WAITING);
        pauseFor(next);
        driver.onAttemptFailed(attempts, cause, next);
    }

    private void pauseFor(Duration time) {
        pause = deadlines.after(time, this::takeFromBudget);
    }

    /** Not before the pause is over: what is taken ahead of its time would come with what others take then. */
    private void takeFromBudget() {
        long more = options.budget().take(deadlines.now());
        if (more > 0) {
            pause = deadlines.at(deadlines.now() + more, this::dial);
        } else {
            dial();
        }
    }

    private void dial() {
        pause = null;
        attempts++;
        enter(RecoveryState.DIALLING);
        driver.dial(avoidLastAddress);
    }

    private void expire() {
        end = null;
        AmqpException last = Objects.requireNonNull(lastFailure);
        boolean dialling = state == RecoveryState.DIALLING;
        AmqpException cause = RecoveryCauses.givenUp(
                "the connection could not be recovered within "
                        + options.giveUpAfter().map(Duration::toString).orElse("") + ", in " + attempts + " attempts",
                last);
        cancelDeadlines();
        enter(RecoveryState.GAVE_UP);
        if (dialling) {
            driver.cancelDial();
        }
        driver.giveUp(cause);
    }

    private void giveUp(AmqpException cause) {
        cancelDeadlines();
        enter(RecoveryState.GAVE_UP);
        driver.giveUp(cause);
    }

    private void cancelDeadlines() {
        if (pause != null) {
            pause.cancel();
            pause = null;
        }
        if (end != null) {
            end.cancel();
            end = null;
        }
    }

    private void enter(RecoveryState to) {
        assert state.next().contains(to) : state + " -> " + to;
        state = to;
    }
}
