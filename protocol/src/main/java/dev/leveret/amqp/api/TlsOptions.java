package dev.leveret.amqp.api;

import dev.leveret.amqp.api.TlsException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * How to speak TLS with the broker. Immutable and thread-safe; made by {@link #builder()}.
 *
 * <p>By default the broker's certificate has to be issued by an authority that the JVM trusts, has to be valid now, and has
 * to be for the host that is connected to; there is no client certificate. Only TLS 1.2 and 1.3 are spoken.
 *
 * <p>Files are read again at each connect, and what they have in them then is used: a renewed certificate needs neither a
 * restart nor new options. Connections that are open stay as they are. Streams are read once, by the builder.
 */
public final class TlsOptions {

    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
    private static final TlsOptions DEFAULTS = builder().build();

    private final TlsMaterial.@Nullable Source trustPem;
    private final TlsMaterial.@Nullable Source trustStore;
    private final char @Nullable [] trustStorePassword;
    private final @Nullable TrustManagerFactory trustManagers;
    private final TlsMaterial.@Nullable Source chainPem;
    private final TlsMaterial.@Nullable Source keyPem;
    private final TlsMaterial.@Nullable Source keyStore;
    private final char @Nullable [] keyPassword;
    private final @Nullable KeyManagerFactory keyManagers;
    private final @Nullable SSLContext given;
    private final List<String> protocols;
    private final String serverName;
    private final Duration handshakeTimeout;
    private final boolean trustEverything;
    private final boolean anyHost;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as is what it was made of. */
    private @Nullable SSLContext loaded;

    private String loadedFrom = "";

    private TlsOptions(Builder from) {
        trustPem = from.trustPem;
        trustStore = from.trustStore;
        trustStorePassword = from.trustStorePassword;
        trustManagers = from.trustManagers;
        chainPem = from.chainPem;
        keyPem = from.keyPem;
        keyStore = from.keyStore;
        keyPassword = from.keyPassword;
        keyManagers = from.keyManagers;
        given = from.given;
        protocols = from.protocols;
        serverName = from.serverName;
        handshakeTimeout = from.handshakeTimeout;
        trustEverything = from.trustEverything;
        anyHost = from.anyHost;
    }

    /** The defaults: the JVM's trust, all checks, no client certificate. */
    public static TlsOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** The name that the broker's certificate has to be for and that is sent as SNI; empty: the host connected to. */
    public String serverName() {
        return serverName;
    }

    /** How long the TLS handshake on one TCP connection may take. */
    public Duration handshakeTimeout() {
        return handshakeTimeout;
    }

    /** The versions of TLS that may be spoken, as the JDK names them. */
    public List<String> protocols() {
        return protocols;
    }

    /** Whether any peer is taken for the broker: see {@link Builder#trustEverythingInsecurely}. */
    public boolean trustsEverything() {
        return trustEverything;
    }

    /** Whether a certificate may be for any host: see {@link Builder#withoutHostNameCheckInsecurely}. */
    public boolean acceptsAnyHost() {
        return anyHost || trustEverything;
    }

    /**
     * The context for a connect now: the one given to the builder, or else one of the certificates and keys configured,
     * made anew if a file has changed. Reads files and so may block.
     *
     * @throws TlsException {@link Reason#MATERIAL} if something cannot be read or does not fit together
     */
    public SSLContext sslContext() {
        if (given != null) {
            return given;
        }
        lock.lock();
        try {
            Material material = read();
            SSLContext context = loaded;
            if (context == null || !material.digest.equals(loadedFrom)) {
                context = context(material);
                loaded = context;
                loadedFrom = material.digest;
            }
            return context;
        } finally {
            lock.unlock();
        }
    }

    /**
     * An engine for one connection, in client mode and with all checks that these options ask for.
     *
     * @param context what {@link #sslContext} has returned
     * @param host that is connected to
     * @throws TlsException {@link Reason#PROTOCOL_VERSION} if the context speaks no version that is allowed
     */
    public SSLEngine engine(SSLContext context, String host, int port) {
        String name = serverName.isEmpty() ? host : serverName;
        SSLEngine engine = context.createSSLEngine(name, port);
        engine.setUseClientMode(true);
        List<String> supported = Arrays.asList(engine.getSupportedProtocols());
        String[] enabled = protocols.stream().filter(supported::contains).toArray(String[]::new);
        if (enabled.length == 0) {
            throw new TlsException(
                    Reason.PROTOCOL_VERSION,
                    "the SSL context speaks none of " + protocols + ", only " + supported,
                    null);
        }
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(enabled);
        if (!acceptsAnyHost()) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 2818 and 6125, as brokers' certificates are
        }
        if (isHostName(name)) {
            sni(name, parameters);
        }
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * What it means that a handshake failed.
     *
     * @param engine of {@link #engine}
     * @param failure what the engine or the transport failed with
     */
    public TlsException explain(SSLEngine engine, Throwable failure) {
        return TlsFailure.of(engine, protocols, failure);
    }

    /** Addresses are not sent as names (RFC 6066 section 3). */
    private static boolean isHostName(String name) {
        return name.indexOf(':') < 0 && !name.matches("[0-9.]+");
    }

    private static void sni(String name, SSLParameters parameters) {
        try {
            parameters.setServerNames(
                    List.of(new SNIHostName(name.endsWith(".") ? name.substring(0, name.length() - 1) : name)));
        } catch (IllegalArgumentException e) {
            // A name such as my_broker that the resolver knows and DNS would not allow: SNI cannot carry it.
            parameters.setServerNames(List.of());
        }
    }

    /** What the sources have in them now. */
    private record Material(byte @Nullable [] trust, byte @Nullable [] chain, byte @Nullable [] keys, String digest) {}

    private Material read() {
        TlsMaterial.Source trust = trustPem != null ? trustPem : trustStore;
        TlsMaterial.Source key = keyPem != null ? keyPem : keyStore;
        byte[] trustBytes = read(trust);
        byte[] chainBytes = read(chainPem);
        byte[] keyBytes = read(key);
        return new Material(
                trustBytes, chainBytes, keyBytes, digest(trustBytes) + digest(chainBytes) + digest(keyBytes));
    }

    private static byte @Nullable [] read(TlsMaterial.@Nullable Source source) {
        try {
            return source == null ? null : source.read();
        } catch (IOException e) {
            throw new TlsException(
                    Reason.MATERIAL,
                    "TLS: " + source + " cannot be read: " + e.getClass().getSimpleName(),
                    e);
        }
    }

    private static String digest(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "-";
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private SSLContext context(Material material) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new ClientKeys(clientKeys(material))}, serverTrust(material), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new TlsException(Reason.MATERIAL, "TLS: no context can be made: " + e.getMessage(), e);
        }
    }

    private TrustManager[] serverTrust(Material material) {
        if (trustEverything) {
            return new TrustManager[] {new InsecureTrust()};
        }
        TrustManager[] managers;
        if (trustManagers != null) {
            managers = trustManagers.getTrustManagers();
        } else {
            managers = loading(trustPem != null ? trustPem : trustStore, () -> {
                byte[] bytes = material.trust;
                KeyStore store = bytes == null
                        ? null
                        : trustPem != null ? TlsMaterial.trusted(bytes) : TlsMaterial.store(bytes, trustStorePassword);
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(store); // without a store the JVM's
                return factory.getTrustManagers();
            });
        }
        // Others than extended ones stay as they are: the JDK checks the host name for these itself.
        return Arrays.stream(managers)
                .map(it -> it instanceof X509ExtendedTrustManager extended ? new ServerCertificateCheck(extended) : it)
                .toArray(TrustManager[]::new);
    }

    private @Nullable X509KeyManager clientKeys(Material material) {
        KeyManager[] managers;
        byte[] keys = material.keys;
        if (keyManagers != null) {
            managers = keyManagers.getKeyManagers();
        } else if (keys == null) {
            return null;
        } else {
            managers = loading(keyPem != null ? keyPem : keyStore, () -> {
                char[] password = keyPassword == null ? new char[0] : keyPassword;
                KeyStore store;
                byte[] chain = material.chain;
                if (chain == null) {
                    store = TlsMaterial.store(keys, password);
                } else {
                    // Of this store nobody but the next line knows.
                    password = UUID.randomUUID().toString().toCharArray();
                    store = TlsMaterial.keyed(chain, keys, keyPassword, password);
                }
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, password);
                return factory.getKeyManagers();
            });
        }
        for (KeyManager manager : managers) {
            if (manager instanceof X509KeyManager x509) {
                return x509;
            }
        }
        return null;
    }

    private interface Loading<T> {
        T load() throws GeneralSecurityException, IOException;
    }

    private <T> T loading(TlsMaterial.@Nullable Source from, Loading<T> action) {
        try {
            return action.load();
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            String where = from == null
                    ? "the JVM's trust store"
                    : chainPem != null && from == keyPem ? from + " with " + chainPem : from.toString();
            throw new TlsException(
                    Reason.MATERIAL,
                    "TLS: " + where + " cannot be used: "
                            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
                    e);
        }
    }

    @Override
    public String toString() {
        List<Object> parts = new ArrayList<>();
        if (given != null) {
            parts.add("a given SSLContext");
        } else {
            parts.add("trust="
                    + (trustEverything
                            ? "EVERYTHING"
                            : trustPem != null
                                    ? trustPem
                                    : trustStore != null ? trustStore : trustManagers != null ? "given" : "the JVM's"));
            parts.add("client certificate="
                    + (chainPem != null
                            ? chainPem
                            : keyStore != null ? keyStore : keyManagers != null ? "given" : "none"));
        }
        if (acceptsAnyHost()) {
            parts.add("host name NOT CHECKED");
        } else if (!serverName.isEmpty()) {
            parts.add("serverName='" + serverName + "'");
        }
        parts.add(protocols);
        return "TlsOptions" + parts;
    }

    /** Collects options; not thread-safe. */
    public static final class Builder {

        private TlsMaterial.@Nullable Source trustPem;
        private TlsMaterial.@Nullable Source trustStore;
        private char @Nullable [] trustStorePassword;
        private @Nullable TrustManagerFactory trustManagers;
        private TlsMaterial.@Nullable Source chainPem;
        private TlsMaterial.@Nullable Source keyPem;
        private TlsMaterial.@Nullable Source keyStore;
        private char @Nullable [] keyPassword;
        private @Nullable KeyManagerFactory keyManagers;
        private @Nullable SSLContext given;
        private List<String> protocols = PROTOCOLS;
        private String serverName = "";
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private boolean trustEverything;
        private boolean anyHost;

        private Builder() {}

        /** Trusts the certificates in a PEM file, usually one of the authority that issued the broker's. */
        public Builder trustCertificates(Path pem) {
            trustPem = TlsMaterial.Source.of(pem);
            return this;
        }

        /** The same from a stream, which is read now and not closed. */
        public Builder trustCertificates(InputStream pem) throws IOException {
            trustPem = TlsMaterial.Source.of("trusted certificates", pem);
            return this;
        }

        /**
         * Trusts the certificates in a key store, PKCS #12 or JKS.
         *
         * @param password of the store; {@code null} if it has none. It is copied.
         */
        public Builder trustStore(Path file, char @Nullable [] password) {
            trustStore = TlsMaterial.Source.of(file);
            trustStorePassword = copy(password);
            return this;
        }

        /** The same from a stream, which is read now and not closed. */
        public Builder trustStore(InputStream store, char @Nullable [] password) throws IOException {
            trustStore = TlsMaterial.Source.of("trust store", store);
            trustStorePassword = copy(password);
            return this;
        }

        /** Leaves to trust managers which certificates to trust. It has to be initialised. */
        public Builder trustManagers(TrustManagerFactory value) {
            trustManagers = value;
            return this;
        }

        /** Shows the broker a certificate: a PEM file with it and its intermediate ones, and one with its private key. */
        public Builder clientCertificate(Path chainPem, Path keyPem) {
            return clientCertificate(chainPem, keyPem, null);
        }

        /**
         * The same with a private key that is encrypted.
         *
         * @param keyPassword is copied
         */
        public Builder clientCertificate(Path chainPem, Path keyPem, char @Nullable [] keyPassword) {
            certificateFile(chainPem);
            keyFile(keyPem);
            if (keyPassword != null) {
                keyPassword(keyPassword);
            }
            return this;
        }

        /** The same from streams, which are read now and not closed. */
        public Builder clientCertificate(InputStream chainPem, InputStream keyPem, char @Nullable [] keyPassword)
                throws IOException {
            this.chainPem = TlsMaterial.Source.of("client certificate", chainPem);
            this.keyPem = TlsMaterial.Source.of("private key", keyPem);
            this.keyPassword = copy(keyPassword);
            return this;
        }

        /**
         * Shows the broker a certificate from a key store, PKCS #12 or JKS.
         *
         * @param password of the store and of the key in it. It is copied.
         */
        public Builder keyStore(Path file, char @Nullable [] password) {
            keyStore = TlsMaterial.Source.of(file);
            keyPassword = copy(password);
            return this;
        }

        /** The same from a stream, which is read now and not closed. */
        public Builder keyStore(InputStream store, char @Nullable [] password) throws IOException {
            keyStore = TlsMaterial.Source.of("key store", store);
            keyPassword = copy(password);
            return this;
        }

        /** Leaves to key managers which certificate to show. It has to be initialised. */
        public Builder keyManagers(KeyManagerFactory value) {
            keyManagers = value;
            return this;
        }

        /** Leaves trust and client certificates to a context. The host name is checked all the same. */
        public Builder sslContext(SSLContext value) {
            given = value;
            return this;
        }

        /** The name that the broker's certificate has to be for and that is sent as SNI, in place of the host's. */
        public Builder serverName(String value) {
            serverName = value;
            return this;
        }

        /** {@code TLSv1.3}, {@code TLSv1.2} or both, which is the default. Older ones are refused. */
        public Builder protocols(String... versions) {
            for (String version : versions) {
                if (!PROTOCOLS.contains(version)) {
                    throw new IllegalArgumentException(
                            "protocol '" + version + "' is none of " + PROTOCOLS + ": older ones are broken");
                }
            }
            if (versions.length == 0) {
                throw new IllegalArgumentException("protocols: there has to be one of " + PROTOCOLS);
            }
            protocols = List.of(versions);
            return this;
        }

        /** How long the TLS handshake on one TCP connection may take; more than nothing, 10 s by default. */
        public Builder handshakeTimeout(Duration value) {
            if (value.isNegative() || value.toMillis() == 0 || value.compareTo(Duration.ofDays(24)) > 0) {
                throw new IllegalArgumentException("handshakeTimeout " + value + " is not in 1 ms..24 days");
            }
            handshakeTimeout = value;
            return this;
        }

        /**
         * Takes whatever peer there is for the broker: neither who issued its certificate is checked nor for which host
         * and until when. Anybody in between can read and change everything, passwords included. A warning is logged at
         * each connect.
         */
        public Builder trustEverythingInsecurely() {
            trustEverything = true;
            return this;
        }

        /**
         * Accepts a trusted certificate whatever host it is for. Whoever has any certificate of a trusted authority can
         * take the broker's place. A warning is logged at each connect. Where only the name differs,
         * {@link #serverName} is the better way.
         */
        public Builder withoutHostNameCheckInsecurely() {
            anyHost = true;
            return this;
        }

        /** @throws IllegalArgumentException if options contradict each other, or one is missing */
        public TlsOptions build() {
            // A URI of RabbitMQ's may well name an authority and say verify_none.
            requireOne("what to trust", trustPem, trustStore, trustManagers, given);
            requireOne("what to trust", given, trustEverything ? this : null);
            requireOne("the client's certificate", chainPem, keyStore, keyManagers, given);
            if ((chainPem == null) != (keyPem == null)) {
                throw new IllegalArgumentException(
                        chainPem == null
                                ? "there is a private key but no client certificate"
                                : "there is a client certificate but not its private key");
            }
            return new TlsOptions(this);
        }

        // ---- one by one, as options of URIs come
        // ----------------------------------------------------------------------

        Builder certificateFile(Path pem) {
            chainPem = TlsMaterial.Source.of(pem);
            return this;
        }

        Builder keyFile(Path pem) {
            keyPem = TlsMaterial.Source.of(pem);
            return this;
        }

        Builder keyPassword(char[] password) {
            keyPassword = copy(password);
            return this;
        }

        /** RabbitMQ's {@code verify_peer} and {@code verify_none}. */
        Builder verify(String value) {
            switch (value.toLowerCase(Locale.ROOT)) {
                case "verify_peer" -> trustEverything = false;
                case "verify_none" -> trustEverything = true;
                default -> throw new IllegalArgumentException("it is verify_peer or verify_none");
            }
            return this;
        }

        private static void requireOne(String what, @Nullable Object... given) {
            if (Arrays.stream(given).filter(it -> it != null).count() > 1) {
                throw new IllegalArgumentException(what + " is said in more than one way");
            }
        }

        private static char @Nullable [] copy(char @Nullable [] secret) {
            return secret == null ? null : secret.clone();
        }
    }
}
