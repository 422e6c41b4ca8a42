package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.HandshakeOptions;
import dev.leveret.amqp.net.Dialer;
import dev.leveret.amqp.net.EventLoops;
import dev.leveret.amqp.net.Link;
import dev.leveret.amqp.net.TlsLayer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a connection: tries the endpoints in order, each at all its addresses, until one lets it in. A refusal of the
 * credentials ends it at once, as it is not the address that is wrong. On the event loop.
 */
public final class Connecting {

    private static final Logger LOG = LoggerFactory.getLogger(Connecting.class);

    /** An address to try. */
    private record Candidate(Endpoint endpoint, InetAddress address) {}

    private final ConnectionOptions options;
    private final ConnectionHandle connection;
    private final CompletableFuture<AsyncConnection> result = new CompletableFuture<>();
    private final Iterator<Endpoint> endpoints;
    private final Queue<Candidate> candidates = new ArrayDeque<>();
    private final List<Attempt> attempts = new ArrayList<>();
    private @Nullable HandshakeOptions handshake;
    private @Nullable SSLContext tlsContext;
    private @Nullable Opening opening;
    private boolean warned;

    private Connecting(ConnectionOptions options) {
        this.options = options;
        this.connection = new ConnectionHandle(options, ClientIdentity.connectionName(options));
        this.endpoints = options.endpoints().iterator();
    }

    /** Opens a connection. Cancelling the future ends the attempt. */
    public static CompletableFuture<AsyncConnection> start(ConnectionOptions options) {
        Connecting connecting = new Connecting(options);
        connecting.connection.onLoop(connecting::askForCredentials);
        connecting.result.whenComplete((connection, failure) -> {
            if (connecting.result.isCancelled()) {
                connecting.observeFailure(failure);
                connecting.connection.onLoop(connecting::giveUp);
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
            if (failure == null) {
                handshake = new HandshakeOptions(
                        options.virtualHost(),
                        credentials,
                        ClientIdentity.properties(options, connection.name()),
                        options.heartbeat(),
                        options.channelMax(),
                        options.frameMax(),
                        options.maxInboundBody());
                readCertificates();
            } else {
                failBeforeDialling(Phase.CREDENTIALS, failure);
            }
        }));
    }

    private void readCertificates() {
        if (options.tls().isEmpty()) {
            tryNext();
            return;
        }
        TlsOptions tls = options.tls().get();
        SecurityWarnings.unchecked(tls).ifPresent(it -> LOG.warn("{}: {}", connection, it));
        Preparation.context(tls)
                .whenComplete((context, failure) -> connection.onLoop(() -> {
                    if (failure == null) {
                        tlsContext = context;
                        tryNext();
                    } else {
                        failBeforeDialling(Phase.TLS, failure);
                    }
                }));
    }

    private void failBeforeDialling(Phase phase, Throwable failure) {
        fail(new ConnectFailedException(List.of(new Attempt(options.endpoints().get(0), "", phase, unwrap(failure)))));
    }

    private void tryNext() {
        if (result.isDone()) {
            connection.abandon();
            return;
        }
        Candidate candidate = candidates.poll();
        if (candidate != null) {
            dial(candidate);
        } else if (endpoints.hasNext()) {
            resolve(endpoints.next());
        } else {
            fail(new ConnectFailedException(attempts));
        }
    }

    private void resolve(Endpoint endpoint) {
        CompletableFuture<List<InetAddress>> lookUp = Dialer.resolve(endpoint.host());
        Deadlines.Deadline deadline = connection
                .deadlines()
                .after(
                        options.connectTimeout(),
                        () -> lookUp.completeExceptionally(new AmqpTimeoutException(
                                "no answer from the resolver within " + options.connectTimeout())));
        lookUp.whenComplete((addresses, failure) -> connection.onLoop(() -> {
            deadline.cancel();
            if (failure == null) {
                addresses.forEach(address -> candidates.add(new Candidate(endpoint, address)));
            } else {
                attempts.add(new Attempt(endpoint, "", Phase.DNS, unwrap(failure)));
            }
            tryNext();
        }));
    }

    private void dial(Candidate candidate) {
        HandshakeOptions wishes = Objects.requireNonNull(handshake);
        if (options.tls().isEmpty() && !warned) {
            SecurityWarnings.readable(wishes.credentials(), candidate.endpoint, candidate.address)
                    .ifPresent(it -> {
                        warned = true;
                        LOG.warn("{}: {}", connection, it);
                    });
        }
        @Nullable TlsLayer tls;
        try {
            tls = tlsContext == null ? null : new TlsLayer(options.tls().orElseThrow(), tlsContext, candidate.endpoint);
        } catch (TlsException e) {
            attempts.add(new Attempt(candidate.endpoint, candidate.address.getHostAddress(), Phase.TLS, e));
            tryNext();
            return;
        }
        Link link = new Link(wishes, connection.ticker(), connection, connection::resume);
        InetSocketAddress address = new InetSocketAddress(candidate.address, candidate.endpoint.port());
        Opening attempt = new Opening(candidate, link, tls == null);
        opening = attempt;
        connection.attach(link, attempt);
        Dialer.connect(connection.loop(), address, options.connectTimeout(), tls, link, attempt);
    }

    /** Nobody wants the connection any more. */
    private void giveUp() {
        if (opening != null) {
            opening.link.fail(new ConnectionClosedException(
                    "the connection was closed while it was opened", ReplyCode.SUCCESS.code(), false));
        }
    }

    private void fail(AmqpException cause) {
        connection.abandon();
        if (!result.isDone()) {
            observeFailure(cause);
        }
        result.completeExceptionally(cause);
    }

    private void observeFailure(Throwable cause) {
        ConnectionObserver observer = connection.observer();
        if (observer != null) {
            observer.onFailed(cause);
        }
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** One address on its way to an open connection. */
    private final class Opening implements ConnectionHandle.LinkListener, Dialer.Listener {

        private final Candidate candidate;
        private final Link link;
        private boolean secured;
        private Deadlines.@Nullable Deadline deadline;

        Opening(Candidate candidate, Link link, boolean plain) {
            this.candidate = candidate;
            this.link = link;
            this.secured = plain;
        }

        @Override
        public void onConnected() {
            secured = true;
            connection.onLoop(
                    () -> deadline = connection.deadlines().after(options.handshakeTimeout(), this::timedOut));
        }

        @Override
        public void onNotConnected(Throwable cause) {
            connection.onLoop(() -> failed(Phase.TCP, cause));
        }

        @Override
        public void onOpen() {
            cancelDeadline();
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
        public void onFailure(AmqpException cause) {
            cancelDeadline();
            if (cause instanceof AuthenticationException refusal) {
                fail(new AuthenticationException(candidate.endpoint + ": " + refusal.getMessage(), refusal));
            } else {
                boolean inTls = !secured || cause instanceof TlsException;
                failed(inTls ? Phase.TLS : phase(link.machine().stateAtEnd()), cause);
            }
        }

        private void timedOut() {
            link.fail(new AmqpTimeoutException(
                    "the broker did not complete the AMQP handshake within " + options.handshakeTimeout()));
        }

        private void cancelDeadline() {
            if (deadline != null) {
                deadline.cancel();
            }
        }

        private void failed(Phase phase, Throwable cause) {
            attempts.add(new Attempt(candidate.endpoint, candidate.address.getHostAddress(), phase, cause));
            tryNext();
        }
    }

    private static Phase phase(ConnectionState state) {
        return switch (state) {
            case STARTING -> Phase.PROTOCOL;
            case SECURING -> Phase.AUTHENTICATION;
            default -> Phase.OPEN;
        };
    }
}
