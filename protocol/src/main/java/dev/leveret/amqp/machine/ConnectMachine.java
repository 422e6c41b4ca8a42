package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ReplyCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first connect: rounds over all endpoints with a pause between them, and an end at the latest when its deadline has
 * come. A refusal that another round would only repeat is not repeated: of credentials, and of the virtual host.
 */
public final class ConnectMachine {

    /** Does the rounds. */
    public interface Driver {

        /** Begins a round; to be answered by {@link #onRoundFailed}, or by {@link #onOpen}. */
        void startRound();

        /** Time is up: the round under way is to end, by {@link #onRoundFailed}, in which what is unfinished failed so. */
        void expireRound(AmqpException cause);

        /** It is over. */
        void onFailure(AmqpException cause);
    }

    private final ConnectLimits limits;
    private final Deadlines deadlines;
    private final Driver driver;
    private final List<List<Attempt>> rounds = new ArrayList<>();
    private Deadlines.@Nullable Deadline end;
    private Deadlines.@Nullable Deadline pause;
    private boolean expired;
    private boolean over;

    public ConnectMachine(ConnectLimits limits, Deadlines deadlines, Driver driver) {
        this.limits = limits;
        this.deadlines = deadlines;
        this.driver = driver;
    }

    public void start() {
        end = deadlines.after(limits.deadline(), this::expire);
        driver.startRound();
    }

    /** A connection is open, or nobody wants one any more: waits for nothing. */
    public void stop() {
        over = true;
        if (end != null) {
            end.cancel();
        }
        if (pause != null) {
            pause.cancel();
        }
    }

    /** A round has ended without a connection. */
    public void onRoundFailed(List<Attempt> attempts, @Nullable AuthenticationException refusal) {
        if (over) {
            return;
        }
        rounds.add(attempts);
        if (refusal != null) {
            fail(refusal);
        } else if (expired) {
            fail(ConnectFailedException.afterRounds(rounds, limits.deadline()));
        } else if (rounds.size() >= limits.rounds() || attempts.stream().anyMatch(ConnectMachine::refusesVirtualHost)) {
            fail(ConnectFailedException.afterRounds(rounds, null));
        } else {
            pause = deadlines.after(limits.retryDelay(), () -> {
                pause = null;
                driver.startRound();
            });
        }
    }

    private void expire() {
        expired = true;
        if (pause == null) {
            driver.expireRound(new AmqpTimeoutException(
                    "the time to open a connection, " + limits.deadline() + " altogether, was up"));
        } else {
            fail(ConnectFailedException.afterRounds(rounds, limits.deadline()));
        }
    }

    private void fail(AmqpException cause) {
        stop();
        driver.onFailure(cause);
    }

    /** RabbitMQ answers so when there is no such virtual host, when the user may not use it, and when it is full. */
    public static boolean refusesVirtualHost(Attempt attempt) {
        return attempt.phase() == Phase.OPEN
                && attempt.cause() instanceof ConnectionClosedException refusal
                && refusal.byBroker()
                && refusal.replyCode() == ReplyCode.NOT_ALLOWED.code();
    }
}
