package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The blocking face of a {@link ConnectionHandle}. */
final class BlockingConnection implements Connection {

    private final ConnectionHandle async;

    BlockingConnection(ConnectionHandle async) {
        this.async = async;
    }

    @Override
    public Channel openChannel() {
        return await(() -> async.openChannel()).blocking();
    }

    @Override
    public Channel openChannel(ChannelPurpose purpose) {
        return await(() -> async.openChannel(purpose)).blocking();
    }

    @Override
    public ShutdownReport shutdown(Duration patience) {
        Await.refuseOnLoop(async);
        Duration closing = async.options().closeTimeout().multipliedBy(2);
        Duration longest = Duration.ofNanos(Deadlines.nanos(patience)).plus(closing);
        return Await.result(async, async.shutdown(patience), longest);
    }

    @Override
    public void declare(Topology topology) {
        await(() -> async.declare(topology));
    }

    @Override
    public void updateSecret(byte[] newSecret, String reason) {
        await(() -> async.updateSecret(newSecret, reason));
    }

    @Override
    public void close() {
        Await.refuseOnLoop(async);
        Await.result(async, async.close(), async.options().closeTimeout());
    }

    @Override
    public boolean isOpen() {
        return async.isOpen();
    }

    @Override
    public ServerInfo serverInfo() {
        return async.serverInfo();
    }

    @Override
    public Negotiated negotiated() {
        return async.negotiated();
    }

    @Override
    public String name() {
        return async.name();
    }

    @Override
    public AutoCloseable onEvent(Consumer<? super ConnectionEvent> listener) {
        return async.onEvent(listener);
    }

    @Override
    public ConnectionDiagnostics diagnostics() {
        return Await.result(async, async.diagnostics(), Diagnosis.PATIENCE);
    }

    @Override
    public AsyncConnection async() {
        return async;
    }

    @Override
    public String toString() {
        return async.toString();
    }

    private <T> T await(Supplier<CompletableFuture<T>> call) {
        Await.refuseOnLoop(async);
        return Await.result(async, call.get(), async.options().requestTimeout());
    }
}
