package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.machine.ConnectLimits;
import dev.leveret.amqp.net.EventLoops;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The first connect: makes a connection and gives it to whoever asked for it. */
public final class Connecting implements ConnectRounds.Outcome {

    private final ConnectionHandle connection;
    private final CompletableFuture<AsyncConnection> result = new CompletableFuture<>();

    private Connecting(ConnectionHandle connection) {
        this.connection = connection;
    }

    /** Opens a connection. Cancelling the future ends the attempt. */
    public static CompletableFuture<AsyncConnection> start(ConnectionOptions options) {
        return start(ConnectionHandle.overTcp(options, ClientIdentity.connectionName(options)));
    }

    /** Opens a connection that nobody has opened yet. */
    static CompletableFuture<AsyncConnection> start(ConnectionHandle connection) {
        ConnectionOptions options = connection.options();
        Connecting connecting = new Connecting(connection);
        ConnectRounds rounds;
        try {
            rounds = new ConnectRounds(
                    connection,
                    connection.dialer(),
                    new ConnectLimits(options.connectAttempts(), options.retryDelay(), options.connectDeadline()),
                    null,
                    connecting);
        } catch (RuntimeException e) {
            connection.abandon();
            throw e;
        }
        connection.onLoop(rounds::start);
        connecting.result.whenComplete((open, failure) -> {
            if (connecting.result.isCancelled()) {
                connecting.observeFailure(failure);
                connection.onLoop(() -> connecting.giveUp(rounds));
            }
        });
        return connecting.result;
    }

    /** Opens a connection and waits for the outcome, on a thread that may. */
    public static AsyncConnection await(ConnectionOptions options) {
        if (EventLoops.isLoopThread()) {
            throw new IllegalStateException(
                    "connecting on an event loop might wait for itself: use the asynchronous face"
                            + " in callbacks, or another thread");
        }
        CompletableFuture<AsyncConnection> connecting = start(options);
        try {
            return connecting.get();
        } catch (ExecutionException e) {
            throw Await.forCaller(e.getCause());
        } catch (InterruptedException e) {
            connecting.cancel(false);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while connecting");
        }
    }

    /** Nobody wants the connection any more. */
    private void giveUp(ConnectRounds rounds) {
        if (connection.isOpen()) {
            return; // and is being closed, as nobody took it
        }
        rounds.cancel();
        connection.abandon();
    }

    @Override
    public void onOpen() {
        if (!result.complete(connection)) {
            connection.close();
        }
    }

    @Override
    public void onFailure(AmqpException cause) {
        if (!result.isDone()) {
            observeFailure(cause);
        }
        connection.abandon();
        result.completeExceptionally(cause);
    }

    private void observeFailure(Throwable cause) {
        ConnectionObserver observer = connection.observer();
        if (observer != null) {
            observer.onFailed(cause);
        }
    }
}
