package dev.leveret.testkit.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.Capability;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerIdentityTest {

    @Test
    void hostileWordsAreShortAndPrintable() {
        ServerIdentity identity =
                ServerIdentity.of(Map.of("product", "evil\u001b[2J\r\nINFO fake line" + "x".repeat(5_000)));

        assertThat(identity.label()).hasSize(60).startsWith("evil?[2J??INFO fake line");
    }

    @Test
    void aBrokerThatTellsNothingIsJustSomeBroker() {
        ServerIdentity identity = ServerIdentity.of(Map.of("product", 7, "capabilities", "all"));

        assertThat(identity.label()).isEqualTo("AMQP broker");
        assertThat(identity.kind()).isEqualTo(BrokerKind.OTHER);
        assertThat(identity.capabilities()).isEmpty();
    }

    @Test
    void anAnnouncedCapabilityIsOneWhateverTheBroker() {
        ServerIdentity identity = ServerIdentity.of(Map.of(
                "product", "LavinMQ", "capabilities", Map.of("basic.nack", true, "unheard.of", true, "x", false)));

        assertThat(identity.capabilities()).containsExactly(Capability.NEGATIVE_ACKNOWLEDGEMENT);
    }

    @ParameterizedTest
    @CsvSource({
        "3.7.28, false, false",
        "3.8.0,  true,  false",
        "3.9.13, true,  true",
        "3.10.8, true,  true",
        "4.3.6,  true,  true",
        "4.0.0-rc.1, true, true",
        "'',     false, false",
        "unknown, false, false",
    })
    void quorumQueuesAndStreamsDependOnTheRelease(String version, boolean quorum, boolean streams) {
        Set<Capability> capabilities = new ServerIdentity("RabbitMQ", version, Set.of()).capabilities();

        assertThat(capabilities.contains(Capability.QUORUM_QUEUES)).isEqualTo(quorum);
        assertThat(capabilities.contains(Capability.STREAMS)).isEqualTo(streams);
        assertThat(capabilities).contains(Capability.QUEUE_ARGUMENTS);
    }

    @ParameterizedTest
    @CsvSource({"RabbitMQ, RABBITMQ", "Apache Qpid Broker-J Core, QPID_BROKER_J", "qpid, QPID_BROKER_J", "x, OTHER"})
    void theProductTellsTheKind(String product, BrokerKind kind) {
        assertThat(BrokerKind.ofProduct(product)).isEqualTo(kind);
    }
}
