package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How to connect and what to hold a connection to. Immutable; made by {@link #builder()} or {@link AmqpUri#parse}.
 *
 * <p>Defaults are a local broker's: {@code guest} at {@code localhost:5672}, virtual host {@code /}.
 */
public final class ConnectionOptions {

    /** RabbitMQ refuses smaller frames from 4.1 on. */
    public static final int MIN_FRAME_MAX = 8192;

    private final List<Endpoint> endpoints;
    private final String virtualHost;
    private final CredentialsProvider credentials;
    private final @Nullable TlsOptions tls;
    private final String connectionName;
    private final Map<String, @Nullable Object> clientProperties;
    private final String locale;
    private final Duration heartbeat;
    private final @Nullable UnaryOperator<Duration> heartbeatChoice;
    private final int channelMax;
    private final int frameMax;
    private final Duration credentialsTimeout;
    private final AddressResolver addressResolver;
    private final AddressOrder addressOrder;
    private final TcpOptions tcp;
    private final Transport transport;
    private final Duration dnsTimeout;
    private final Duration connectTimeout;
    private final Duration connectionAttemptDelay;
    private final Duration handshakeTimeout;
    private final Duration connectDeadline;
    private final int connectAttempts;
    private final Duration retryDelay;
    private final Duration requestTimeout;
    private final Duration confirmTimeout;
    private final Duration closeTimeout;
    private final int maxInboundBody;
    private final int outboundBuffer;
    private final BlockedPolicy whenBlocked;
    private final Optional<Duration> blockedConnectionTimeout;
    private final boolean separatePublishing;
    private final RecoveryOptions recovery;
    private final List<Observer> observers;
    private final int frameHistory;

    private ConnectionOptions(Builder from) {
        endpoints = from.endpoints;
        virtualHost = from.virtualHost;
        credentials = from.credentials;
        tls = from.tls;
        connectionName = from.connectionName;
        clientProperties = FieldValues.copyTable("client property", from.clientProperties);
        locale = from.locale;
        heartbeat = from.heartbeat;
        heartbeatChoice = from.heartbeatChoice;
        channelMax = from.channelMax;
        frameMax = from.frameMax;
        credentialsTimeout = from.credentialsTimeout;
        addressResolver = from.addressResolver;
        addressOrder = from.addressOrder;
        tcp = from.tcp;
        transport = from.transport;
        dnsTimeout = from.dnsTimeout;
        connectTimeout = from.connectTimeout;
        connectionAttemptDelay = from.connectionAttemptDelay;
        handshakeTimeout = from.handshakeTimeout;
        connectDeadline = from.connectDeadline;
        connectAttempts = from.connectAttempts;
        retryDelay = from.retryDelay;
        requestTimeout = from.requestTimeout;
        confirmTimeout = from.confirmTimeout;
        closeTimeout = from.closeTimeout;
        maxInboundBody = from.maxInboundBody;
        outboundBuffer = from.outboundBuffer;
        whenBlocked = from.whenBlocked;
        blockedConnectionTimeout = from.blockedConnectionTimeout;
        separatePublishing = from.separatePublishing;
        recovery = from.recovery;
        observers = List.copyOf(from.observers);
        frameHistory = from.frameHistory;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these options. */
    public Builder toBuilder() {
        Builder copy = new Builder();
        copy.endpoints = endpoints;
        copy.virtualHost = virtualHost;
        copy.credentials = credentials;
        copy.tls = tls;
        copy.connectionName = connectionName;
        copy.clientProperties.putAll(clientProperties);
        copy.locale = locale;
        copy.heartbeat = heartbeat;
        copy.heartbeatChoice = heartbeatChoice;
        copy.channelMax = channelMax;
        copy.frameMax = frameMax;
        copy.credentialsTimeout = credentialsTimeout;
        copy.addressResolver = addressResolver;
        copy.addressOrder = addressOrder;
        copy.tcp = tcp;
        copy.transport = transport;
        copy.dnsTimeout = dnsTimeout;
        copy.connectTimeout = connectTimeout;
        copy.connectionAttemptDelay = connectionAttemptDelay;
        copy.handshakeTimeout = handshakeTimeout;
        copy.connectDeadline = connectDeadline;
        copy.connectAttempts = connectAttempts;
        copy.retryDelay = retryDelay;
        copy.requestTimeout = requestTimeout;
        copy.confirmTimeout = confirmTimeout;
        copy.closeTimeout = closeTimeout;
        copy.maxInboundBody = maxInboundBody;
        copy.outboundBuffer = outboundBuffer;
        copy.whenBlocked = whenBlocked;
        copy.blockedConnectionTimeout = blockedConnectionTimeout;
        copy.separatePublishing = separatePublishing;
        copy.recovery = recovery;
        copy.observers.addAll(observers);
        copy.frameHistory = frameHistory;
        return copy;
    }

    /**
     * Reads settings from a map, such as a program's configuration, into a builder that can be refined: what the keys that
     * begin with the prefix say. Keys are the names of a URI's options, see {@link AmqpUri}; in them {@code _}, {@code .}
     * and {@code -} mean the same. Those of RabbitMQ's Java client are known where they mean the same, such as
     * {@code connection.heartbeat}, and in place of the rest of a URI there are:
     *
     * <ul>
     *   <li>{@code uri}: an AMQP URI, or several with spaces or commas between them that differ in host and port only
     *   <li>{@code host} and {@code port}, or {@code addresses}: {@code host:port}s with commas between them
     *   <li>{@code username}, {@code password}, {@code virtual.host}
     *   <li>{@code client.properties.<name>}: a client property
     * </ul>
     *
     * @param prefix such as {@code "rabbitmq."}; may be empty
     * @throws IllegalArgumentException if a key with the prefix is not known, is given in two ways, or has a value that is
     *     out of range; the message does not show a secret
     */
    public static Builder from(Map<String, ?> settings, String prefix) {
        return from(settings, prefix, Map.of());
    }

    /**
     * The same with further options, which a library on top of this one has: in the map, and in the URI that it may have.
     *
     * @param further what takes the value of each over, by its name; it may refuse it with an {@link
     *     IllegalArgumentException}, to which the name and the value are added
     * @throws IllegalArgumentException as {@link #from(Map, String)}; or if a further option has the name of one that there is
     */
    public static Builder from(Map<String, ?> settings, String prefix, Map<String, Consumer<String>> further) {
        return SettingsMap.read(settings, prefix, further);
    }

    /** The same from properties, with their defaults. */
    public static Builder from(Properties settings, String prefix) {
        Map<String, String> map = new LinkedHashMap<>();
        settings.stringPropertyNames().forEach(name -> map.put(name, settings.getProperty(name)));
        return from(map, prefix);
    }

    /** The brokers to try, in the {@link #addressOrder}. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    public String virtualHost() {
        return virtualHost;
    }

    /** The credentials, or who is asked for them at each connect. */
    public CredentialsProvider credentials() {
        return credentials;
    }

    /** How to speak TLS; empty for plain TCP. */
    public Optional<TlsOptions> tls() {
        return Optional.ofNullable(tls);
    }

    /** How long the {@link CredentialsProvider} may take. */
    public Duration credentialsTimeout() {
        return credentialsTimeout;
    }

    /** The name for broker and log; empty: one is made up. */
    public String connectionName() {
        return connectionName;
    }

    /** What is told to the broker beyond what the client tells itself. */
    public Map<String, @Nullable Object> clientProperties() {
        return clientProperties;
    }

    /** The language in which the broker is asked to write its error texts. RabbitMQ has only {@code en_US}. */
    public String locale() {
        return locale;
    }

    /** The longest silence either side may keep is twice this; zero for no heartbeats. The broker may ask for less. */
    public Duration heartbeat() {
        return heartbeat;
    }

    /** What makes the heartbeat from the broker's proposal, in place of {@link #heartbeat}; empty if nothing does. */
    public Optional<UnaryOperator<Duration>> heartbeatChoice() {
        return Optional.ofNullable(heartbeatChoice);
    }

    /** The highest number of channels to ask for; 0 leaves it to the broker. */
    public int channelMax() {
        return channelMax;
    }

    /** The largest frame to ask for, in bytes; 0 leaves it to the broker. */
    public int frameMax() {
        return frameMax;
    }

    /** Who is asked for the addresses of an endpoint, at each connect. */
    public AddressResolver addressResolver() {
        return addressResolver;
    }

    /** The order in which endpoints and their addresses are tried. */
    public AddressOrder addressOrder() {
        return addressOrder;
    }

    /** Options of the TCP connection. */
    public TcpOptions tcp() {
        return tcp;
    }

    /** What moves the bytes; connections with the same share threads. */
    public Transport transport() {
        return transport;
    }

    /** How long the lookup of one endpoint's addresses may take. */
    public Duration dnsTimeout() {
        return dnsTimeout;
    }

    /** How long one TCP connection attempt may take. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** How long a TCP connection attempt is alone, before the next address is tried beside it (RFC 8305). */
    public Duration connectionAttemptDelay() {
        return connectionAttemptDelay;
    }

    /** How long opening a connection may take altogether. */
    public Duration connectDeadline() {
        return connectDeadline;
    }

    /** How often all endpoints are gone over until opening a connection fails. */
    public int connectAttempts() {
        return connectAttempts;
    }

    /** The pause before all endpoints are gone over again. */
    public Duration retryDelay() {
        return retryDelay;
    }

    /** How long the AMQP handshake on one TCP connection may take. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** How long a request waits for the broker's answer. */
    public Duration requestTimeout() {
        return requestTimeout;
    }

    /**
     * How long a message that was published waits for the broker's confirm; then its {@linkplain PublishResult.Unknown outcome
     * is unknown}, at most a tenth later. Zero: for as long as there is a channel.
     */
    public Duration confirmTimeout() {
        return confirmTimeout;
    }

    /** How long closing a channel or connection waits for the broker's answer. */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /**
     * The largest body accepted from the broker, in bytes, up to 2147483639 as it is one array; a larger one ends its channel
     * before it is stored.
     */
    public int maxInboundBody() {
        return maxInboundBody;
    }

    /** How many bytes of messages may wait to be written before senders are told to wait. */
    public int outboundBuffer() {
        return outboundBuffer;
    }

    /** What publishing does while the broker has blocked the connection. */
    public BlockedPolicy whenBlocked() {
        return whenBlocked;
    }

    /** How long the connection may be blocked before it is given up; empty: as long as the broker likes. */
    public Optional<Duration> blockedConnectionTimeout() {
        return blockedConnectionTimeout;
    }

    /** What happens when the connection is lost. */
    public RecoveryOptions recovery() {
        return recovery;
    }

    /** Whether channels for publishing are opened on a TCP connection of their own. */
    public boolean separatePublishing() {
        return separatePublishing;
    }

    /** Who is told what the connection does, in this order. */
    public List<Observer> observers() {
        return observers;
    }

    /** How many frames {@link AsyncConnection#diagnostics()} remembers; 0 for none. */
    public int frameHistory() {
        return frameHistory;
    }

    @Override
    public String toString() {
        return "ConnectionOptions[endpoints=" + endpoints + ", virtualHost='" + virtualHost + "', credentials="
                + (credentials instanceof Credentials fixed ? fixed.mechanism() : "provided")
                + (tls == null ? "" : ", " + tls)
                + ", name='" + connectionName + "', heartbeat=" + heartbeat + "]";
    }

    /** Collects options; not thread-safe. */
    public static final class Builder {

        /** JVMs keep a few of the indices for themselves. */
        private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

        private static final Duration LONGEST_TIMEOUT = Duration.ofDays(24);

        private List<Endpoint> endpoints = List.of(new Endpoint("localhost", Endpoint.DEFAULT_PORT));
        private String virtualHost = "/";
        private CredentialsProvider credentials = Credentials.plain("guest", "guest");
        private @Nullable TlsOptions tls;
        private TlsOptions.@Nullable Builder uriTls;
        private String connectionName = "";
        private final Map<String, @Nullable Object> clientProperties = new LinkedHashMap<>();
        private String locale = "en_US";
        private Duration heartbeat = Duration.ofSeconds(60);
        private @Nullable UnaryOperator<Duration> heartbeatChoice;
        private int channelMax;
        private int frameMax;
        private Duration credentialsTimeout = Duration.ofSeconds(30);
        private AddressResolver addressResolver = AddressResolver.system();
        private AddressOrder addressOrder = AddressOrder.IN_ORDER;
        private TcpOptions tcp = TcpOptions.DEFAULT;
        private Transport transport = Transport.NIO;
        private Duration dnsTimeout = Duration.ofSeconds(10);
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration connectionAttemptDelay = Duration.ofMillis(250);
        private Duration handshakeTimeout = Duration.ofSeconds(15);
        private Duration connectDeadline = Duration.ofMinutes(1);
        private int connectAttempts = 1;
        private Duration retryDelay = Duration.ofSeconds(2);
        private Duration requestTimeout = Duration.ofSeconds(30);
        private Duration confirmTimeout = Duration.ofSeconds(30);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private int maxInboundBody = 64 * 1024 * 1024;
        private int outboundBuffer = 128 * 1024;
        private BlockedPolicy whenBlocked = BlockedPolicy.waiting();
        private Optional<Duration> blockedConnectionTimeout = Optional.empty();
        private boolean separatePublishing;
        private RecoveryOptions recovery = RecoveryOptions.standard();
        private final List<Observer> observers = new ArrayList<>();
        private int frameHistory;

        private Builder() {}

        public Builder endpoints(List<Endpoint> value) {
            if (value.isEmpty()) {
                throw new IllegalArgumentException("no endpoint to connect to");
            }
            endpoints = List.copyOf(value);
            return this;
        }

        public Builder endpoint(String host, int port) {
            return endpoints(List.of(new Endpoint(host, port)));
        }

        public Builder virtualHost(String value) {
            virtualHost = ShortString.require("virtual host", value);
            return this;
        }

        /**
         * {@link Credentials}, several of them {@linkplain CredentialsProvider#inOrder in order}, or who is asked for them
         * at each connect.
         */
        public Builder credentials(CredentialsProvider value) {
            credentials = value;
            return this;
        }

        /**
         * Speaks TLS with all endpoints; brokers do so on port {@value Endpoint#DEFAULT_TLS_PORT}.
         *
         * @param value {@code null} for plain TCP
         */
        public Builder tls(@Nullable TlsOptions value) {
            tls = value;
            return this;
        }

        /** How long the credentials' provider may take; 30 s by default. */
        public Builder credentialsTimeout(Duration value) {
            credentialsTimeout = positive("credentialsTimeout", value);
            return this;
        }

        /** The TLS options of a URI, which come one by one. */
        TlsOptions.Builder uriTls() {
            TlsOptions.Builder options = uriTls;
            if (options == null) {
                options = TlsOptions.builder();
                uriTls = options;
            }
            return options;
        }

        /** The last of them has come. */
        void endUriTls() {
            TlsOptions.Builder options = uriTls;
            if (options == null) {
                return;
            }
            if (tls == null) {
                throw new IllegalArgumentException(
                        "there are options of TLS without TLS: let the URI begin with amqps://");
            }
            tls = options.build();
        }

        /** The mechanisms of a URI, for the user and password that it names. */
        void mechanisms(String names) {
            CredentialsProvider password = credentials;
            credentials = CredentialsProvider.inOrder(Arrays.stream(names.split(",", -1))
                    .map(it -> mechanism(it.toUpperCase(Locale.ROOT), password))
                    .toArray(Credentials[]::new));
        }

        private static Credentials mechanism(String name, CredentialsProvider password) {
            if (password instanceof PasswordCredentials known) {
                switch (name) {
                    case "PLAIN":
                        return known.in(PasswordCredentials.Form.PLAIN);
                    case "AMQPLAIN":
                        return known.in(PasswordCredentials.Form.AMQPLAIN);
                    case "EXTERNAL":
                        return Credentials.external();
                    case "ANONYMOUS":
                        return Credentials.anonymous();
                    default:
                }
            }
            throw new IllegalArgumentException("it is one of plain, amqplain, external, anonymous, or several of them");
        }

        public Builder connectionName(String value) {
            connectionName = value;
            return this;
        }

        public Builder clientProperty(String name, @Nullable Object value) {
            clientProperties.put(name, value);
            return this;
        }

        /** As POSIX writes it, such as {@code en_US}. RabbitMQ takes any and answers in English. */
        public Builder locale(String value) {
            locale = ShortString.require("locale", value);
            return this;
        }

        /**
         * Whole seconds, 0 to 65535; zero switches heartbeats off, whatever the broker proposes. Else the shorter of this and
         * the broker's proposal is agreed on. Below 5 s expect false alarms.
         */
        public Builder heartbeat(Duration value) {
            if (value.isNegative() || value.toSeconds() > 65535 || value.getNano() != 0) {
                throw new IllegalArgumentException("heartbeat " + value + " is not a whole number of 0..65535 seconds");
            }
            heartbeat = value;
            heartbeatChoice = null;
            return this;
        }

        /**
         * Makes the heartbeat from the broker's proposal, which is zero where the broker wants none: whole seconds, 0 to
         * 65535, and these are agreed on. Called on the event loop at each connect; must not block. If it throws, or returns
         * anything else, the connection attempt fails.
         */
        public Builder heartbeatFrom(UnaryOperator<Duration> choice) {
            heartbeatChoice = choice;
            return this;
        }

        /** 1..65535, or 0 to leave it to the broker. */
        public Builder channelMax(int value) {
            channelMax = between("channelMax", value, 0, 65535);
            return this;
        }

        /** {@value ConnectionOptions#MIN_FRAME_MAX} bytes or more, or 0 to leave it to the broker. */
        public Builder frameMax(int value) {
            if (value != 0) {
                between("frameMax", value, MIN_FRAME_MAX, Integer.MAX_VALUE);
            }
            frameMax = value;
            return this;
        }

        public Builder addressResolver(AddressResolver value) {
            addressResolver = value;
            return this;
        }

        public Builder addressOrder(AddressOrder value) {
            addressOrder = value;
            return this;
        }

        public Builder tcp(TcpOptions value) {
            tcp = value;
            return this;
        }

        /** What moves the bytes; {@link Transport#NIO} by default. Whether it is available shows when connecting. */
        public Builder transport(Transport value) {
            transport = value;
            return this;
        }

        public Builder dnsTimeout(Duration value) {
            dnsTimeout = positive("dnsTimeout", value);
            return this;
        }

        /**
         * How long a lookup or a TCP connection attempt is alone before the next is begun beside it; 250 ms by default. RFC
         * 8305 advises against less than 100 ms. With {@link #connectTimeout} or more, addresses are tried one by one.
         */
        public Builder connectionAttemptDelay(Duration value) {
            connectionAttemptDelay = positive("connectionAttemptDelay", value);
            return this;
        }

        /**
         * How long opening a connection may take altogether: lookups, all addresses, all of {@link #connectAttempts} and the
         * pauses between them. One minute by default.
         */
        public Builder connectDeadline(Duration value) {
            connectDeadline = positive("connectDeadline", value);
            return this;
        }

        /**
         * How often all endpoints are gone over, each time with new lookups, until opening a connection fails: 1..1000, by
         * default 1. There is no further round when the broker refuses the credentials or the virtual host.
         */
        public Builder connectAttempts(int value) {
            connectAttempts = between("connectAttempts", value, 1, 1000);
            return this;
        }

        /** The pause before all endpoints are gone over again; 2 s by default. */
        public Builder retryDelay(Duration value) {
            retryDelay = positive("retryDelay", value);
            return this;
        }

        public Builder connectTimeout(Duration value) {
            connectTimeout = positive("connectTimeout", value);
            return this;
        }

        public Builder handshakeTimeout(Duration value) {
            handshakeTimeout = positive("handshakeTimeout", value);
            return this;
        }

        public Builder requestTimeout(Duration value) {
            requestTimeout = positive("requestTimeout", value);
            return this;
        }

        /** The default is 30 seconds; zero has publishes wait for as long as there is a channel. */
        public Builder confirmTimeout(Duration value) {
            confirmTimeout = value.isZero() ? value : positive("confirmTimeout", value);
            return this;
        }

        public Builder closeTimeout(Duration value) {
            closeTimeout = positive("closeTimeout", value);
            return this;
        }

        public Builder maxInboundBody(int bytes) {
            maxInboundBody = between("maxInboundBody", bytes, 1, LONGEST_ARRAY);
            return this;
        }

        public Builder outboundBuffer(int bytes) {
            outboundBuffer = between("outboundBuffer", bytes, 1, Integer.MAX_VALUE);
            return this;
        }

        /** The default is {@link BlockedPolicy#waiting}. */
        public Builder whenBlocked(BlockedPolicy value) {
            whenBlocked = value;
            return this;
        }

        /**
         * Gives the connection up when the broker has blocked it for this long, as Pika's {@code blocked_connection_timeout}:
         * it ends with {@link ConnectionBlockedException}.
         *
         * @param value {@code null}, the default, for never
         */
        public Builder blockedConnectionTimeout(@Nullable Duration value) {
            blockedConnectionTimeout =
                    value == null ? Optional.empty() : Optional.of(positive("blockedConnectionTimeout", value));
            return this;
        }

        /** {@link RecoveryOptions#standard()} by default: a connection that is lost is recovered. */
        public Builder recovery(RecoveryOptions value) {
            recovery = value;
            return this;
        }

        /**
         * Opens channels for {@link ChannelPurpose#PUBLISH} on a second TCP connection, so that consumers are not stopped
         * when the broker blocks publishers, nor publishers when a consumer cannot keep up. Off by default.
         */
        public Builder separatePublishing(boolean value) {
            separatePublishing = value;
            return this;
        }

        /** Adds an observer; may be called several times. */
        public Builder observer(Observer value) {
            observers.add(value);
            return this;
        }

        /**
         * How many of the last frames, in both directions, are remembered for {@link AsyncConnection#diagnostics()}: direction,
         * channel, name and size, 0..10000. Every frame is then looked at twice; 0, the default, costs nothing.
         */
        public Builder frameHistory(int frames) {
            frameHistory = between("frameHistory", frames, 0, 10_000);
            return this;
        }

        public ConnectionOptions build() {
            return new ConnectionOptions(this);
        }

        private static int between(String what, int value, int min, int max) {
            if (value < min || value > max) {
                throw new IllegalArgumentException(what + " " + value + " is not in " + min + ".." + max);
            }
            return value;
        }

        private static Duration positive(String what, Duration value) {
            if (value.isNegative() || value.isZero() || value.compareTo(LONGEST_TIMEOUT) > 0) {
                throw new IllegalArgumentException(
                        what + " " + value + " is not positive, or longer than " + LONGEST_TIMEOUT.toDays() + " days");
            }
            return value;
        }
    }
}
