package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.BlockedPolicy;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the broker's {@code connection.blocked} means for publishers. On the event loop, but for {@link #refusal}.
 *
 * <pre>
 *   free --blocked--> holding --patience is over--> refusing
 *   holding, refusing --unblocked--> free
 * </pre>
 */
final class Blockade {

    private final String connectionName;
    private final BlockedPolicy policy;
    private final Optional<Duration> timeout;
    private final Deadlines deadlines;
    private final Consumer<AmqpException> end;
    private final Runnable go;

    private boolean blocked;
    private Deadlines.@Nullable Deadline patience;
    private Deadlines.@Nullable Deadline limit;
    private volatile @Nullable ConnectionBlockedException refusal;

    /**
     * @param timeout how long the connection may be blocked before it is given up
     * @param end gives the connection up
     * @param go commands may be executed again
     */
    Blockade(
            String connectionName,
            BlockedPolicy policy,
            Optional<Duration> timeout,
            Deadlines deadlines,
            Consumer<AmqpException> end,
            Runnable go) {
        this.connectionName = connectionName;
        this.policy = policy;
        this.timeout = timeout;
        this.deadlines = deadlines;
        this.end = end;
        this.go = go;
    }

    void blocked(String reason) {
        if (blocked) {
            return;
        }
        blocked = true;
        policy.patience().ifPresent(it -> {
            if (it.isZero()) {
                refuse(reason);
            } else {
                patience = deadlines.after(it, () -> refuse(reason));
            }
        });
        timeout.ifPresent(it -> limit = deadlines.after(
                it,
                () -> end.accept(new ConnectionBlockedException(
                        "the broker has blocked connection '" + connectionName + "' for " + it + " (" + reason + ")",
                        null))));
    }

    /** The broker reads again, or the connection is over. */
    void lifted() {
        blocked = false;
        refusal = null;
        if (patience != null) {
            patience.cancel();
            patience = null;
        }
        if (limit != null) {
            limit.cancel();
            limit = null;
        }
        go.run();
    }

    private void refuse(String reason) {
        refusal = new ConnectionBlockedException(
                "the broker has blocked connection '" + connectionName + "': " + reason, null);
        go.run();
    }

    /** Whether commands have to wait: the broker reads none. */
    boolean holds() {
        return blocked && refusal == null;
    }

    /** Why publishes fail; {@code null} while they need not. Any thread may ask. */
    @Nullable
    ConnectionBlockedException refusal() {
        return refusal;
    }
}
