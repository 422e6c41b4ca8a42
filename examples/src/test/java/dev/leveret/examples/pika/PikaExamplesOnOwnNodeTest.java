package dev.leveret.examples.pika;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMqOptions;
import dev.leveret.testkit.local.TlsListener;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples that need TLS, or a broker that is short of memory: a RabbitMQ node of their own. */
@RequiresLocalRabbitMq
class PikaExamplesOnOwnNodeTest {

    @TempDir
    static Path files;

    private static LocalRabbitMq node;

    @BeforeAll
    static void start() {
        TestCertificates authority = TestCertificates.authority("Leveret test authority");
        authority.write(files.resolve("ca.pem"));
        authority.issue(TestCertificates.localhost()).write(files, "broker");
        authority.issue(TestCertificates.subject("hare").forClients()).write(files, "hare");
        authority.issue(TestCertificates.subject("nobody").forClients()).write(files, "nobody");
        node = LocalRabbitMq.start(LocalRabbitMqOptions.defaults()
                .tls(new TlsListener(
                        files.resolve("broker.pem"), files.resolve("broker.key"), files.resolve("ca.pem"), false))
                .plugin("rabbitmq_auth_mechanism_ssl")
                .config("ssl_cert_login_from = common_name")
                .config("auth_mechanisms.1 = PLAIN")
                .config("auth_mechanisms.2 = EXTERNAL"));
        node.ctl("add_user", "hare", "never-used");
        node.ctl("set_permissions", "hare", ".*", ".*", ".*");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void trustsTheAuthorityOfTheBroker() {
        assertThat(TlsServerAuthentication.connect(node.tlsUri().toString(), files.resolve("ca.pem")))
                .isEqualTo("connected to RabbitMQ");
    }

    @Test
    void isWhoTheCertificateSays() {
        assertThat(connectAs("hare")).isEqualTo("connected to RabbitMQ");
        assertThatThrownBy(() -> connectAs("nobody")).isInstanceOf(AuthenticationException.class);
    }

    private static String connectAs(String user) {
        return TlsMutualAuthentication.connect(
                node.tlsUri().toString(),
                files.resolve("ca.pem"),
                files.resolve(user + ".pem"),
                files.resolve(user + ".key"));
    }

    @Test
    void givesTheConnectionUpThatIsBlockedForTooLong() {
        node.ctl("set_vm_memory_high_watermark", "0.00001");
        try {
            assertThat(BlockedTimeout.publish(node.uri().toString(), Duration.ofMillis(500), 1000))
                    .contains("blocked");
        } finally {
            node.ctl("set_vm_memory_high_watermark", "0.6");
        }
    }
}
