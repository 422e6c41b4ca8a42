package dev.leveret.amqp.client;

import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Brings the work on a connection's channels to an end: no more deliveries, then the handlers, then the confirms; when that
 * is done or the time is over, tells what is left. On the event loop.
 */
final class Shutdown {

    private final ConnectionHandle connection;
    private final List<ChannelHandle> channels;
    private final CompletableFuture<ShutdownReport> report = new CompletableFuture<>();

    private Shutdown(ConnectionHandle connection, List<ChannelHandle> channels) {
        this.connection = connection;
        this.channels = channels;
    }

    static CompletableFuture<ShutdownReport> start(
            ConnectionHandle connection, List<ChannelHandle> channels, Duration patience) {
        Shutdown shutdown = new Shutdown(connection, List.copyOf(channels));
        Deadlines.Deadline deadline = connection.deadlines().after(patience, shutdown::finish);
        shutdown.report.whenComplete((ignored, failure) -> deadline.cancel());
        shutdown.step(ChannelHandle::stopDelivering)
                .thenCompose(ignored -> shutdown.step(ChannelHandle::handlersDone))
                .thenCompose(ignored -> shutdown.step(ChannelHandle::publishesDecided))
                .thenRun(shutdown::finish);
        return shutdown.report;
    }

    /** Does something with all channels; what fails for one has ended with it. */
    private CompletableFuture<Void> step(Function<ChannelHandle, CompletableFuture<Void>> action) {
        List<CompletableFuture<?>> all = new ArrayList<>();
        channels.forEach(it -> all.add(action.apply(it).exceptionally(ended -> null)));
        CompletableFuture<Void> done = new CompletableFuture<>();
        // Each step begins on the event loop, whoever ended the one before it, and behind what was submitted until
        // then.
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenRun(() -> connection.submit(new Task(() -> ChannelHandle.complete(done))));
        return done;
    }

    private void finish() {
        if (!report.isDone()) {
            report.complete(
                    channels.stream().map(ChannelHandle::left).reduce(ShutdownReport.CLEAN, ShutdownReport::plus));
        }
    }
}
