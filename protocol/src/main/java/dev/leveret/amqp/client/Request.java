package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.RequestObservation;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.Method;
import java.util.concurrent.CancellationException;
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
    private final @Nullable ChannelHandle channel;
    private final String what;
    private final Consumer<Request<T>> send;
    private final Function<Method, T> result;
    private final Consumer<T> undo;
    private Deadlines.@Nullable Deadline deadline;
    private @Nullable ConnectionObserver observer;
    private @Nullable RequestObservation observation;

    /**
     * @param channel whose request it is; {@code null} if it is the connection's
     * @param what for messages: {@code "queue.declare of 'orders'"}
     * @param send hands the request to a machine, on the loop
     * @param result makes the result of the answer
     * @param undo gives a result back that nobody wants any more, on the loop
     */
    Request(
            ConnectionHandle connection,
            @Nullable ChannelHandle channel,
            String what,
            Consumer<Request<T>> send,
            Function<Method, T> result,
            Consumer<T> undo) {
        this.connection = connection;
        this.channel = channel;
        this.what = what;
        this.send = send;
        this.result = result;
        this.undo = undo;
    }

    /** Asks an observer whether it wants to know the end; before the request is submitted. */
    void observe(@Nullable ConnectionObserver who, int channel) {
        if (who != null) {
            int method = what.indexOf(' ');
            int entity = what.indexOf('\'');
            observer = who;
            observation = who.onRequest(
                    channel,
                    method < 0 ? what : what.substring(0, method),
                    entity < 0 ? "" : what.substring(entity).replace("'", ""));
        }
    }

    /** Has the observer told that the request has fetched a message. */
    void observeMessage(int channel, String queue, Delivery delivery) {
        if (observer != null) {
            observer.onDelivered(channel, queue, delivery);
        }
        if (observation != null) {
            observation.onMessage(delivery);
        }
    }

    /** Has the observer told the end, once. */
    private void observeEnd(@Nullable Throwable failure) {
        RequestObservation told = observation;
        observation = null;
        if (told != null) {
            told.onEnd(failure);
        }
    }

    @Override
    public void onAdmitted() {
        deadline = connection.deadlines().after(connection.options().requestTimeout(), this::onTimeout);
    }

    @Override
    public void execute() {
        RuntimeException absence = connection.life().absence();
        if (isDone()) {
            cancelDeadline();
            observeEnd(new CancellationException("withdrawn before it was written"));
        } else if (absence != null) {
            onFailure(absence);
        } else if (channel == null || !channel.life().holds(this)) {
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
        observeEnd(cause);
        completeExceptionally(cause);
    }

    /** The answer has come and brought this. */
    void succeed(T value) {
        cancelDeadline();
        observeEnd(null);
        if (!complete(value)) {
            undo.accept(value);
        }
    }

    private void onTimeout() {
        AmqpTimeoutException timeout = new AmqpTimeoutException("the broker did not answer " + what + " on connection '"
                + connection.name() + "' within " + connection.options().requestTimeout()
                + connection.life().whyNothingMoves());
        observeEnd(timeout);
        completeExceptionally(timeout);
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel();
            deadline = null;
        }
    }
}
