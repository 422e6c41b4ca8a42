package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.BlockedPolicy;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What it means for calls that the broker does not read, as it has said so ({@code connection.blocked}) or as it is not
 * there. On the event loop, but for {@link #refusal}.
 *
 * <pre>
 *   free --blocked--> holding --patience is over--> refusing
 *   holding, refusing --lifted--> free
 * </pre>
 */
final class Blockade {

    private final BlockedPolicy policy;
    private final Deadlines deadlines;
    private final Runnable go;
    private final Function<String, AmqpException> explanation;

    private Optional<Duration> timeout = Optional.empty();
    private Consumer<String> end = reason -> {};
    private boolean blocked;
    private Deadlines.@Nullable Deadline patience;
    private Deadlines.@Nullable Deadline limit;
    private volatile @Nullable AmqpException refusal;

    /**
     * @param go commands may be executed again
     * @param explanation makes of the reason what calls are refused with
     */
    Blockade(BlockedPolicy policy, Deadlines deadlines, Runnable go, Function<String, AmqpException> explanation) {
        this.policy = policy;
        this.deadlines = deadlines;
        this.go = go;
        this.explanation = explanation;
    }

    /**
     * Sets how long it may last.
     *
     * @param whenOver gets the reason
     */
    void limit(Duration longest, Consumer<String> whenOver) {
        timeout = Optional.of(longest);
        end = whenOver;
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
        timeout.ifPresent(it -> limit = deadlines.after(it, () -> end.accept(reason)));
    }

    /** It is over. */
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
        refusal = explanation.apply(reason);
        go.run();
    }

    /** Whether commands have to wait. */
    boolean holds() {
        return blocked && refusal == null;
    }

    /** Why publishes fail; {@code null} while they need not. Any thread may ask. */
    @Nullable
    AmqpException refusal() {
        return refusal;
    }
}
