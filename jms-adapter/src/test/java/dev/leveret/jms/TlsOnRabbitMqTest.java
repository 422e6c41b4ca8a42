package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.TlsException;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMqOptions;
import dev.leveret.testkit.local.TlsListener;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.Queue;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A URI is all that it takes to speak TLS. */
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
        node = LocalRabbitMq.start(LocalRabbitMqOptions.defaults()
                .tls(new TlsListener(
                        files.resolve("broker.pem"), files.resolve("broker.key"), files.resolve("ca.pem"), false)));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void aMessageTravelsOverTls() {
        ConnectionFactory factory =
                new LeveretConnectionFactory(node.tlsUri() + "?cacertfile=" + files.resolve("ca.pem"));
        try (JMSContext context = factory.createContext()) {
            Queue queue = context.createTemporaryQueue();
            context.createProducer().send(queue, "hello");
            assertThat(context.createConsumer(queue).receiveBody(String.class, 10_000))
                    .isEqualTo("hello");
        }
    }

    @Test
    void aBrokerThatNobodyVouchesForIsASecurityFailure() {
        ConnectionFactory factory = new LeveretConnectionFactory(node.tlsUri().toString());
        assertThatThrownBy(factory::createConnection)
                .isInstanceOf(JMSSecurityException.class)
                .satisfies(it -> assertThat(it.getCause().getCause())
                        .isInstanceOfSatisfying(
                                TlsException.class,
                                tls -> assertThat(tls.reason()).isEqualTo(TlsException.Reason.UNTRUSTED_ISSUER)));
    }
}
