package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.Method;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request to the broker: the command that sends it, the future of its result, and its deadline.
 *
 * <p>When the future is done before the command is executed, nothing is sent. When it is done before the answer comes, the
 * answer is discarded, and what it brought into being is undone.
 */
class Request<T extends @Nullable Object> extends CommandFuture<T> implements Reply {

    private final ConnectionHandle connection;
    private final String what;
    private final Consumer<Request<T>> send;
    private final Function<Method, T> result;
    private final Consumer<T> undo;
    private Deadlines.@Nullable Deadline deadline;

    /**
     * @param what for messages: {@code "queue.declare of 'orders'"}
     * @param send hands the request to a machine, on the loop
     * @param result makes the result of the answer
     * @param undo gives a result back that nobody wants any more, on the loop
     */
    Request(
            ConnectionHandle connection,
            String what,
            Consumer<Request<T>> send,
            Function<Method, T> result,
            Consumer<T> undo) {
        this.connection = connection;
        this.what = what;
        this.send = send;
        this.result = result;
        this.undo = undo;
    }

    @Override
    public void onAdmitted() {
        deadline = connection.deadlines().after(connection.options().requestTimeout(), this::onTimeout);
    }

    @Override
    public void execute() {
        if (isDone()) {
            cancelDeadline();
        } else {
            send.accept(this);
        }
    }

    @Override
    public void onReply(Method reply) {
        succeed(result.apply(reply));
    }

    @Override
    public void onFailure(RuntimeException cause) {
        cancelDeadline();
        completeExceptionally(cause);
    }

    /** The answer has come and brought this. */
    void succeed(T value) {
        cancelDeadline();
        if (!complete(value)) {
            undo.accept(value);
        }
    }

    private void onTimeout() {
        completeExceptionally(new AmqpTimeoutException("the broker did not answer " + what + " on connection '"
                + connection.name() + "' within " + connection.options().requestTimeout()));
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }
}
