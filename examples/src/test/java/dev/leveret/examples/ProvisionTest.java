package dev.leveret.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The snippets in the guide to topologies are those of programs, which do what is said of them. */
class ProvisionTest {

    @ParameterizedTest
    @CsvSource({
        "java, java/dev/leveret/examples/Provision.java",
        "kotlin, kotlin/dev/leveret/examples/OrdersTopology.kt"
    })
    void theSnippetsAreThoseOfTheProgram(String language, String source) throws IOException {
        assertThat(Snippets.shown(Path.of("..", "docs", "topology.md"), language))
                .extracting(Snippets::words)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(
                        Snippets.compiled(Path.of("src/main").resolve(source), "topology").stream()
                                .map(it -> Snippets.words(it.code()))
                                .toList());
    }

    @EveryBroker
    void aTopologyIsApplied(Broker broker) {
        String name = "topology-" + UUID.randomUUID();
        try (Connection connection = Amqp.connect(broker.uri().toString());
                Channel channel = connection.openChannel()) {
            assertThat(Provision.apply(connection, name).isComplete()).isTrue();
            channel.deleteQueue(name);
            channel.deleteExchange(name);
        }
    }
}
