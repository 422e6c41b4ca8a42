package dev.leveret.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.ChildJvm;
import dev.leveret.testkit.Settings;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresLocalRabbitMq
@Timeout(300)
class RabbitMqClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private Path scratch;

    /** One story, since a cluster takes its time to start. */
    @Test
    void nodesLeaveTheirClusterAndComeBackAndNothingIsLeft() throws Exception {
        List<ProcessHandle> processes;
        try (RabbitMqCluster cluster =
                RabbitMqCluster.start(3, LocalRabbitMqOptions.defaults().baseDirectory(scratch))) {
            processes = Leftovers.processes(scratch);
            List<LocalRabbitMq> nodes = cluster.nodes();
            assertThat(cluster.uris()).hasSize(3).doesNotHaveDuplicates();
            assertThat(running(nodes.get(2))).isEqualTo(names(nodes));
            assertThat(nodes.stream().map(it -> it.ports().epmd()).distinct()).hasSize(1);

            nodes.get(0).ctl("add_vhost", "everywhere");
            nodes.get(0).kill();
            assertRefuses(cluster.uris().get(0));
            assertThat(nodes.get(1).ctl("list_vhosts").lines()).contains("everywhere");
            nodes.get(0).restart();
            cluster.awaitAllRunning();
            assertThat(running(nodes.get(1))).isEqualTo(names(nodes));

            nodes.get(1).pause();
            assertThatThrownBy(() -> ask(nodes.get(1).uri(), Duration.ofMillis(500)))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(ask(nodes.get(2).uri(), LIMIT)).isEqualTo(cluster.version());
            nodes.get(1).resume();
            assertThat(ask(nodes.get(1).uri(), LIMIT)).isEqualTo(cluster.version());
        }
        assertThat(processes).as("it had processes").hasSizeGreaterThan(3);
        Leftovers.awaitEnd(processes, Duration.ofSeconds(1));
        Leftovers.assertNoFiles(scratch);
    }

    @Test
    void aClusterOfWhichANodeDoesNotStartLeavesNothing() throws Exception {
        RabbitMqInstallation installation = FakeInstallation.withEpmd(
                scratch.resolve("bin"),
                RabbitMqInstallation.find(Settings.ofProcess()).epmd(),
                "echo 'RabbitMQ cannot run!'",
                "exit 1");
        Path base = Files.createDirectory(scratch.resolve("base"));

        assertThatThrownBy(() -> RabbitMqCluster.start(
                        installation, 2, LocalRabbitMqOptions.defaults().baseDirectory(base)))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("RabbitMQ cannot run!");
        Leftovers.assertNoFiles(base);
    }

    @Test
    void aKilledJvmTakesItsClusterWithIt() throws Exception {
        Path base = Files.createDirectory(scratch.resolve("base"));
        List<ProcessHandle> processes;
        try (ChildJvm jvm = ChildJvm.start(
                Files.createDirectory(scratch.resolve("jvm")),
                it -> !it.contains("logback"),
                List.of(NodeMain.class.getName(), scratch.toString(), "cluster-never"))) {
            Leftovers.awaitFile(scratch.resolve("server-runs"), LIMIT);
            processes = Leftovers.processes(base);
            assertThat(processes).as("guards, epmd, servers").hasSizeGreaterThanOrEqualTo(4);

            jvm.kill();

            Leftovers.awaitEnd(processes, LIMIT);
        }
        AbandonedNodes.remove(base);
        Leftovers.assertNoFiles(base);
    }

    @Test
    void optionsThatMeanNothingForAClusterAreRefused() {
        assertThatThrownBy(() -> RabbitMqCluster.start(0)).isInstanceOf(IllegalArgumentException.class);
        LocalRabbitMqOptions port = LocalRabbitMqOptions.defaults().port(20_001);
        assertThatThrownBy(() -> RabbitMqCluster.start(3, port))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("20001");
    }

    private static Set<String> names(List<LocalRabbitMq> nodes) {
        return nodes.stream().map(LocalRabbitMq::nodeName).collect(Collectors.toSet());
    }

    private static Set<String> running(LocalRabbitMq node) {
        String all = node.ctl("eval", "[io:format(\"~s~n\", [N]) || N <- rabbit_nodes:all_running()].");
        return all.lines().filter(it -> it.contains("@")).collect(Collectors.toSet());
    }

    private static String ask(URI uri, Duration limit) throws IOException {
        return BrokerProbe.ask(AmqpAddress.of(uri), limit).version();
    }

    private static void assertRefuses(URI uri) {
        assertThatThrownBy(() -> ask(uri, LIMIT)).isInstanceOf(ConnectException.class);
    }
}
