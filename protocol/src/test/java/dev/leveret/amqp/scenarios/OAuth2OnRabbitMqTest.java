package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.oauth2.OAuth2ClientCredentials;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMqOptions;
import dev.leveret.testkit.local.TlsListener;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A RabbitMQ node that believes in tokens, with TLS that wants no client certificate. */
@RequiresLocalRabbitMq
class OAuth2OnRabbitMqTest {

    private static final int LIFE = 6;

    @TempDir
    static Path files;

    private static final KeyPair SIGNER = TestCertificates.keys("RSA");
    private static final TestCertificates CA = TestCertificates.authority("Leveret test authority");
    private static LocalRabbitMq node;

    @BeforeAll
    static void start() {
        CA.write(files.resolve("ca.pem"));
        CA.issue(TestCertificates.localhost()).write(files, "broker");
        TestCertificates.writePem(files.resolve("signer.pem"), SIGNER.getPublic());
        node = LocalRabbitMq.start(LocalRabbitMqOptions.defaults()
                .tls(new TlsListener(
                        files.resolve("broker.pem"), files.resolve("broker.key"), files.resolve("ca.pem"), false))
                .plugin("rabbitmq_auth_backend_oauth2")
                .config("auth_backends.1 = rabbit_auth_backend_oauth2")
                .config("auth_oauth2.resource_server_id = rabbitmq")
                .config("auth_oauth2.default_key = signer")
                .config("auth_oauth2.signing_keys.signer = " + files.resolve("signer.pem"))
                .config("auth_oauth2.algorithms.1 = RS256"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String token(KeyPair signer, Instant until) {
        try {
            String content = part("{\"alg\":\"RS256\",\"typ\":\"JWT\",\"kid\":\"signer\"}") + "."
                    + part("{\"sub\":\"hare\",\"client_id\":\"hare\",\"aud\":[\"rabbitmq\"],\"exp\":"
                            + until.getEpochSecond()
                            + ",\"scope\":[\"rabbitmq.configure:*/*\",\"rabbitmq.read:*/*\",\"rabbitmq.write:*/*\"]}");
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(signer.getPrivate());
            signature.update(content.getBytes(StandardCharsets.US_ASCII));
            return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String part(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static ConnectionOptions.Builder options() {
        return AmqpUri.parse(node.tlsUri()).tls(tls());
    }

    private static TlsOptions tls() {
        return TlsOptions.builder().trustCertificates(files.resolve("ca.pem")).build();
    }

    private static ConnectionOptions with(String token) {
        return options().credentials(Credentials.plain("", token)).build();
    }

    @Test
    void aTokenThatHasExpiredIsRefused() {
        String expired = token(SIGNER, Instant.now().minusSeconds(5));
        assertThatThrownBy(() -> Amqp.connect(with(expired)))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageNotContaining(expired);
    }

    @Test
    void aTokenThatSomebodyElseSignedIsRefused() {
        String forged = token(TestCertificates.keys("RSA"), Instant.now().plusSeconds(600));
        assertThatThrownBy(() -> Amqp.connect(with(forged))).isInstanceOf(AuthenticationException.class);
    }

    @Test
    void aSecretThatIsNoGoodTokenEndsTheConnection() {
        try (Connection connection =
                Amqp.connect(with(token(SIGNER, Instant.now().plusSeconds(600))))) {
            byte[] forged = token(TestCertificates.keys("RSA"), Instant.now().plusSeconds(600))
                    .getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> connection.updateSecret(forged, "nice try"))
                    .isInstanceOf(ConnectionClosedException.class)
                    .hasMessageContaining("connection.update-secret");
        }
    }

    /**
     * Takes as long as a token lives: what happens then is the broker's, by its own clock. RabbitMQ 3.10 keeps the
     * connection and refuses what is asked for on it, later ones close it.
     */
    @Test
    void aConnectionOutlivesItsFirstTokenWhenThatIsRenewedAndOnlyThen() throws InterruptedException {
        try (TokenServer tokens = new TokenServer(number ->
                        TokenServer.Answer.token(token(SIGNER, Instant.now().plusSeconds(LIFE)), LIFE));
                OAuth2ClientCredentials provider = OAuth2ClientCredentials.builder(tokens.uri(), "hare", "s3cret")
                        .build();
                Connection renewed =
                        Amqp.connect(options().credentials(provider).build());
                Connection left = Amqp.connect(with(token(SIGNER, Instant.now().plusSeconds(LIFE))))) {
            Instant end = Instant.now().plusSeconds(20);
            AmqpException refusal = null;
            while (refusal == null && Instant.now().isBefore(end)) {
                Thread.sleep(200);
                refusal = tryToDeclare(left);
            }
            assertThat(refusal).as("without renewal").isNotNull();
            assertThat(tryToDeclare(renewed)).as("with renewal").isNull();
            assertThat(tokens.asked()).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void aLostConnectionIsRecoveredWithANewTokenWhenTheFirstHasExpired() throws InterruptedException {
        try (TokenServer tokens = new TokenServer(number -> TokenServer.Answer.token(
                        token(SIGNER, Instant.now().plusSeconds(number == 1 ? LIFE : 600)), number == 1 ? LIFE : 600));
                OAuth2ClientCredentials provider = OAuth2ClientCredentials.builder(tokens.uri(), "hare", "s3cret")
                        .build();
                FaultProxy proxy = FaultProxy.to(node.tlsUri());
                Connection connection = Amqp.connect(AmqpUri.parse(proxy.uri(node.tlsUri()))
                        .tls(tls())
                        .credentials(provider)
                        .build())) {
            Recoveries recoveries = new Recoveries(connection);
            proxy.refuse();
            proxy.cut(Cut.FIN);
            Thread.sleep(LIFE * 1_000L);
            proxy.heal();

            assertThat(recoveries.next().isComplete()).isTrue();
            assertThat(tryToDeclare(connection)).as("with a new token").isNull();
            assertThat(tokens.asked()).hasSizeGreaterThanOrEqualTo(2);
        }
    }

    private static @Nullable AmqpException tryToDeclare(Connection connection) {
        try (Channel channel = connection.openChannel()) {
            channel.declareQueue(QueueSpec.temporary());
            return null;
        } catch (AmqpException e) {
            return e;
        }
    }
}
