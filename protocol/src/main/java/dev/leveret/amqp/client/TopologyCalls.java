package dev.leveret.amqp.client;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.recovery.TopologyRecorder;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A channel's calls about queues, exchanges and bindings. What succeeds is recorded for recovery; names are those that the
 * queues have when the request is sent.
 */
final class TopologyCalls {

    private final ChannelHandle channel;
    private final ConnectionHandle connection;
    private final boolean recorded;
    /** Whether the current machine has been asked to declare a queue, so that the broker knows which was the last one. */
    private boolean declaredHere;
    /** The queue that was declared last on this channel. */
    private @Nullable String lastDeclared;

    TopologyCalls(ChannelHandle channel, boolean recorded) {
        this.channel = channel;
        this.connection = channel.connection();
        this.recorded = recorded;
    }

    private void record(Consumer<TopologyRecorder> note) {
        if (recorded) {
            connection.life().record(note);
        }
    }

    /** The channel has a new machine; on the event loop. */
    void reopened() {
        declaredHere = false;
    }

    /** A queue has another name; on the event loop. */
    void renamed(String oldName, String newName) {
        if (oldName.equals(lastDeclared)) {
            lastDeclared = newName;
        }
    }

    CompletableFuture<QueueInfo> declareQueue(QueueSpec queue) {
        RabbitMqRules.require(queue, connection.serverInfo());
        return declare(queue, false);
    }

    CompletableFuture<QueueInfo> declareQueuePassive(String queue) {
        return declare(QueueSpec.of(queue), true);
    }

    private CompletableFuture<QueueInfo> declare(QueueSpec queue, boolean passive) {
        Supplier<Method> declare = () -> {
            String name = queue.name().isEmpty() ? "" : currentName(queue.name());
            declaredHere = true;
            return new QueueMethod.Declare(
                    name, passive, queue.durable(), queue.exclusive(), queue.autoDelete(), false, queue.arguments());
        };
        return channel.request("queue.declare", queue.name(), declare, QueueMethod.DeclareOk.ID, reply -> {
            QueueMethod.DeclareOk ok = (QueueMethod.DeclareOk) reply;
            lastDeclared = ok.queue();
            record(it -> {
                if (passive) {
                    it.queueLookedUp(ok.queue());
                } else {
                    it.queueDeclared(queue, ok.queue());
                }
            });
            return new QueueInfo(ok.queue(), ok.messageCount(), ok.consumerCount());
        });
    }

    CompletableFuture<Long> deleteQueue(String queue, boolean ifUnused, boolean ifEmpty) {
        return channel.request(
                "queue.delete",
                queue,
                () -> new QueueMethod.Delete(currentName(queue), ifUnused, ifEmpty, false),
                QueueMethod.DeleteOk.ID,
                reply -> {
                    record(it -> it.queueDeleted(knownName(queue)));
                    return ((QueueMethod.DeleteOk) reply).messageCount();
                });
    }

    CompletableFuture<Long> purgeQueue(String queue) {
        return channel.request(
                "queue.purge",
                queue,
                () -> new QueueMethod.Purge(currentName(queue), false),
                QueueMethod.PurgeOk.ID,
                reply -> ((QueueMethod.PurgeOk) reply).messageCount());
    }

    CompletableFuture<Void> declareExchange(ExchangeSpec exchange) {
        return declare(exchange, false);
    }

    CompletableFuture<Void> declareExchangePassive(String exchange) {
        // Without a type: Broker-J would hold it against the exchange's.
        return declare(ExchangeSpec.of(exchange, ""), true);
    }

    private CompletableFuture<Void> declare(ExchangeSpec exchange, boolean passive) {
        Method declare = new ExchangeMethod.Declare(
                exchange.name(),
                exchange.type(),
                passive,
                exchange.durable(),
                exchange.autoDelete(),
                exchange.internal(),
                false,
                exchange.arguments());
        return channel.request(declare.name(), exchange.name(), () -> declare, ExchangeMethod.DeclareOk.ID, reply -> {
            if (!passive) {
                record(it -> it.exchangeDeclared(exchange));
            }
            return ChannelHandle.nothing(reply);
        });
    }

    CompletableFuture<Void> deleteExchange(String exchange, boolean ifUnused) {
        return channel.request(
                "exchange.delete",
                exchange,
                () -> new ExchangeMethod.Delete(exchange, ifUnused, false),
                ExchangeMethod.DeleteOk.ID,
                reply -> {
                    record(it -> it.exchangeDeleted(exchange));
                    return ChannelHandle.nothing(reply);
                });
    }

    CompletableFuture<Void> bind(BindingSpec it) {
        String what = it.destination() + "' to '" + it.source();
        Function<Method, Void> result = reply -> {
            record(recorder -> recorder.bound(known(it)));
            return ChannelHandle.nothing(reply);
        };
        return switch (it.destinationType()) {
            case QUEUE ->
                channel.request(
                        "queue.bind",
                        what,
                        () -> new QueueMethod.Bind(
                                currentName(it.destination()), it.source(), it.routingKey(), false, it.arguments()),
                        QueueMethod.BindOk.ID,
                        result);
            case EXCHANGE ->
                channel.request(
                        "exchange.bind",
                        what,
                        () -> new ExchangeMethod.Bind(
                                it.destination(), it.source(), it.routingKey(), false, it.arguments()),
                        ExchangeMethod.BindOk.ID,
                        result);
        };
    }

    CompletableFuture<Void> unbind(BindingSpec it) {
        String what = it.destination() + "' from '" + it.source();
        Function<Method, Void> result = reply -> {
            record(recorder -> recorder.unbound(known(it)));
            return ChannelHandle.nothing(reply);
        };
        return switch (it.destinationType()) {
            case QUEUE ->
                channel.request(
                        "queue.unbind",
                        what,
                        () -> new QueueMethod.Unbind(
                                currentName(it.destination()), it.source(), it.routingKey(), it.arguments()),
                        QueueMethod.UnbindOk.ID,
                        result);
            case EXCHANGE ->
                channel.request(
                        "exchange.unbind",
                        what,
                        () -> new ExchangeMethod.Unbind(
                                it.destination(), it.source(), it.routingKey(), false, it.arguments()),
                        ExchangeMethod.UnbindOk.ID,
                        result);
        };
    }

    /** The binding by the name of the queue that it is of. */
    private BindingSpec known(BindingSpec it) {
        return it.destinationType() == BindingSpec.DestinationType.EXCHANGE
                ? it
                : new BindingSpec(
                        it.source(),
                        it.destinationType(),
                        knownName(it.destination()),
                        it.routingKey(),
                        it.arguments());
    }

    /** The name that a queue has now; on the event loop, as what is to be sent is made. */
    String currentName(String queue) {
        if (queue.isEmpty()) {
            // The broker knows the last one, unless it was declared to another machine.
            return declaredHere || lastDeclared == null
                    ? queue
                    : connection.life().currentName(lastDeclared);
        }
        return connection.life().currentName(queue);
    }

    /** The same when the broker has answered: the empty name stands for a queue. */
    String knownName(String queue) {
        String name = queue.isEmpty() && lastDeclared != null ? lastDeclared : queue;
        return connection.life().currentName(name);
    }
}
