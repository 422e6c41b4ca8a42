package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.machine.ConnectLimits;
import dev.leveret.amqp.machine.ConnectMachine;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.HandshakeOptions;
import dev.leveret.amqp.net.Dialer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a link for a connection: asks for credentials and certificates, then goes in rounds of {@link Dialing} over the
 * endpoints, as its {@link ConnectMachine} asks for them. On the event loop.
 */
final class ConnectRounds implements ConnectMachine.Driver, Dialing.Outcome {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectRounds.class);

    /** Is told once how it ends, except when it is cancelled. */
    interface Outcome {

        /** The connection has an open link. */
        void onOpen();

        void onFailure(AmqpException cause);
    }

    private final ConnectionHandle connection;
    private final ConnectionOptions options;
    private final Dialer dialer;
    private final @Nullable InetSocketAddress avoided;
    private final Outcome outcome;
    private final ConnectMachine machine;
    private @Nullable HandshakeOptions handshake;
    private @Nullable SSLContext tlsContext;
    private @Nullable Dialing round;
    private boolean over;

    /** @param avoided whom to try last; {@code null} for nobody */
    ConnectRounds(
            ConnectionHandle connection,
            Dialer dialer,
            ConnectLimits limits,
            @Nullable InetSocketAddress avoided,
            Outcome outcome) {
        this.options = connection.options();
        this.connection = connection;
        this.dialer = dialer;
        this.avoided = avoided;
        this.outcome = outcome;
        this.machine = new ConnectMachine(limits, connection.deadlines(), this);
    }

    /** Before anything is dialled credentials are asked for: a provider's time is not the broker's. */
    void start() {
        CompletableFuture<List<Credentials>> asked = Preparation.credentials(options.credentials());
        Deadlines.Deadline deadline = connection
                .deadlines()
                .after(
                        options.credentialsTimeout(),
                        () -> asked.completeExceptionally(new AmqpTimeoutException(
                                "the credentials' provider did not answer within " + options.credentialsTimeout())));
        asked.whenComplete((credentials, failure) -> connection.onLoop(() -> {
            deadline.cancel();
            if (over) {
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

    /** Nobody wants the connection any more: nothing is left open, and nobody is told. */
    void cancel() {
        if (!over) {
            over = true;
            machine.stop();
            if (round != null) {
                round.cancel();
            }
        }
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
                    if (over) {
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

    @Override
    public void startRound() {
        Dialing next = new Dialing(connection, Objects.requireNonNull(handshake), tlsContext, dialer, avoided, this);
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
        over = true;
        machine.stop();
        // First of all, so that whoever gets the connection finds it taken note of.
        try {
            options.credentials()
                    .onOpen(connection, Objects.requireNonNull(handshake).credentials());
        } catch (RuntimeException e) {
            LOG.error("{}: the credentials' provider failed to take note of it", connection, e);
        }
        outcome.onOpen();
    }

    @Override
    public void onFailure(List<Attempt> attempts, @Nullable AuthenticationException refusal) {
        machine.onRoundFailed(attempts, refusal);
    }

    @Override
    public void onFailure(AmqpException cause) {
        over = true;
        outcome.onFailure(cause);
    }
}
