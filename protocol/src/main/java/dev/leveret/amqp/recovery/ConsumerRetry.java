package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Starts one consumer again on a channel that lives, less and less often, until the broker takes it or time is up. The queue
 * is looked for elsewhere first: a refusal of the consumer itself would take its channel along.
 */
public final class ConsumerRetry {

    /** Is told the end, once, and not if it is stopped. The consumer has been told. */
    public interface Listener {

        void onRestored(TopologyEntity.Consumer entity);

        void onGivenUp(TopologyEntity.Consumer entity, RuntimeException cause);
    }

    private final ConnectionMachine connection;
    private final Deadlines deadlines;
    private final RecoverableChannel channel;
    private final RecoverableConsumer consumer;
    private final boolean queueMustExist;
    private final Duration patience;
    private final Listener listener;
    private final long until;
    private final RetryPauses pauses = new RetryPauses();
    private Deadlines.@Nullable Deadline next;
    private boolean stopped;

    /**
     * @param queueMustExist whether that there is no such queue ends it at once
     * @param within how long to try
     * @param patience how long to wait for an answer about the queue
     */
    public ConsumerRetry(
            ConnectionMachine connection,
            Deadlines deadlines,
            RecoverableChannel channel,
            RecoverableConsumer consumer,
            boolean queueMustExist,
            Duration within,
            Duration patience,
            Listener listener) {
        this.connection = connection;
        this.deadlines = deadlines;
        this.channel = channel;
        this.consumer = consumer;
        this.queueMustExist = queueMustExist;
        this.patience = patience;
        this.until = deadlines.now() + TimeUnit.NANOSECONDS.convert(within);
        this.listener = listener;
    }

    /**
     * Tries after a pause. Also when the broker has just cancelled the consumer because its queue is deleted: RabbitMQ 4.3
     * still finds a quorum queue then, and closes the connection (541) over a consumer of it.
     */
    public void later() {
        consumer.retried(true);
        next = deadlines.after(pauses.next(), this::look);
    }

    /** Tries no more, and tells nothing. */
    public void stop() {
        stopped = true;
        if (next != null) {
            next.cancel();
        }
    }

    /** It may also have been started with its channel, when that was opened again. */
    private boolean isOver() {
        return stopped || !consumer.isSuspended() || connection.state() != ConnectionState.OPEN;
    }

    private TopologyEntity.Consumer entity() {
        return new TopologyEntity.Consumer(channel.number(), consumer.consumerTag(), consumer.queue());
    }

    private void look() {
        next = null;
        if (isOver()) {
            return;
        }
        Declarations.lookFor(connection, deadlines, patience, List.of(entity()), new Declarations.Listener() {
            @Override
            public void onDeclared(TopologyEntity entity, Method reply) {
                if (!isOver()) {
                    channel.startLate(consumer, new Start());
                }
            }

            @Override
            public void onRefused(TopologyEntity entity, RuntimeException cause) {
                refused(cause);
            }

            @Override
            public void onDone() {
                // One queue was looked for, and its outcome was told.
            }
        });
    }

    private final class Start implements Reply {

        @Override
        public void onReply(Method consumeOk) {
            consumer.retried(false);
            consumer.onRestored();
            listener.onRestored(entity());
        }

        @Override
        public void onFailure(RuntimeException cause) {
            if (stopped || connection.state() != ConnectionState.OPEN) {
                return;
            }
            if (cause instanceof AmqpException) {
                // Afterwards, when the consumer has been told the end of its channel and waits again.
                next = deadlines.after(Duration.ZERO, () -> notStarted(cause));
            } else {
                giveUp(cause);
            }
        }
    }

    private void notStarted(RuntimeException cause) {
        next = null;
        boolean judged = cause instanceof ChannelClosedException it
                && it.byBroker()
                && it.method().equals("basic.consume");
        if (judged) {
            refused(cause);
        } else if (!isOver()) {
            // The channel was closed for something else, or is being opened again.
            againWithin(cause);
        }
    }

    private void refused(RuntimeException cause) {
        if (isOver()) {
            return;
        }
        boolean gone = cause instanceof ChannelClosedException refusal
                && ChannelClosure.of(refusal) == ChannelClosure.NOT_FOUND;
        if (Refusals.mayPass(entity(), cause) && !(gone && queueMustExist)) {
            againWithin(cause);
        } else {
            giveUp(cause);
        }
    }

    private void againWithin(RuntimeException cause) {
        if (deadlines.now() - until < 0) {
            later();
        } else {
            giveUp(cause);
        }
    }

    private void giveUp(RuntimeException cause) {
        stopped = true;
        consumer.onNotRestored(cause);
        listener.onGivenUp(entity(), cause);
    }
}
