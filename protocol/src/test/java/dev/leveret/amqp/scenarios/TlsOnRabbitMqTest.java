package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.CredentialsProvider;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.api.TlsException.Reason;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMqOptions;
import dev.leveret.testkit.local.TlsListener;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A RabbitMQ node that wants client certificates, and knows users by them. */
@RequiresLocalRabbitMq
class TlsOnRabbitMqTest {

    private static final TestCertificates CA = TestCertificates.authority("Leveret test authority");

    @TempDir
    static Path files;

    private static LocalRabbitMq node;

    @BeforeAll
    static void start() {
        CA.write(files.resolve("ca.pem"));
        CA.issue(TestCertificates.localhost()).write(files, "broker");
        CA.issue(TestCertificates.subject("hare").forClients()).write(files, "hare");
        TestCertificates other = TestCertificates.authority("Somebody else");
        other.write(files.resolve("other-ca.pem"));
        other.issue(TestCertificates.subject("hare").forClients()).write(files, "stranger");
        node = LocalRabbitMq.start(LocalRabbitMqOptions.defaults()
                .tls(new TlsListener(
                        files.resolve("broker.pem"), files.resolve("broker.key"), files.resolve("ca.pem"), true))
                .plugin("rabbitmq_auth_mechanism_ssl")
                .config("ssl_cert_login_from = common_name")
                .config("auth_mechanisms.1 = PLAIN")
                .config("auth_mechanisms.2 = AMQPLAIN")
                .config("auth_mechanisms.3 = EXTERNAL")
                .config("auth_mechanisms.4 = RABBIT-CR-DEMO"));
        node.ctl("add_user", "hare", "never-used");
        node.ctl("set_permissions", "hare", ".*", ".*", ".*");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static TlsOptions.Builder tls() {
        return TlsOptions.builder().trustCertificates(files.resolve("ca.pem"));
    }

    private static TlsOptions.Builder as(String client) {
        return tls().clientCertificate(files.resolve(client + ".pem"), files.resolve(client + ".key"));
    }

    private static ConnectionOptions.Builder secure(TlsOptions.Builder tls) {
        return AmqpUri.parse(node.tlsUri()).tls(tls.build());
    }

    private static Attempt failing(ConnectionOptions.Builder options) {
        ConnectFailedException failure =
                catchThrowableOfType(ConnectFailedException.class, () -> Amqp.connect(options.build()));
        assertThat(failure).as("a failure").isNotNull();
        return failure.attempts().get(failure.attempts().size() - 1);
    }

    private static void assertRefused(Attempt attempt, Reason... reasons) {
        assertThat(attempt.phase()).isEqualTo(Phase.TLS);
        assertThat(attempt.cause())
                .isInstanceOfSatisfying(
                        TlsException.class,
                        it -> assertThat(it.reason()).as(it.getMessage()).isIn((Object[]) reasons));
    }

    // ---- refusals -------------------------------------------------------------------------------------------------

    @Test
    void anotherAuthorityIsNotTrusted() {
        TlsOptions.Builder other = TlsOptions.builder().trustCertificates(files.resolve("other-ca.pem"));
        assertRefused(failing(secure(other)), Reason.UNTRUSTED_ISSUER);
    }

    @Test
    void anotherHostIsNotTaken() {
        assertRefused(failing(secure(as("hare").serverName("mq.example"))), Reason.WRONG_HOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aMissingClientCertificateIsNamed(String version) {
        assertRefused(failing(secure(tls().protocols(version))), Reason.CLIENT_CERTIFICATE_REQUIRED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aStrangersClientCertificateIsAsGoodAsNone(String version) {
        // The broker says whom it trusts, and the JDK shows only what comes from there.
        assertRefused(failing(secure(as("stranger").protocols(version))), Reason.CLIENT_CERTIFICATE_REQUIRED);
    }

    @Test
    void aPlainClientIsToldOfTheTlsPort() {
        ConnectionOptions.Builder plain =
                AmqpUri.parse(node.tlsUri().toString().replace("amqps", "amqp").replace("localhost", "127.0.0.1"));
        Attempt attempt = failing(plain);
        assertThat(attempt.phase()).isEqualTo(Phase.PROTOCOL);
        assertThat(attempt.cause()).hasMessageContaining("amqps://");
    }

    @Test
    void aTlsClientIsToldOfThePlainPort() {
        Attempt attempt = failing(AmqpUri.parse(node.uri()).tls(as("hare").build()));
        // What RabbitMQ answers in plain may be overtaken by its reset of the connection: on 4.3 it was, now and then.
        assertRefused(attempt, Reason.NOT_TLS, Reason.CLOSED);
        assertThat(attempt.cause()).hasMessageContaining("TLS");
    }

    @Test
    void whoHasNoAccountGetsInByNoCertificate() {
        CA.issue(TestCertificates.subject("nobody").forClients()).write(files, "nobody");
        assertThatThrownBy(() -> Amqp.connect(
                        secure(as("nobody")).credentials(Credentials.external()).build()))
                .isInstanceOf(AuthenticationException.class);
    }

    // ---- connections ----------------------------------------------------------------------------------------------

    private static void works(Connection connection) {
        Channel channel = connection.openChannel();
        String queue = channel.declareQueue(QueueSpec.temporary()).name();
        byte[] body = new byte[700_000];
        body[699_999] = 7;
        channel.publish(message(queue, "small"));
        channel.publish(OutboundMessage.toQueue(queue, body));
        assertThat(channel.get(queue, true)).isPresent();
        assertThat(channel.get(queue, true).orElseThrow().delivery().body()).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void mutualTlsCarriesMessages(String version) {
        try (Connection connection =
                Amqp.connect(secure(as("hare").protocols(version)).build())) {
            works(connection);
            assertThat(node.ctl("list_connections", "user", "ssl_protocol"))
                    .contains("guest\t" + version.toLowerCase(java.util.Locale.ROOT));
        }
    }

    @Test
    void aUriSaysItAll() {
        String uri = node.tlsUri() + "?cacertfile=" + files.resolve("ca.pem") + "&certfile="
                + files.resolve("hare.pem") + "&keyfile=" + files.resolve("hare.key")
                + "&auth_mechanism=external&verify=verify_peer";
        try (Connection connection = Amqp.connect(uri)) {
            works(connection);
            assertThat(node.ctl("list_connections", "user")).contains("hare");
        }
    }

    @Test
    void theCertificateIsTheUserWithExternal() {
        try (Connection connection = Amqp.connect(secure(as("hare"))
                .credentials(CredentialsProvider.inOrder(Credentials.external(), Credentials.plain("guest", "guest")))
                .build())) {
            works(connection);
            assertThat(node.ctl("list_connections", "user", "auth_mechanism")).contains("hare\tEXTERNAL");
        }
    }

    @Test
    void externalIsNotOfferedWithoutTlsAndTheNextMechanismIsTaken() {
        try (Connection connection = Amqp.connect(AmqpUri.parse(node.uri())
                .credentials(
                        CredentialsProvider.inOrder(Credentials.external(), Credentials.amqplain("guest", "guest")))
                .build())) {
            works(connection);
            assertThat(node.ctl("list_connections", "user", "auth_mechanism")).contains("guest\tAMQPLAIN");
        }
    }

    @Test
    void aLostConnectionIsRecoveredWithTheCertificateThatIsThereByThen() throws InterruptedException {
        CA.issue(TestCertificates.subject("before").forClients()).write(files, "renewed");
        try (FaultProxy proxy = FaultProxy.to(node.tlsUri());
                Connection connection = Amqp.connect(AmqpUri.parse(proxy.uri(node.tlsUri()))
                        .tls(as("renewed").build())
                        .build())) {
            Recoveries recoveries = new Recoveries(connection);
            Channel channel = connection.openChannel();
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
            Subscription subscription = channel.consume(ConsumeOptions.of(queue), received::add);
            assertThat(node.ctl("list_connections", "peer_cert_subject")).contains("CN=before");

            CA.issue(TestCertificates.subject("after").forClients()).write(files, "renewed");
            proxy.cut(Cut.RST);

            assertThat(recoveries.next().isComplete()).isTrue();
            assertThat(node.ctl("list_connections", "peer_cert_subject")).contains("CN=after");
            channel.publish(message(subscription.queue(), "m"));
            assertThat(received.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    /** RabbitMQ's own demonstration of a challenge. */
    private record CrDemo(String user, String password) implements Credentials {
        @Override
        public String mechanism() {
            return "RABBIT-CR-DEMO";
        }

        @Override
        public byte[] response(byte @Nullable [] challenge) {
            return (challenge == null ? user : "My password is " + password).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return "RABBIT-CR-DEMO(" + user + ")";
        }
    }

    @Test
    void aChallengeIsAnsweredByAMechanismOfOnesOwn() {
        try (Connection connection = Amqp.connect(AmqpUri.parse(node.uri())
                .credentials(new CrDemo("guest", "guest"))
                .build())) {
            works(connection);
        }
        assertThatThrownBy(() -> Amqp.connect(AmqpUri.parse(node.uri())
                        .credentials(new CrDemo("guest", "wrong"))
                        .build()))
                .isInstanceOf(AuthenticationException.class);
    }

    /** The internal back end takes any secret, as it does not keep any with a connection. */
    @Test
    void aSecretMayBeReplacedWithTheInternalBackEnd() {
        try (Connection connection = Amqp.connect(node.uri().toString())) {
            connection.updateSecret("whatever".getBytes(StandardCharsets.UTF_8), "the test wants it");
            works(connection);
        }
    }
}
