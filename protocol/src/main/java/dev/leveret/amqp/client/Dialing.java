package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AddressOrder;
import dev.leveret.amqp.api.AddressResolver.ResolvedAddress;
import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.machine.Candidate;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.DialLimits;
import dev.leveret.amqp.machine.DialMachine;
import dev.leveret.amqp.machine.HandshakeOptions;
import dev.leveret.amqp.net.Dialer;
import dev.leveret.amqp.net.Link;
import dev.leveret.amqp.net.Lookup;
import dev.leveret.amqp.net.TlsLayer;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One round over all endpoints for a connection: does what its {@link DialMachine} asks for, and attaches the link of the
 * broker that lets us in. On the connection's event loop.
 */
final class Dialing {

    private static final Logger LOG = LoggerFactory.getLogger(Dialing.class);

    /** Is told once how the round ends, except when it is cancelled. */
    interface Outcome {

        /** The connection has an open link. */
        void onOpen();

        /** As {@link DialMachine.Driver#onFailure}. */
        void onFailure(List<Attempt> attempts, @Nullable AuthenticationException refusal);
    }

    private final ConnectionHandle connection;
    private final ConnectionOptions options;
    private final HandshakeOptions handshake;
    private final @Nullable SSLContext tlsContext;
    private final Dialer dialer;
    private final Outcome outcome;
    private final @Nullable Random shuffle;
    private final @Nullable InetSocketAddress avoided;
    private final DialMachine<InetAddress> machine;

    private final Map<Integer, Lookup> lookups = new HashMap<>();
    private final Map<Integer, Dialer.Transport> transports = new HashMap<>();
    private final Map<Integer, Candidate<InetAddress>> dialled = new HashMap<>();
    /** That secrets are sent readably is said once. */
    private boolean warned;
    /** Of the transport that won, while it is not open. */
    private @Nullable Opening opening;

    /**
     * @param tlsContext {@code null} for plain TCP
     * @param avoided whom to try last; {@code null} for nobody
     */
    Dialing(
            ConnectionHandle connection,
            HandshakeOptions handshake,
            @Nullable SSLContext tlsContext,
            Dialer dialer,
            @Nullable InetSocketAddress avoided,
            Outcome outcome) {
        this.connection = connection;
        this.options = connection.options();
        this.handshake = handshake;
        this.tlsContext = tlsContext;
        this.dialer = dialer;
        this.outcome = outcome;
        this.avoided = avoided;
        this.shuffle = options.addressOrder() == AddressOrder.SHUFFLED ? new Random() : null;
        List<Endpoint> endpoints = new ArrayList<>(options.endpoints());
        if (shuffle != null) {
            Collections.shuffle(endpoints, shuffle);
        }
        if (avoided != null) {
            // Stable, so the others keep their order.
            endpoints.sort(Comparator.comparing(
                    it -> it.host().equals(avoided.getHostString()) && it.port() == avoided.getPort()));
        }
        this.machine = new DialMachine<>(
                endpoints,
                new DialLimits(
                        options.dnsTimeout(),
                        options.connectTimeout(),
                        tlsContext == null ? null : options.tls().orElseThrow().handshakeTimeout(),
                        options.handshakeTimeout(),
                        options.connectionAttemptDelay()),
                connection.deadlines(),
                new Work());
    }

    void start() {
        machine.start();
    }

    /** Ends the round; nothing is left open, and nobody is told. */
    void cancel() {
        machine.cancel();
    }

    /** As {@link DialMachine#expire}. */
    void expire(AmqpException cause) {
        machine.expire(cause);
    }

    /** What the machine has done. */
    private final class Work implements DialMachine.Driver<InetAddress> {

        @Override
        public void resolve(int number, Endpoint endpoint) {
            lookups.put(
                    number,
                    Lookup.start(
                            options.addressResolver(),
                            endpoint,
                            (addresses, failure) -> connection.onLoop(() -> resolved(number, addresses, failure))));
        }

        @Override
        public void connect(int number, Candidate<InetAddress> candidate) {
            InetSocketAddress address = new InetSocketAddress(
                    candidate.address(), candidate.endpoint().port());
            dialled.put(number, candidate);
            // Later, so that the transport is known by then.
            transports.put(number, dialer.connect(address, new Dialer.Listener() {
                @Override
                public void onConnected() {
                    connection.onLoop(() -> machine.onConnected(number));
                }

                @Override
                public void onNotConnected(Throwable cause) {
                    connection.onLoop(() -> {
                        transports.remove(number);
                        machine.onFailed(number, Phase.TCP, cause);
                    });
                }
            }));
        }

        @Override
        public void handshake(int number) {
            Dialer.Transport transport = transports.remove(number);
            Candidate<InetAddress> candidate = dialled.get(number);
            if (transport == null || candidate == null) {
                throw new IllegalStateException("there is no transport " + number);
            }
            @Nullable TlsLayer tls;
            try {
                tls = tlsLayer(candidate);
            } catch (TlsException e) {
                transport.close();
                machine.onFailed(number, Phase.TLS, e);
                return;
            }
            Link link = new Link(handshake, connection.ticker(), connection.life(), connection::resume);
            Opening started = new Opening(number, link, tls == null);
            opening = started;
            connection.life().attach(link, started);
            transport.carry(link, tls, started::secured);
        }

        private @Nullable TlsLayer tlsLayer(Candidate<InetAddress> candidate) {
            if (tlsContext != null) {
                return new TlsLayer(options.tls().orElseThrow(), tlsContext, candidate.endpoint());
            }
            if (!warned) {
                SecurityWarnings.readable(handshake.credentials(), candidate.endpoint(), candidate.address())
                        .ifPresent(it -> {
                            warned = true;
                            LOG.warn("{}: {}", connection, it);
                        });
            }
            return null;
        }

        @Override
        public Phase phase(int number) {
            Opening current = opening;
            return current == null
                    ? Phase.PROTOCOL
                    : phaseOf(current.link.machine().stateAtEnd());
        }

        @Override
        public void close(int number) {
            Lookup lookup = lookups.remove(number);
            if (lookup != null) {
                lookup.cancel();
            }
            Dialer.Transport transport = transports.remove(number);
            if (transport != null) {
                transport.close();
            }
            Opening current = opening;
            if (current != null && current.number == number) {
                opening = null;
                current.link.fail(new ConnectionClosedException(
                        "the connection was closed while it was opened", ReplyCode.SUCCESS.code(), false));
            }
        }

        @Override
        public void onOpen(int number) {
            opening = null;
            outcome.onOpen();
        }

        @Override
        public void onFailure(List<Attempt> attempts, @Nullable AuthenticationException refusal) {
            outcome.onFailure(attempts, refusal);
        }
    }

    private void resolved(int number, List<ResolvedAddress> addresses, @Nullable Throwable failure) {
        lookups.remove(number);
        if (failure == null) {
            List<Candidate<InetAddress>> candidates = new ArrayList<>(
                    Candidate.inOrder(addresses.stream().map(Dialing::candidate).toList(), shuffle));
            candidates.sort(Comparator.comparing(this::isAvoided));
            machine.onResolved(number, candidates);
        } else {
            machine.onFailed(number, Phase.DNS, failure);
        }
    }

    private boolean isAvoided(Candidate<InetAddress> candidate) {
        return avoided != null
                && candidate.address().equals(avoided.getAddress())
                && candidate.endpoint().port() == avoided.getPort();
    }

    private static Candidate<InetAddress> candidate(ResolvedAddress resolved) {
        InetAddress address = resolved.address();
        return new Candidate<>(
                resolved.endpoint(), address, address.getHostAddress(), address instanceof Inet4Address ? 4 : 6);
    }

    private static Phase phaseOf(ConnectionState state) {
        return switch (state) {
            case STARTING -> Phase.PROTOCOL;
            case SECURING -> Phase.AUTHENTICATION;
            default -> Phase.OPEN;
        };
    }

    /** A link on its way to an open connection. */
    private final class Opening implements ConnectionLife.LinkListener {

        private final int number;
        private final Link link;
        private boolean secured;

        Opening(int number, Link link, boolean plain) {
            this.number = number;
            this.link = link;
            this.secured = plain;
        }

        /** TLS is there. */
        void secured() {
            secured = true;
            machine.onSecured(number);
        }

        @Override
        public void onOpen() {
            machine.onOpen(number);
        }

        @Override
        public void onFailure(AmqpException cause) {
            if (opening == this) {
                opening = null;
                boolean inTls = !secured || cause instanceof TlsException;
                machine.onFailed(
                        number, inTls ? Phase.TLS : phaseOf(link.machine().stateAtEnd()), cause);
            }
        }
    }
}
