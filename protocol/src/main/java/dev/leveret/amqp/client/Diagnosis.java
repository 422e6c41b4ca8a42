package dev.leveret.amqp.client;

import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionDiagnostics.ChannelDiagnostics;
import dev.leveret.amqp.api.ConnectionDiagnostics.ConsumerDiagnostics;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConsumerState;
import dev.leveret.amqp.net.Link;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the parts of a connection what they are doing: on its event loop, and when that does not answer, what keeps it. The
 * deadline is the JDK's own timer, as the loop's would be of no use.
 */
final class Diagnosis {

    /** How long the event loop has to answer. */
    static final Duration PATIENCE = Duration.ofMillis(800);

    private Diagnosis() {}

    static CompletableFuture<ConnectionDiagnostics> of(ConnectionHandle connection) {
        if (connection.loop().isCurrent()) {
            return CompletableFuture.completedFuture(examine(connection));
        }
        CompletableFuture<ConnectionDiagnostics> answer = new CompletableFuture<>();
        try {
            connection.loop().execute(() -> {
                connection.begin();
                answer.complete(examine(connection));
                connection.end();
            });
        } catch (RejectedExecutionException e) {
            // The loop's threads are gone, so nobody else touches what is left.
            answer.complete(examine(connection));
        }
        return answer.copy()
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(ignored -> unanswered(connection));
    }

    private static ConnectionDiagnostics unanswered(ConnectionHandle connection) {
        return new ConnectionDiagnostics(
                connection.name(),
                false,
                "UNKNOWN",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ZERO,
                0,
                connection.outboundBytes(),
                false,
                false,
                List.of(),
                List.of(),
                connection.loop().stack());
    }

    private static ConnectionDiagnostics examine(ConnectionHandle connection) {
        Link link = connection.life().currentLink();
        Negotiated negotiated = connection.life().negotiated();
        return new ConnectionDiagnostics(
                connection.name(),
                true,
                state(connection, link),
                connection.life().blocked(),
                link == null ? Optional.empty() : link.sinceRead(),
                link == null ? Optional.empty() : link.sinceWritten(),
                negotiated == null ? Duration.ZERO : negotiated.heartbeat(),
                connection.pendingCommands(),
                connection.outboundBytes(),
                link != null && link.isWritable(),
                connection.life().isReading(),
                link == null
                        ? List.of()
                        : link.machine().channels().stream()
                                .map(Diagnosis::examine)
                                .toList(),
                link == null ? List.of() : link.lastFrames(),
                List.of());
    }

    private static String state(ConnectionHandle connection, @Nullable Link link) {
        if (connection.life().isRecovering()) {
            return "RECOVERING";
        }
        return link == null ? "CONNECTING" : link.machine().state().name();
    }

    private static ChannelDiagnostics examine(ChannelMachine channel) {
        DeliveryDispatch.Load load = channel.owner() instanceof Incarnation incarnation
                ? incarnation.channel().dispatch().load()
                : new DeliveryDispatch.Load(0, Optional.empty());
        return new ChannelDiagnostics(
                channel.number(),
                channel.state().name(),
                channel.waitingRequests(),
                channel.unconfirmed(),
                channel.oldestUnconfirmed(),
                channel.unsettled(),
                channel.consumers().stream().map(Diagnosis::examine).toList(),
                load.waiting(),
                load.busy());
    }

    private static ConsumerDiagnostics examine(ConsumerState consumer) {
        ConsumerHandle handle = consumer.sink() instanceof ConsumerHandle it ? it : null;
        return new ConsumerDiagnostics(
                consumer.consumerTag(),
                handle == null ? "" : handle.queue(),
                consumer.prefetch(),
                consumer.unsettled(),
                consumer.oldest(),
                Optional.ofNullable(handle).map(ConsumerHandle::handling).map(Delivery::deliveryTag));
    }
}
