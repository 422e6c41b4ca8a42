package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.api.TlsException.Reason;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.testing.FakeBrokerServer.Tls;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.amqp.testing.TestCertificates.Identity;
import dev.leveret.amqp.wire.BasicMethod;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS against a scripted broker with all kinds of certificates; what real brokers do is in {@code TlsOnRabbitMqTest}. */
class TlsTest {

    @TempDir
    static Path files;

    private static final TestCertificates CA = TestCertificates.authority("Leveret test authority");
    private static final TestCertificates OTHER_CA = TestCertificates.authority("Somebody else");
    private static final Identity GOOD = CA.issue(TestCertificates.localhost());
    private static final Identity CLIENT =
            CA.issue(TestCertificates.subject("client").forClients());

    private static TlsOptions trusting;

    @BeforeAll
    static void writeFiles() {
        CA.write(files.resolve("ca.pem"));
        CLIENT.write(files, "client");
        trusting =
                TlsOptions.builder().trustCertificates(files.resolve("ca.pem")).build();
    }

    private static Path file(String name) {
        return files.resolve(name);
    }

    private static ConnectionOptions.Builder options(FakeBrokerServer server, TlsOptions tls) {
        return server.options().endpoint("localhost", server.port()).tls(tls);
    }

    private static Attempt failing(ConnectionOptions options) {
        ConnectFailedException failure =
                catchThrowableOfType(ConnectFailedException.class, () -> Amqp.connect(options));
        assertThat(failure).as("a failure").isNotNull();
        assertThat(failure.attempts()).hasSizeBetween(1, 2); // localhost may be ::1 too
        return failure.attempts().stream()
                .filter(it -> it.phase() != Phase.TCP)
                .findFirst()
                .orElseThrow();
    }

    private static void assertRefused(Attempt attempt, Reason reason, String... words) {
        assertThat(attempt.phase()).isEqualTo(Phase.TLS);
        assertThat(attempt.cause()).isInstanceOfSatisfying(TlsException.class, it -> {
            assertThat(it.reason()).as(it.getMessage()).isEqualTo(reason);
            for (String word : words) {
                assertThat(it).hasMessageContaining(word);
            }
        });
    }

    private static void assertToldNothing(FakeBrokerServer server, FakeBroker broker) {
        int told = server.ask(broker, it -> it.received().size());
        assertThat(told).isZero();
    }

    /** A broker that is told nothing, not even the protocol header. */
    private static FakeBroker untold() {
        return new FakeBroker();
    }

    // ---- certificates that are refused ----------------------------------------------------------------------------

    static List<Arguments> badCertificates() {
        String until = "until ";
        return List.of(
                Arguments.of(
                        "untrusted issuer",
                        OTHER_CA.issue(TestCertificates.localhost()),
                        Reason.UNTRUSTED_ISSUER,
                        new String[] {"leveret test broker", "its issuer CN=Somebody else"}),
                Arguments.of(
                        "self-signed",
                        TestCertificates.selfSigned(TestCertificates.localhost()),
                        Reason.UNTRUSTED_ISSUER,
                        new String[] {"self-signed"}),
                Arguments.of(
                        "wrong host",
                        CA.issue(TestCertificates.subject("x").names("other.example", "mq.example", "10.9.8.7")),
                        Reason.WRONG_HOST,
                        new String[] {"'localhost'", "other.example, mq.example, 10.9.8.7"}),
                Arguments.of("no name", CA.issue(TestCertificates.subject("broker")), Reason.WRONG_HOST, new String[] {
                    "'localhost'", "no host by an alternative name", "CN=broker"
                }),
                Arguments.of("expired", CA.issue(TestCertificates.localhost().expired()), Reason.EXPIRED, new String[] {
                    "expired", "CN=leveret test broker", until
                }),
                Arguments.of(
                        "not yet valid",
                        CA.issue(TestCertificates.localhost().notYet()),
                        Reason.NOT_YET_VALID,
                        new String[] {"not valid yet", "from ", "clock"}),
                Arguments.of(
                        "for clients only",
                        CA.issue(TestCertificates.localhost().forClients()),
                        Reason.UNFIT_CERTIFICATE,
                        new String[] {"key usage"}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCertificates")
    void aBadCertificateIsRefusedWithItsReason(String what, Identity bad, Reason reason, String[] words) {
        FakeBroker broker = untold();
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(bad.server()), broker)) {
            assertRefused(failing(options(server, trusting).build()), reason, words);
            server.awaitEnd(broker);
            assertToldNothing(server, broker);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCertificates")
    void aGivenContextDoesNotSwitchTheChecksOff(String what, Identity bad, Reason reason, String[] words)
            throws Exception {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", CA.certificate());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        for (TlsOptions tls : List.of(
                TlsOptions.builder().sslContext(context).build(),
                TlsOptions.builder().trustManagers(trust).build())) {
            try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(bad.server()), untold())) {
                assertRefused(failing(options(server, tls).build()), reason);
            }
        }
    }

    /** A trust manager of the simple kind does not know the host: the JDK has to check it, and must not be kept from it. */
    @Test
    void aTrustManagerThatTrustsEverybodyDoesNotSwitchTheHostNamesCheckOff() throws Exception {
        X509TrustManager gullible = new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) {}

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {gullible}, null);
        Identity elsewhere = CA.issue(TestCertificates.subject("x").names("other.example"));
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(elsewhere.server()), untold())) {
            Attempt attempt = failing(
                    options(server, TlsOptions.builder().sslContext(context).build())
                            .build());
            assertRefused(attempt, Reason.WRONG_HOST);
        }
    }

    @Test
    void theJvmsTrustIsTheDefault() {
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(GOOD.server()), untold())) {
            assertRefused(failing(options(server, TlsOptions.defaults()).build()), Reason.UNTRUSTED_ISSUER);
        }
    }

    // ---- peers that do not come to an agreement -------------------------------------------------------------------

    @Test
    void aBrokerThatSpeaksOnlyOldTlsIsRefused() {
        Tls old = Tls.with(GOOD::server, socket -> socket.setEnabledProtocols(new String[] {"TLSv1.2"}));
        try (FakeBrokerServer server = FakeBrokerServer.startTls(old, untold())) {
            TlsOptions onlyNew = TlsOptions.builder()
                    .trustCertificates(file("ca.pem"))
                    .protocols("TLSv1.3")
                    .build();
            assertRefused(failing(options(server, onlyNew).build()), Reason.PROTOCOL_VERSION, "TLSv1.3");
        }
    }

    /** What a TLS 1.1 broker says: a ServerHello of its version. The JDK here would not speak it to answer so. */
    @Test
    void tls11IsRefused() throws IOException {
        byte[] serverHello = new byte[] {
            0x16,
            3,
            2,
            0,
            42,
            2,
            0,
            0,
            38,
            3,
            2,
            0,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
            9,
            10,
            11,
            12,
            13,
            14,
            15,
            16,
            17,
            18,
            19,
            20,
            21,
            22,
            23,
            24,
            25,
            26,
            27,
            28,
            29,
            30,
            31,
            0,
            (byte) 0xc0,
            0x13,
            0
        };
        assertRefused(saying(serverHello), Reason.PROTOCOL_VERSION, "TLSv1.3, TLSv1.2");
        byte[] alert = {0x15, 3, 1, 0, 2, 2, 70};
        assertRefused(saying(alert), Reason.PROTOCOL_VERSION, "protocol_version");
    }

    static List<Arguments> peersWithoutTls() {
        return List.of(
                Arguments.of("an AMQP broker", "AMQP\0\0\u0009\u0001"),
                Arguments.of("a web server", "HTTP/1.1 400 Bad Request\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("peersWithoutTls")
    void aPeerWithoutTlsIsCalledThat(String what, String answer) throws IOException {
        assertRefused(saying(answer.getBytes(StandardCharsets.ISO_8859_1)), Reason.NOT_TLS, "amqp://", "the TLS port");
    }

    @Test
    void aPeerThatHangsUpInTheHandshakeIsSaidToHaveDoneSo() throws IOException {
        assertRefused(saying(), Reason.CLOSED, "does this port speak TLS");
    }

    /** Connects to a peer that says this whatever it is told; one with nothing to say hangs up. */
    private static Attempt saying(byte... answer) throws IOException {
        try (ServerSocket peer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket socket = peer.accept()) {
                    socket.getInputStream().read(new byte[16 * 1024]);
                    socket.getOutputStream().write(answer);
                    if (answer.length == 0) {
                        socket.shutdownOutput();
                    }
                    socket.getInputStream().readAllBytes();
                } catch (IOException e) {
                    // The client is gone: what it made of the answer is what counts.
                }
            });
            thread.start();
            return failing(ConnectionOptions.builder()
                    .endpoint("127.0.0.1", peer.getLocalPort())
                    .tls(trusting)
                    .build());
        }
    }

    @Test
    void aPeerThatIsSilentEndsTheHandshakeInItsOwnTime() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            TlsOptions impatient = TlsOptions.builder()
                    .handshakeTimeout(Duration.ofMillis(300))
                    .build();
            Attempt attempt = failing(ConnectionOptions.builder()
                    .endpoint("127.0.0.1", silent.getLocalPort())
                    .handshakeTimeout(Duration.ofMinutes(5))
                    .connectTimeout(Duration.ofMinutes(5))
                    .tls(impatient)
                    .build());
            assertThat(attempt.phase()).isEqualTo(Phase.TLS);
            assertThat(attempt.cause())
                    .isInstanceOf(AmqpTimeoutException.class)
                    .hasMessageContaining("PT0.3S")
                    .hasMessageContaining("TLS handshake");
        }
    }

    @Test
    void anAmqpHandshakeThatStandsStillBehindTlsIsAnotherPhase() {
        FakeBroker stalled = new FakeBroker().header().stall();
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(GOOD.server()), stalled)) {
            Attempt attempt = failing(options(server, trusting)
                    .handshakeTimeout(Duration.ofMillis(300))
                    .build());
            assertThat(attempt.phase()).isEqualTo(Phase.PROTOCOL);
            assertThat(attempt.cause()).isInstanceOf(AmqpTimeoutException.class);
        }
    }

    @Test
    void cancellingTheConnectEndsTheTlsHandshake() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<AsyncConnection> connecting = Amqp.connectAsync(ConnectionOptions.builder()
                    .endpoint("127.0.0.1", silent.getLocalPort())
                    .tls(TlsOptions.builder()
                            .handshakeTimeout(Duration.ofMinutes(5))
                            .build())
                    .build());
            try (Socket socket = silent.accept()) {
                assertThat(socket.getInputStream().read()).isEqualTo(0x16); // ClientHello is under way
                connecting.cancel(false);
                socket.getInputStream().readAllBytes(); // to the end, which comes
            }
        }
    }

    @Test
    void aTlsPortIsRecognisedByAPlainClient() {
        FakeBroker broker = untold();
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(GOOD.server()), broker)) {
            Attempt attempt = failing(server.options().build());
            assertThat(attempt.phase()).isEqualTo(Phase.PROTOCOL);
            assertThat(attempt.cause())
                    .isInstanceOf(ConnectionClosedException.class)
                    .hasMessageContaining("TLS port")
                    .hasMessageContaining("amqps://");
        }
    }

    // ---- good certificates ----------------------------------------------------------------------------------------

    private static void connects(Tls tls, Consumer<ConnectionOptions.Builder> more, TlsOptions client) {
        FakeBroker broker = new FakeBroker().handshake().connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.startTls(tls, broker)) {
            ConnectionOptions.Builder options = options(server, client).endpoint("127.0.0.1", server.port());
            more.accept(options);
            try (Connection connection = Amqp.connect(options.build())) {
                assertThat(connection.isOpen()).isTrue();
            }
            server.awaitDone(broker);
        }
    }

    private static void connects(Identity server, TlsOptions client) {
        connects(Tls.with(server.server()), options -> {}, client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aGoodCertificateIsLetInWithEitherVersion(String version) {
        connects(
                Tls.with(GOOD::server, socket -> socket.setEnabledProtocols(new String[] {version})),
                options -> {},
                trusting);
    }

    static List<Arguments> formsOfTrust() throws IOException {
        Path pem = CA.write(files.resolve("forms-ca.pem"));
        Path p12 = CA.store(files.resolve("ca.p12"), "PKCS12");
        Path jks = CA.store(files.resolve("ca.jks"), "JKS");
        char[] password = TestCertificates.STORE_PASSWORD;
        return List.of(
                Arguments.of("PEM", TlsOptions.builder().trustCertificates(pem)),
                Arguments.of("PEM stream", TlsOptions.builder().trustCertificates(stream(pem))),
                Arguments.of("PKCS #12", TlsOptions.builder().trustStore(p12, password)),
                Arguments.of("JKS", TlsOptions.builder().trustStore(jks, password)),
                Arguments.of("PKCS #12 stream", TlsOptions.builder().trustStore(stream(p12), password)),
                Arguments.of("JKS stream", TlsOptions.builder().trustStore(stream(jks), password)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formsOfTrust")
    void trustComesInManyForms(String what, TlsOptions.Builder tls) {
        connects(GOOD, tls.build());
    }

    static Stream<Arguments> formsOfKeys() throws IOException {
        char[] password = TestCertificates.STORE_PASSWORD;
        Path chain = file("client.pem");
        Path p12 = CLIENT.store(files.resolve("client.p12"), "PKCS12");
        Path jks = CLIENT.store(files.resolve("client.jks"), "JKS");
        return Stream.of(
                Arguments.of("PEM", TlsOptions.builder().clientCertificate(chain, file("client.key"))),
                Arguments.of(
                        "PEM streams",
                        TlsOptions.builder().clientCertificate(stream(chain), stream(file("client.key")), null)),
                Arguments.of("PKCS #12", TlsOptions.builder().keyStore(p12, password)),
                Arguments.of("JKS", TlsOptions.builder().keyStore(jks, password)),
                Arguments.of("PKCS #12 stream", TlsOptions.builder().keyStore(stream(p12), password)));
    }

    private static InputStream stream(Path file) throws IOException {
        return new ByteArrayInputStream(Files.readAllBytes(file));
    }

    private static Tls demanding(Consumer<SSLSocket> more) {
        return Tls.with(() -> GOOD.server(CA.certificate()), socket -> {
            socket.setNeedClientAuth(true);
            more.accept(socket);
        });
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formsOfKeys")
    void aClientCertificateComesInManyForms(String what, TlsOptions.Builder tls) {
        connects(
                demanding(socket -> {}),
                options -> {},
                tls.trustCertificates(file("ca.pem")).build());
    }

    @Test
    void keyManagersMayBeGiven() throws Exception {
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(CLIENT.store(files.resolve("managed.p12"), "PKCS12"))) {
            store.load(in, TestCertificates.STORE_PASSWORD);
        }
        keys.init(store, TestCertificates.STORE_PASSWORD);
        connects(
                demanding(socket -> {}),
                options -> {},
                TlsOptions.builder()
                        .trustCertificates(file("ca.pem"))
                        .keyManagers(keys)
                        .build());
    }

    // ---- client certificates that are missing or refused ----------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aMissingClientCertificateIsNamed(String version) {
        Tls tls = demanding(socket -> socket.setEnabledProtocols(new String[] {version}));
        FakeBroker broker = untold();
        try (FakeBrokerServer server = FakeBrokerServer.startTls(tls, broker)) {
            assertRefused(
                    failing(options(server, trusting).build()),
                    Reason.CLIENT_CERTIFICATE_REQUIRED,
                    "client certificate");
            server.awaitEnd(broker);
            assertToldNothing(server, broker);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aRefusedClientCertificateIsNamed(String version) throws Exception {
        OTHER_CA.issue(TestCertificates.subject("stranger").forClients()).write(files, "stranger");
        // The broker does not say whom it trusts, so that the client shows what it has.
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(GOOD.store(files.resolve("good.p12"), "PKCS12"))) {
            store.load(in, TestCertificates.STORE_PASSWORD);
        }
        keys.init(store, TestCertificates.STORE_PASSWORD);
        context.init(keys.getKeyManagers(), new TrustManager[] {new Suspicious()}, null);
        Tls tls = Tls.with(() -> context, socket -> {
            socket.setNeedClientAuth(true);
            socket.setEnabledProtocols(new String[] {version});
        });
        try (FakeBrokerServer server = FakeBrokerServer.startTls(tls, untold())) {
            TlsOptions stranger = TlsOptions.builder()
                    .trustCertificates(file("ca.pem"))
                    .clientCertificate(file("stranger.pem"), file("stranger.key"))
                    .build();
            assertRefused(failing(options(server, stranger).build()), Reason.CLIENT_CERTIFICATE_REFUSED, "alert");
        }
    }

    private static final class Suspicious implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType)
                throws java.security.cert.CertificateException {
            throw new java.security.cert.CertificateException("I do not like you");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    // ---- names ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "localhost,, localhost",
        "127.0.0.1,, ''",
        "localhost, mq.example, mq.example",
        "127.0.0.1, mq.example, mq.example"
    })
    void theHostIsSentAsServerNameUnlessItIsAnAddress(String host, String override, String sent) {
        AtomicReference<SSLSocket> seen = new AtomicReference<>();
        FakeBroker broker = new FakeBroker().handshake().polite();
        Identity named = CA.issue(TestCertificates.subject("x").names("localhost", "127.0.0.1", "mq.example"));
        TlsOptions.Builder tls = TlsOptions.builder().trustCertificates(file("ca.pem"));
        if (override != null) {
            tls.serverName(override);
        }
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(named::server, seen::set), broker);
                Connection connection = Amqp.connect(server.options()
                        .endpoint(host, server.port())
                        .tls(tls.build())
                        .build())) {
            List<String> names = ((ExtendedSSLSession) seen.get().getSession())
                    .getRequestedServerNames().stream()
                            .map(it -> ((SNIHostName) it).getAsciiName())
                            .toList();
            assertThat(names).isEqualTo(sent.isEmpty() ? List.of() : List.of(sent));
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void anotherServerNameIsExpectedInPlaceOfTheHosts() {
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(GOOD.server()), untold())) {
            TlsOptions tls = TlsOptions.builder()
                    .trustCertificates(file("ca.pem"))
                    .serverName("mq.example")
                    .build();
            Attempt attempt = failing(options(server, tls).build());
            assertRefused(attempt, Reason.WRONG_HOST, "'mq.example'", "localhost, 127.0.0.1");
            assertThat(attempt.endpoint()).isEqualTo(new Endpoint("localhost", server.port()));
        }
    }

    // ---- checks switched off --------------------------------------------------------------------------------------

    static Stream<Arguments> badCertificatesForTheGullible() {
        return badCertificates().stream().map(it -> Arguments.of(it.get()[0], it.get()[1]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badCertificatesForTheGullible")
    void whoTrustsEverythingConnectsToEverybody(String what, Identity bad) {
        connects(bad, TlsOptions.builder().trustEverythingInsecurely().build());
    }

    @Test
    void withoutTheHostNamesCheckTheIssuersRemains() {
        TlsOptions anyHost = TlsOptions.builder()
                .trustCertificates(file("ca.pem"))
                .withoutHostNameCheckInsecurely()
                .build();
        Identity elsewhere = CA.issue(TestCertificates.subject("x").names("other.example"));
        connects(elsewhere, anyHost);
        Identity stranger = OTHER_CA.issue(TestCertificates.localhost());
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(stranger.server()), untold())) {
            assertRefused(failing(options(server, anyHost).build()), Reason.UNTRUSTED_ISSUER);
        }
    }

    // ---- files ----------------------------------------------------------------------------------------------------

    @Test
    void certificatesAreReadAgainAtTheNextConnect() throws IOException {
        Path chain = files.resolve("renewed.pem");
        Path key = files.resolve("renewed.key");
        List<String> shown = Collections.synchronizedList(new ArrayList<>());
        Tls noting = plain -> {
            SSLSocket socket = demanding(it -> {}).wrap(plain);
            socket.startHandshake();
            shown.add(((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName());
            return socket;
        };
        Path authority = OTHER_CA.write(files.resolve("renewed-ca.pem"));
        TlsOptions options = TlsOptions.builder()
                .trustCertificates(authority)
                .clientCertificate(chain, key)
                .build();
        FakeBroker[] brokers = {
            untold(),
            new FakeBroker().handshake().polite(),
            new FakeBroker().handshake().polite()
        };
        CA.issue(TestCertificates.subject("first").forClients()).write(files, "renewed");
        try (FakeBrokerServer server = FakeBrokerServer.startTls(noting, brokers)) {
            ConnectionOptions connection = options(server, options)
                    .endpoint("127.0.0.1", server.port())
                    .build();
            assertRefused(failing(connection), Reason.UNTRUSTED_ISSUER);
            CA.write(authority);
            Amqp.connect(connection).close();
            CA.issue(TestCertificates.subject("second").forClients()).write(files, "next");
            Files.move(files.resolve("next.pem"), chain, StandardCopyOption.REPLACE_EXISTING);
            Files.move(files.resolve("next.key"), key, StandardCopyOption.REPLACE_EXISTING);
            Amqp.connect(connection).close();
        }
        assertThat(shown).containsExactly("CN=first", "CN=second");
    }

    @Test
    void filesThatCannotBeUsedFailTheConnectBeforeAnythingIsDialled() {
        try (FakeBrokerServer server = FakeBrokerServer.start()) {
            Attempt attempt = failing(options(
                            server,
                            TlsOptions.builder()
                                    .trustCertificates(files.resolve("gone.pem"))
                                    .build())
                    .build());
            assertRefused(attempt, Reason.MATERIAL, "gone.pem", "NoSuchFileException");
            assertThat(server.connections()).isZero();
        }
    }

    // ---- traffic --------------------------------------------------------------------------------------------------

    @Test
    void largeFramesComeAndGoWhole() {
        byte[] body = new byte[3_000_000];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) (i * 31);
        }
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Publish.class)
                .expect(BasicMethod.Get.class)
                .otherwise((it, arrived) -> it.answersClose(arrived));
        broker.send(1, new BasicMethod.GetOk(1, false, "", "q", 0), BasicProperties.EMPTY, body);
        try (FakeBrokerServer server = FakeBrokerServer.startTls(Tls.with(GOOD.server()), broker);
                Connection connection = Amqp.connect(options(server, trusting).build())) {
            Channel channel = connection.openChannel();
            channel.send(OutboundMessage.toQueue("q", body));
            assertThat(channel.get("q", true).orElseThrow().delivery().body()).isEqualTo(body);
        }
    }
}
