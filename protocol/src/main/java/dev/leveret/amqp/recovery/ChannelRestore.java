package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ChannelState;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.Method;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Opens one channel again and starts on it what it had: its transactions, its prefetch, its consumers. A consumer that the
 * broker refuses takes the channel with it; then all of it is done once more without that one.
 *
 * <p>If the connection ends it tells nothing more.
 */
public final class ChannelRestore {

    /** Is told how it went. */
    public interface Listener {

        void onOutcome(EntityOutcome outcome);

        /** A consumer that the broker refuses for now; nobody has told it. */
        void onRefused(RecoverableConsumer consumer, TopologyEntity.Consumer entity, RuntimeException cause);

        /** The channel was told whether it is open. */
        void onDone();

        /** A consumer that was told to be {@link EntityOutcome.Result#RETRYING} has been granted after all. */
        void onLate(TopologyEntity.Consumer entity);

        /** It has been refused instead, or was never answered: it is to be started on its own. */
        void onLateRefused(RecoverableConsumer consumer);
    }

    /** How many times the ordinary patience a consumer may do without an answer while calls go on. */
    private static final int LATE_FACTOR = 5;

    private final ConnectionMachine connection;
    private final Deadlines deadlines;
    private final Duration patience;
    private final RecoverableChannel channel;
    private final Predicate<? super RecoverableConsumer> wanted;
    private final Listener listener;
    private final TopologyEntity.Channel entity;
    private final Set<RecoverableConsumer> refused = new HashSet<>();
    /** Whether to start one consumer after the other: answers do not come in order, so the refused one is not known else. */
    private boolean oneByOne;

    private ChannelRestore(
            ConnectionMachine connection,
            Deadlines deadlines,
            Duration patience,
            RecoverableChannel channel,
            Predicate<? super RecoverableConsumer> wanted,
            Listener listener) {
        this.connection = connection;
        this.deadlines = deadlines;
        this.patience = patience;
        this.channel = channel;
        this.wanted = wanted;
        this.listener = listener;
        this.entity = new TopologyEntity.Channel(channel.number());
    }

    /**
     * @param patience how long to wait for an answer; consumers that get none are left to start when they do
     * @param wanted the consumers to start
     */
    public static void start(
            ConnectionMachine connection,
            Deadlines deadlines,
            Duration patience,
            RecoverableChannel channel,
            Predicate<? super RecoverableConsumer> wanted,
            Listener listener) {
        new ChannelRestore(connection, deadlines, patience, channel, wanted, listener).open();
    }

    private void open() {
        if (connection.state() == ConnectionState.OPEN) {
            new Attempt().start();
        }
    }

    private TopologyEntity.Consumer describe(RecoverableConsumer consumer) {
        return new TopologyEntity.Consumer(entity.number(), consumer.consumerTag(), consumer.queue());
    }

    /** One machine. */
    private final class Attempt {

        /** What is still to be asked for. */
        private final Queue<Step> steps = new ArrayDeque<>();

        private final List<RecoverableConsumer> started = new ArrayList<>();
        private final List<RecoverableConsumer> unanswered = new ArrayList<>();
        private @Nullable ChannelMachine machine;
        private int waiting;
        private boolean asking;
        private boolean over;
        private boolean late;
        private @Nullable RuntimeException failure;
        private @Nullable Patience answers;

        void start() {
            answers = Patience.start(deadlines, patience, this::expire);
            machine = channel.openOn(connection, new Reply() {
                @Override
                public void onReply(Method openOk) {
                    opened();
                }

                @Override
                public void onFailure(RuntimeException cause) {
                    failure = cause;
                    proceed();
                }
            });
        }

        /** For some time nothing was answered. */
        private void expire() {
            if (over || connection.state() != ConnectionState.OPEN) {
                return;
            }
            if (waiting != unanswered.size() || machine == null || machine.state() != ChannelState.OPEN) {
                connection.fail(new ConnectionLostException(
                        "the broker did not answer for " + entity.describe() + " within " + patience
                                + " while it was restored",
                        null));
                return;
            }
            // The leaders of their queues may stand still. Calls need not wait for them.
            over = true;
            late = true;
            while (!steps.isEmpty()) {
                steps.remove().ask();
            }
            channel.startingLate(unanswered.size());
            restored();
            AmqpTimeoutException cause =
                    new AmqpTimeoutException("the broker did not answer basic.consume within " + patience);
            unanswered.forEach(it -> listener.onOutcome(EntityOutcome.retrying(describe(it), cause)));
            listener.onDone();
            answers = Patience.start(deadlines, patience.multipliedBy(LATE_FACTOR), this::giveUpWaiting);
        }

        /** RabbitMQ 3.10 may lose a consumer on its way to a leader that stood still: no answer will ever come. */
        private void giveUpWaiting() {
            if (unanswered.isEmpty() || connection.state() != ConnectionState.OPEN || machine == null) {
                return;
            }
            if (machine.state() == ChannelState.OPEN) {
                channel.renew(new ChannelClosedException(
                        "channel " + machine.number() + " was closed by this side, to be opened again: the broker left"
                                + " basic.consume without an answer",
                        0,
                        false,
                        "",
                        null));
            }
        }

        private void opened() {
            ChannelMachine open = machine;
            if (open == null) {
                throw new IllegalStateException("opened without a machine");
            }
            if (channel.isTransactional()) {
                steps.add(new Step(null, open::txSelect));
            }
            channel.sharedPrefetch().ifPresent(it -> steps.add(new Step(null, reply -> open.qos(it, reply))));
            channel.consumers().stream()
                    .filter(it -> !it.isEnded() && !refused.contains(it) && wanted.test(it))
                    .forEach(it -> steps.add(new Step(it, reply -> it.startOn(open, reply))));
            proceed();
        }

        /** Asks for what may be asked for now; ends when everything is answered. Requests may fail while they are made. */
        private void proceed() {
            if (asking || over) {
                return;
            }
            asking = true;
            while (!steps.isEmpty() && failure == null && (!oneByOne || waiting == 0)) {
                steps.remove().ask();
            }
            asking = false;
            if (waiting == 0) {
                over = true;
                stopWaiting();
                if (connection.state() == ConnectionState.OPEN) {
                    end();
                }
            }
        }

        private void end() {
            RuntimeException cause = failure;
            if (cause == null) {
                restored();
                listener.onDone();
            } else if (!unanswered.isEmpty() && cause instanceof ChannelClosedException closed && closed.byBroker()) {
                if (unanswered.size() == 1) {
                    refuse(unanswered.get(0), cause);
                } else {
                    oneByOne = true;
                }
                open();
            } else {
                channel.onNotRestored(cause);
                listener.onOutcome(EntityOutcome.failed(entity, cause));
                listener.onDone();
            }
        }

        private void restored() {
            channel.onRestored();
            listener.onOutcome(EntityOutcome.restored(entity));
            started.forEach(it -> {
                it.onRestored();
                listener.onOutcome(EntityOutcome.restored(describe(it)));
            });
        }

        private void answered() {
            waiting--;
            if (answers != null) {
                answers.answered();
            }
        }

        private void settleLate(RecoverableConsumer consumer) {
            unanswered.remove(consumer);
            channel.startingLate(-1);
            if (unanswered.isEmpty()) {
                stopWaiting();
            }
        }

        private void stopWaiting() {
            if (answers != null) {
                answers.end();
            }
        }

        private void refuse(RecoverableConsumer consumer, RuntimeException cause) {
            refused.add(consumer);
            listener.onRefused(consumer, describe(consumer), cause);
        }

        /** Something to ask the broker for. */
        private final class Step implements Reply {

            private final @Nullable RecoverableConsumer consumer;
            private final Consumer<Reply> request;

            /** @param consumer that is being started; {@code null} for another step */
            Step(@Nullable RecoverableConsumer consumer, Consumer<Reply> request) {
                this.consumer = consumer;
                this.request = request;
            }

            void ask() {
                waiting++;
                if (consumer != null) {
                    unanswered.add(consumer);
                }
                request.accept(this);
            }

            @Override
            public void onReply(Method reply) {
                answered();
                if (late && consumer != null) {
                    settleLate(consumer);
                    consumer.onRestored();
                    listener.onLate(describe(consumer));
                    return;
                }
                if (consumer != null) {
                    unanswered.remove(consumer);
                    started.add(consumer);
                }
                proceed();
            }

            @Override
            public void onFailure(RuntimeException cause) {
                answered();
                if (late && consumer != null) {
                    settleLate(consumer);
                    if (connection.state() == ConnectionState.OPEN) {
                        listener.onLateRefused(consumer);
                    }
                    return;
                }
                if (consumer != null && !(cause instanceof AmqpException)) {
                    // It failed on this side, and the channel lives on.
                    unanswered.remove(consumer);
                    refuse(consumer, cause);
                } else if (failure == null) {
                    failure = cause;
                }
                proceed();
            }
        }
    }
}
