package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Declares things on a channel of its own, all at once, and tells of each what became of it. A refusal closes the channel:
 * then what had been sent behind the refused one is sent again on another, so that each is judged alone.
 *
 * <p>If the connection ends it tells nothing more.
 */
final class Declarations {

    /** Is told the outcomes, in the order of the declarations, and then the end. */
    interface Listener {

        /** @param reply the broker's answer */
        void onDeclared(TopologyEntity entity, Method reply);

        void onRefused(TopologyEntity entity, RuntimeException cause);

        void onDone();
    }

    private final ConnectionMachine connection;
    private final Deadlines deadlines;
    private final Duration patience;
    private final boolean passively;
    private final int channelsNeeded;
    private final Listener listener;
    private List<TopologyEntity> todo;
    private @Nullable Attempt attempt;

    private Declarations(
            ConnectionMachine connection,
            Deadlines deadlines,
            Duration patience,
            List<? extends TopologyEntity> entities,
            boolean passively,
            int channelsNeeded,
            Listener listener) {
        this.connection = connection;
        this.deadlines = deadlines;
        this.patience = patience;
        this.todo = List.copyOf(entities);
        this.passively = passively;
        this.channelsNeeded = channelsNeeded;
        this.listener = listener;
    }

    /**
     * Declares exchanges, queues and bindings.
     *
     * @param patience how long to wait for an answer: what does not get one counts as refused
     * @param channelsNeeded how many channels have to be free in the end, if the broker allows as many
     */
    static void declare(
            ConnectionMachine connection,
            Deadlines deadlines,
            Duration patience,
            List<? extends TopologyEntity> entities,
            int channelsNeeded,
            Listener listener) {
        new Declarations(connection, deadlines, patience, entities, false, channelsNeeded, listener).next();
    }

    /** Looks for queues, those of consumers too. */
    static void lookFor(
            ConnectionMachine connection,
            Deadlines deadlines,
            Duration patience,
            List<? extends TopologyEntity> entities,
            Listener listener) {
        new Declarations(connection, deadlines, patience, entities, true, 0, listener).next();
    }

    private void next() {
        if (connection.state() != ConnectionState.OPEN) {
            return;
        }
        if (todo.isEmpty()) {
            listener.onDone();
            return;
        }
        List<TopologyEntity> batch = todo;
        todo = List.of();
        attempt = new Attempt(batch);
        attempt.start();
    }

    /** One channel. */
    private final class Attempt implements ChannelMachine.Owner, Reply {

        private final List<TopologyEntity> batch;
        private final List<TopologyEntity> again = new ArrayList<>();
        private @Nullable ChannelMachine channel;
        private @Nullable Patience waiting;
        private int answered;
        private boolean opened;
        private boolean refused;
        private boolean over;
        private boolean ended;
        /** Whether all is answered but the channel's close, and its number is needed for what comes next. */
        private boolean closing;

        Attempt(List<TopologyEntity> batch) {
            this.batch = batch;
        }

        void start() {
            waiting = Patience.start(deadlines, patience, this::expire);
            channel = connection.openChannel(this, this);
        }

        /** For some time nothing was answered. */
        private void expire() {
            if (over || connection.state() != ConnectionState.OPEN) {
                return;
            }
            if (!opened) {
                connection.fail(new ConnectionLostException(
                        "the broker did not open a channel within " + patience + " while things were restored", null));
                return;
            }
            TopologyEntity stuck = batch.get(answered);
            again.addAll(batch.subList(answered + 1, batch.size()));
            listener.onRefused(
                    stuck,
                    new AmqpTimeoutException(
                            "the broker did not answer for " + stuck.describe() + " within " + patience));
            end();
        }

        /** The channel is open. */
        @Override
        public void onReply(Method openOk) {
            ChannelMachine open = channel;
            if (open == null) {
                throw new IllegalStateException("opened without a channel");
            }
            opened = true;
            batch.forEach(entity -> open.request(request(entity), replyId(entity), new Reply() {
                @Override
                public void onReply(Method reply) {
                    if (over) {
                        return;
                    }
                    listener.onDeclared(entity, reply);
                    answered();
                }

                @Override
                public void onFailure(RuntimeException cause) {
                    if (over || connection.state() != ConnectionState.OPEN) {
                        return;
                    }
                    if (!refused || !(cause instanceof AmqpException)) {
                        // The first to fail is the one that the channel was closed for; others failed on this side.
                        refused |= cause instanceof ChannelClosedException;
                        listener.onRefused(entity, cause);
                    } else {
                        again.add(entity);
                    }
                    answered();
                }
            }));
        }

        /** There is no channel. */
        @Override
        public void onFailure(RuntimeException cause) {
            over = true;
            stopWaiting();
            if (connection.state() == ConnectionState.OPEN) {
                batch.forEach(it -> listener.onRefused(it, cause));
                listener.onDone();
            }
        }

        private void answered() {
            answered++;
            if (waiting != null) {
                waiting.answered();
            }
            if (answered == batch.size()) {
                end();
            }
        }

        private void stopWaiting() {
            if (waiting != null) {
                waiting.end();
            }
        }

        private void end() {
            over = true;
            stopWaiting();
            if (channel != null) {
                channel.close();
            }
            todo = again;
            if (ended || connection.freeChannels() >= Math.max(channelsNeeded, again.isEmpty() ? 0 : 1)) {
                next();
            } else {
                closing = true;
                waiting = Patience.start(deadlines, patience, this::closed);
            }
        }

        /** The number is free, or that was waited for in vain. */
        private void closed() {
            closing = false;
            stopWaiting();
            next();
        }

        private Method request(TopologyEntity entity) {
            if (entity instanceof TopologyEntity.Exchange exchange) {
                return declare(exchange.spec());
            }
            if (entity instanceof TopologyEntity.Queue queue) {
                return declare(queue);
            }
            if (entity instanceof TopologyEntity.Consumer consumer) {
                return new QueueMethod.Declare(consumer.queue(), true, false, false, false, false, Map.of());
            }
            if (entity instanceof TopologyEntity.Binding binding) {
                return bind(binding.spec());
            }
            throw new IllegalArgumentException(entity.describe() + " cannot be declared");
        }

        private Method declare(ExchangeSpec it) {
            return new ExchangeMethod.Declare(
                    it.name(),
                    it.type(),
                    passively,
                    it.durable(),
                    it.autoDelete(),
                    it.internal(),
                    false,
                    it.arguments());
        }

        private Method declare(TopologyEntity.Queue queue) {
            QueueSpec it = queue.spec();
            return new QueueMethod.Declare(
                    passively ? queue.name() : it.name(),
                    passively,
                    it.durable(),
                    it.exclusive(),
                    it.autoDelete(),
                    false,
                    it.arguments());
        }

        private static Method bind(BindingSpec it) {
            return it.destinationType() == BindingSpec.DestinationType.QUEUE
                    ? new QueueMethod.Bind(it.destination(), it.source(), it.routingKey(), false, it.arguments())
                    : new ExchangeMethod.Bind(it.destination(), it.source(), it.routingKey(), false, it.arguments());
        }

        private static int replyId(TopologyEntity entity) {
            if (entity instanceof TopologyEntity.Exchange) {
                return ExchangeMethod.DeclareOk.ID;
            }
            if (entity instanceof TopologyEntity.Binding binding) {
                return binding.spec().destinationType() == BindingSpec.DestinationType.QUEUE
                        ? QueueMethod.BindOk.ID
                        : ExchangeMethod.BindOk.ID;
            }
            return QueueMethod.DeclareOk.ID;
        }

        @Override
        public void onEnd(@Nullable AmqpException cause) {
            // The requests are told, and there is always one.
            ended = true;
            if (closing) {
                closed();
            }
        }

        @Override
        public void onReturn(ReturnedMessage message) {
            throw new IllegalStateException("nothing is published on this channel");
        }

        @Override
        public void onRecovered(long highestTag) {
            throw new IllegalStateException("nothing is consumed on this channel");
        }
    }
}
