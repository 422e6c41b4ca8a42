package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Declares a topology on a channel of its own: everything is sent at once, the first refusal ends it. */
final class TopologyDeclaration {

    private TopologyDeclaration() {}

    static CompletableFuture<Void> run(ConnectionHandle connection, Topology topology) {
        // Before the channel is there: nobody would close it.
        RabbitMqRules.require(topology, connection.serverInfo());
        return connection.openChannel().thenCompose(channel -> {
            CompletableFuture<Void> outcome = new CompletableFuture<>();
            declareAll(channel, topology)
                    .whenComplete((ignored, failure) ->
                            channel.close().whenComplete((closed, closeFailure) -> finish(outcome, failure)));
            return outcome;
        });
    }

    /** The futures complete in the order of the requests, so the first failure is the one that the others follow from. */
    private static CompletableFuture<Void> declareAll(AsyncChannel channel, Topology topology) {
        List<CompletableFuture<?>> pending = new ArrayList<>();
        topology.exchanges().forEach(exchange -> pending.add(channel.declareExchange(exchange)));
        topology.queues().forEach(queue -> pending.add(channel.declareQueue(queue)));
        topology.bindings().forEach(binding -> pending.add(channel.bind(binding)));
        return CompletableFuture.allOf(pending.toArray(CompletableFuture[]::new));
    }

    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    private static void finish(CompletableFuture<Void> outcome, Throwable failure) {
        Throwable cause = failure != null && failure.getCause() != null ? failure.getCause() : failure;
        if (cause == null) {
            outcome.complete(null);
        } else {
            outcome.completeExceptionally(cause);
        }
    }
}
