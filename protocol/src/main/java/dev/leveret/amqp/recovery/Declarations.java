package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.ArrayList;
import java.util.List;
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
    private final boolean passively;
    private final Listener listener;
    private List<TopologyEntity> todo;
    private @Nullable Attempt attempt;

    private Declarations(
            ConnectionMachine connection,
            List<? extends TopologyEntity> entities,
            boolean passively,
            Listener listener) {
        this.connection = connection;
        this.todo = List.copyOf(entities);
        this.passively = passively;
        this.listener = listener;
    }

    /** Declares exchanges, queues and bindings. */
    static void declare(ConnectionMachine connection, List<? extends TopologyEntity> entities, Listener listener) {
        new Declarations(connection, entities, false, listener).next();
    }

    /** Looks for queues, those of consumers too. */
    static void lookFor(ConnectionMachine connection, List<? extends TopologyEntity> entities, Listener listener) {
        new Declarations(connection, entities, true, listener).next();
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
        private int answered;
        private boolean refused;

        Attempt(List<TopologyEntity> batch) {
            this.batch = batch;
        }

        void start() {
            channel = connection.openChannel(this, this);
        }

        /** The channel is open. */
        @Override
        public void onReply(Method openOk) {
            ChannelMachine open = channel;
            if (open == null) {
                throw new IllegalStateException("opened without a channel");
            }
            batch.forEach(entity -> open.request(request(entity), replyId(entity), new Reply() {
                @Override
                public void onReply(Method reply) {
                    listener.onDeclared(entity, reply);
                    answered();
                }

                @Override
                public void onFailure(RuntimeException cause) {
                    if (connection.state() != ConnectionState.OPEN) {
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
            if (connection.state() == ConnectionState.OPEN) {
                batch.forEach(it -> listener.onRefused(it, cause));
                listener.onDone();
            }
        }

        private void answered() {
            answered++;
            if (answered < batch.size()) {
                return;
            }
            if (channel != null) {
                channel.close();
            }
            todo = again;
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
                return new QueueMethod.Declare(consumer.queue(), true, false, false, false, false, java.util.Map.of());
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
