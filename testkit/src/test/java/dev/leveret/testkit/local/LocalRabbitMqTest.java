package dev.leveret.testkit.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.ChildJvm;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@RequiresLocalRabbitMq
class LocalRabbitMqTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    @TempDir
    private static Path base;

    private static LocalRabbitMq node;

    @BeforeAll
    static void startNode() {
        node = LocalRabbitMq.start(
                LocalRabbitMqOptions.defaults().baseDirectory(base).plugin("rabbitmq_management"));
    }

    @AfterAll
    static void closeNode() throws Exception {
        List<ProcessHandle> processes = Leftovers.processes(base);
        assertThat(processes).as("it had processes").isNotEmpty();

        node.close();
        node.close();

        Leftovers.awaitEnd(processes, Duration.ofSeconds(1));
        Leftovers.assertNoFiles(base);
        assertThatThrownBy(node::restart)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(node::kill).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aConfigurationThatRabbitMqRefusesIsReportedInItsWords(@TempDir Path own) throws IOException {
        LocalRabbitMqOptions options =
                LocalRabbitMqOptions.defaults().baseDirectory(own).config("no.such.key = 1");

        assertThatThrownBy(() -> LocalRabbitMq.start(options))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("no.such.key");
        Leftovers.assertNoFiles(own);
    }

    @Test
    void aStartThatTakesTooLongLeavesNothing(@TempDir Path own) throws IOException {
        LocalRabbitMqOptions options =
                LocalRabbitMqOptions.defaults().baseDirectory(own).startLimit(Duration.ofSeconds(1));

        assertThatThrownBy(() -> LocalRabbitMq.start(options))
                .isInstanceOf(BrokerStartException.class)
                .hasMessageContaining("did not serve within 1 s");
        Leftovers.assertNoFiles(own);
    }

    @Test
    void aCommandThatFailsIsReportedWithoutItsArguments() {
        assertThatThrownBy(() -> node.ctl("add_user", "guest", "secret-password"))
                .isInstanceOf(NodeCommandException.class)
                .hasMessageContaining("rabbitmqctl add_user ended with ")
                .hasMessageNotContaining("secret-password");
    }

    @Test
    void itTellsWhatItIs() throws IOException {
        assertThat(node.kind()).isEqualTo(BrokerKind.RABBITMQ);
        assertThat(node.isRabbitMq()).isTrue();
        assertThat(node.version()).matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
        assertThat(node.description()).isEqualTo("RabbitMQ " + node.version() + ", private node on " + address());
        assertThat(node).hasToString(node.description());
        assertThat(node.uri()).hasUserInfo("guest:guest").hasPath("//");
        assertThat(node.capabilities())
                .contains(Capability.EXCHANGE_TO_EXCHANGE, Capability.DIRECT_REPLY_TO, Capability.QUEUE_ARGUMENTS);
        assertThat(Files.readString(node.logFile())).contains("startup complete");
    }

    @Test
    void commandsRunOnIt() {
        assertThat(node.ctl("eval", "node().")).contains(node.nodeName());
        assertThat(node.ctl("set_vm_memory_high_watermark", "0.00001")).isEmpty();
        assertThat(node.ctl("set_vm_memory_high_watermark", "0.4")).isEmpty();
    }

    @Test
    void everythingListensOnTheLoopbackDeviceOnly() throws IOException {
        NodePorts ports = node.ports();
        for (int port : List.of(ports.amqp(), ports.epmd(), ports.distribution(), node.port("rabbitmq_management"))) {
            assertThat(accepts(InetAddress.getLoopbackAddress(), port))
                    .as("loopback:%s", port)
                    .isTrue();
            for (InetAddress outside : addressesToTheOutside()) {
                assertThat(accepts(outside, port)).as("%s:%s", outside, port).isFalse();
            }
        }
        assertThatThrownBy(() -> node.port("rabbitmq_mqtt")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPausedNodeAcceptsConnectionsAndDoesNotAnswerUntilItIsResumed() throws IOException {
        node.pause();
        try {
            assertThatThrownBy(() -> BrokerProbe.ask(address(), Duration.ofMillis(500)))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(node::pause).isInstanceOf(IllegalStateException.class);
        } finally {
            node.resume();
        }

        assertThat(BrokerProbe.ask(address(), LIMIT).kind()).isEqualTo(BrokerKind.RABBITMQ);
        assertThatThrownBy(node::resume).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aKilledNodeComesBackWithItsData() throws IOException {
        node.ctl("add_vhost", "kept");
        AmqpAddress before = address();

        node.kill();
        assertThatThrownBy(() -> BrokerProbe.ask(before, LIMIT)).isInstanceOf(ConnectException.class);
        assertThatThrownBy(node::kill).isInstanceOf(IllegalStateException.class).hasMessageContaining("DOWN");
        node.restart();

        assertThat(address()).isEqualTo(before);
        assertThat(node.ctl("list_vhosts").lines()).contains("kept");
    }

    @Test
    void aPausedNodeCanBeStoppedAndStartedAgain() throws IOException {
        node.pause();
        node.stop();
        assertThatThrownBy(() -> BrokerProbe.ask(address(), LIMIT)).isInstanceOf(ConnectException.class);
        assertThatThrownBy(node::stop).isInstanceOf(IllegalStateException.class);
        node.restart();

        assertThat(BrokerProbe.ask(address(), LIMIT).kind()).isEqualTo(BrokerKind.RABBITMQ);
    }

    /** With a kill the JVM has no say, as with {@code halt}. */
    @ParameterizedTest
    @ValueSource(strings = {"exit", "kill"})
    void aNodeEndsWithItsJvm(String how, @TempDir Path scratch) throws Exception {
        Path own = Files.createDirectory(scratch.resolve("base"));
        List<ProcessHandle> processes;
        try (ChildJvm jvm = ChildJvm.start(
                scratch, it -> !it.contains("logback"), List.of(NodeMain.class.getName(), scratch.toString(), how))) {
            jvm.awaitLine("node RabbitMQ", Duration.ofSeconds(60));
            processes = Leftovers.processes(own);
            if (how.equals("kill")) {
                assertThat(processes).isNotEmpty();
                jvm.kill();
            } else {
                assertThat(jvm.exitWithin(LIMIT)).isEqualTo(3);
            }
        }
        Leftovers.awaitEnd(
                Stream.concat(processes.stream(), Leftovers.processes(own).stream())
                        .toList(),
                LIMIT);
        if (!how.equals("exit")) {
            AbandonedNodes.remove(own);
        }
        Leftovers.assertNoFiles(own);
    }

    private static AmqpAddress address() {
        return AmqpAddress.of(node.uri());
    }

    private static boolean accepts(InetAddress address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<InetAddress> addressesToTheOutside() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(it -> !it.isLoopbackAddress())
                .toList();
    }
}
