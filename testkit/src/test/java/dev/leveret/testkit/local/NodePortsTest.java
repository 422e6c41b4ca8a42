package dev.leveret.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class NodePortsTest {

    @RepeatedTest(20)
    void freePortsAreDistinctAndBelowThoseOfOutgoingConnections() {
        NodePorts ports = NodePorts.free(OptionalInt.empty(), List.of("rabbitmq_management", "rabbitmq_mqtt"));

        assertThat(List.of(
                        ports.amqp(),
                        ports.distribution(),
                        ports.epmd(),
                        ports.plugins().get("rabbitmq_management"),
                        ports.plugins().get("rabbitmq_mqtt")))
                .doesNotHaveDuplicates()
                .allMatch(it -> it >= 20_000 && it < 32_000);
    }

    @Test
    void aChosenPortIsTheOneOfAmqp() {
        int free = NodePorts.free(OptionalInt.empty(), List.of()).amqp();

        assertThat(NodePorts.free(OptionalInt.of(free), List.of()).amqp()).isEqualTo(free);
    }

    @Test
    void pluginsThatListenArePutOnTheirPortsOfTheLoopbackDevice() {
        List<String> plugins = List.of("rabbitmq_shovel", "rabbitmq_management", "rabbitmq_management");

        NodePorts ports = NodePorts.free(OptionalInt.empty(), PluginListeners.among(plugins));

        assertThat(PluginListeners.configLines(ports.plugins()))
                .containsExactly(
                        "management.tcp.ip = 127.0.0.1",
                        "management.tcp.port = " + ports.plugins().get("rabbitmq_management"));
    }
}
