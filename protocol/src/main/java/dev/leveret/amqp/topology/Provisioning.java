package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.Topology;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Compares a topology with what a broker has, brings it there, and takes it away again; all by AMQP, so that it needs nothing
 * of the broker but the permissions of any client. Immutable and thread-safe.
 *
 * <p>Everything is asked for at once on up to 16 channels that are thrown away, so that thousands of entities take a few
 * seconds, and a refusal says which one it was for. What AMQP has no question for is not known: bindings, which arguments
 * an entity has as long as it does not differ, and who else uses it.
 *
 * <p>Futures complete on the connection's event loop, or a timer's thread. When the connection is lost meanwhile, nothing
 * more is asked for, and the result says how far it came. Nor is anything when a future is cancelled.
 */
public final class Provisioning {

    private static final Duration DEFAULT_DEADLINE = Duration.ofMinutes(1);

    /** Longer than anybody waits, and short enough to be told in milliseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final AsyncConnection connection;
    private final Duration deadline;

    private Provisioning(AsyncConnection connection, Duration deadline) {
        this.connection = connection;
        this.deadline = deadline;
    }

    /** On the virtual host of a connection, each operation within a minute. */
    public static Provisioning on(AsyncConnection connection) {
        return new Provisioning(connection, DEFAULT_DEADLINE);
    }

    /**
     * A copy whose operations take at most so long. What has no answer then is {@code UNKNOWN}, what was not asked for
     * {@code LEFT}.
     *
     * @param value more than zero
     */
    public Provisioning withDeadline(Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("deadline " + value + " is not more than zero");
        }
        return new Provisioning(connection, value.compareTo(LONGEST) > 0 ? LONGEST : value);
    }

    /**
     * Says what of a topology is there, what is missing, and what is different and how, of which RabbitMQ tells one argument
     * at a time. Changes nothing.
     *
     * <p>To compare is to declare once more what was seen to be there, which the broker answers by doing nothing or by
     * refusing (406). A queue or exchange that is deleted in between by somebody else is therefore made again. Declaring
     * keeps a classic queue with {@code x-expires} from expiring, as looking for it does.
     */
    public CompletableFuture<TopologyPlan> plan(Topology topology) {
        return within(end -> new Survey(connection, topology, end).compare());
    }

    /**
     * Looks whether all exchanges and queues are there, by passive declarations alone: it needs no permissions, and says
     * nothing about their arguments, nor about bindings.
     *
     * @return fails with {@link TopologyException}, with a line for each that is missing or could not be looked up
     */
    public CompletableFuture<TopologyPlan> verify(Topology topology) {
        return within(end -> new Survey(connection, topology, end).look().thenApply(TopologyPlan::requireFulfilled));
    }

    /**
     * Declares what a topology has: exchanges, then queues, then bindings. Never deletes; what is there already and equal
     * stays as it is, so that it can be repeated. What is refused takes nothing else along but the bindings that need it,
     * and what was declared stays.
     *
     * @return what became of each; look at {@link TopologyReport#requireComplete}
     * @throws IllegalArgumentException if the broker's version is known to refuse some of it
     *     ({@link Topology#problemsOn}): then nothing was sent
     */
    public CompletableFuture<TopologyReport> apply(Topology topology) {
        Application application = Application.of(connection, topology);
        return within(application::run);
    }

    /**
     * Deletes the queues and exchanges that a topology names, with what is in them, and the bindings between others that it
     * names. What is not there counts as deleted. Those that begin with {@code amq.} are the broker's, and left.
     *
     * <p>RabbitMQ knows the conditions for exchanges and classic queues. For others, and where a queue's type is not said,
     * they are looked up before, so that a consumer or message that comes in between is not seen; a stream does not tell
     * exactly how much is in it.
     *
     * @param ifUnused leave queues with consumers, and exchanges with bindings other than those of this topology
     * @param ifEmpty leave queues with messages
     */
    public CompletableFuture<TopologyReport> delete(Topology topology, boolean ifUnused, boolean ifEmpty) {
        return within(end -> new Deletion(connection, topology, ifUnused, ifEmpty, end).run());
    }

    private <T> CompletableFuture<T> within(
            Function<CompletableFuture<RuntimeException>, CompletableFuture<T>> operation) {
        CompletableFuture<RuntimeException> end = new CompletableFuture<>();
        AmqpTimeoutException timeIsUp = new AmqpTimeoutException(
                "it was not done within " + deadline + " on connection '" + connection.name() + "'");
        end.completeOnTimeout(timeIsUp, deadline.toMillis(), TimeUnit.MILLISECONDS);
        CompletableFuture<T> result = operation.apply(end).copy();
        // Ends the timer too, and who cancels the result has nothing more asked for.
        result.whenComplete((ignored, failure) -> end.complete(timeIsUp));
        return result;
    }
}
