package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.machine.ConnectLimits;
import dev.leveret.amqp.machine.ConnectMachine;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.HandshakeOptions;
import dev.leveret.amqp.net.Dialer;
import dev.leveret.amqp.net.EventLoops;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a connection: rounds of {@link Dialing}, as its {@link ConnectMachine} asks for them. On the event loop. */
public final class Connecting implements ConnectMachine.Driver, Dialing.Outcome {

    private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

    private final ConnectionHandle connection;
    private final ConnectionOptions options;
    private final Dialer dialer;
    private final CompletableFuture<AsyncConnection> result = new CompletableFuture<>();
    private final ConnectMachine machine;
    private @Nullable HandshakeOptions handshake;
    private @Nullable SSLContext tlsContext;
    private @Nullable Dialing round;
    private boolean open;

    private Connecting(ConnectionHandle connection, Dialer dialer) {
        this.options = connection.options();
        this.connection = connection;
        this.dialer = dialer;
        this.machine = new ConnectMachine(
                new ConnectLimits(options.connectAttempts(), options.retryDelay(), options.connectDeadline()),
                connection.deadlines(),
                this);
    }

    /** Opens a connection. Cancelling the future ends the attempt. */
    public static CompletableFuture<AsyncConnection> start(ConnectionOptions options) {
        ConnectionHandle connection = new ConnectionHandle(options, ClientIdentity.connectionName(options));
        Connecting connecting;
        try {
            connecting = new Connecting(connection, new Dialer(connection.loop(), options.tcp()));
        } catch (RuntimeException e) {
            connection.abandon();
            throw e;
        }
        connection.onLoop(connecting::askForCredentials);
        connecting.result.whenComplete((open, failure) -> {
            if (connecting.result.isCancelled()) {
                connecting.observeFailure(failure);
                connection.onLoop(connecting::giveUp);
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

    /** Before anything is dialled: a provider's time is not the broker's. */
    private void askForCredentials() {
        CompletableFuture<List<Credentials>> asked = Preparation.credentials(options.credentials());
        Deadlines.Deadline deadline = connection
                .deadlines()
                .after(
                        options.credentialsTimeout(),
                        () -> asked.completeExceptionally(new AmqpTimeoutException(
                                "the credentials' provider did not answer within " + options.credentialsTimeout())));
        asked.whenComplete((credentials, failure) -> connection.onLoop(() -> {
            deadline.cancel();
            if (result.isDone()) {
                return; // nobody wants the connection any more
            }
            if (failure == null) {
                handshake = new HandshakeOptions(
                        options.virtualHost(),
                        credentials,
                        ClientIdentity.properties(options, connection.name()),
                        options.heartbeat(),
                        options.channelMax(),
                        options.frameMax(),
                        options.maxInboundBody(),
                        options.heartbeatChoice().orElse(null),
                        options.locale());
                readCertificates();
            } else {
                failBeforeDialling(Phase.CREDENTIALS, failure);
            }
        }));
    }

    private void readCertificates() {
        if (options.tls().isEmpty()) {
            machine.start();
            return;
        }
        TlsOptions tls = options.tls().get();
        SecurityWarnings.unchecked(tls).ifPresent(it -> LOG.warn("{}: {}", connection, it));
        Preparation.context(tls)
                .whenComplete((context, failure) -> connection.onLoop(() -> {
                    if (result.isDone()) {
                        return;
                    }
                    if (failure == null) {
                        tlsContext = context;
                        machine.start();
                    } else {
                        failBeforeDialling(Phase.TLS, failure);
                    }
                }));
    }

    private void failBeforeDialling(Phase phase, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        onFailure(new ConnectFailedException(
                List.of(new Attempt(options.endpoints().get(0), "", phase, cause))));
    }

    /** Nobody wants the connection any more. */
    private void giveUp() {
        if (open) {
            return; // and is being closed, as nobody took it
        }
        machine.stop();
        if (round != null) {
            round.cancel();
        }
        connection.abandon();
    }

    @Override
    public void startRound() {
        Dialing next = new Dialing(connection, Objects.requireNonNull(handshake), tlsContext, dialer, this);
        round = next;
        next.start();
    }

    @Override
    public void expireRound(AmqpException cause) {
        if (round != null) {
            round.expire(cause);
        }
    }

    @Override
    public void onOpen() {
        open = true;
        machine.stop();
        // First of all, so that whoever gets the connection finds it taken note of.
        try {
            options.credentials()
                    .onOpen(connection, Objects.requireNonNull(handshake).credentials());
        } catch (RuntimeException e) {
            LOG.error("{}: the credentials' provider failed to take note of it", connection, e);
        }
        if (!result.complete(connection)) {
            connection.close();
        }
    }

    @Override
    public void onFailure(List<Attempt> attempts, @Nullable AuthenticationException refusal) {
        machine.onRoundFailed(attempts, refusal);
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
