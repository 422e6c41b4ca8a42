package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.TcpOptions;
import dev.leveret.amqp.api.TlsOptions;
import dev.leveret.amqp.api.Transport;
import dev.leveret.amqp.testing.TestCertificates;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMqOptions;
import dev.leveret.testkit.local.TlsListener;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Netty's native transport, whose library the tests bring along for this platform alone. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class EpollTest {

    private static ConnectionOptions.Builder overEpoll(URI uri) {
        return AmqpUri.parse(uri).transport(Transport.EPOLL);
    }

    /** Of all connections that are open now. */
    private static Set<Boolean> whetherLoopsAreEpolls() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(it -> it.getKey().getName().startsWith("leveret-loop") && it.getValue().length > 0)
                .map(it -> Stream.of(it.getValue())
                        .anyMatch(call -> call.getClassName().contains(".epoll.")))
                .collect(Collectors.toSet());
    }

    @EveryBroker
    void messagesOfAllSizesTravelOverEpoll(Broker broker) throws InterruptedException {
        TcpOptions tcp = TcpOptions.DEFAULT.withKeepAlive(Duration.ofSeconds(60), Duration.ofSeconds(10), 3);
        try (Connection connection =
                Amqp.connect(overEpoll(broker.uri()).tcp(tcp).build())) {
            converse(connection);
        }
    }

    @EveryBroker
    void eachTransportHasThreadsOfItsOwnWhichEndWithItsLastConnection(Broker broker) throws InterruptedException {
        try (Connection nio = Amqp.connect(AmqpUri.parse(broker.uri()).build())) {
            assertThat(whetherLoopsAreEpolls()).containsOnly(false);
            Connection first = Amqp.connect(overEpoll(broker.uri()).build());
            try (Connection second = Amqp.connect(overEpoll(broker.uri()).build())) {
                assertThat(whetherLoopsAreEpolls()).containsOnly(true, false);
                first.close();
                converse(second);
                converse(nio);
            }
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("leveret-loop")
                        && Stream.of(thread.getStackTrace())
                                .anyMatch(it -> it.getClassName().contains(".epoll."))) {
                    thread.join(20_000);
                    assertThat(thread.isAlive()).isFalse();
                }
            }
            assertThat(whetherLoopsAreEpolls()).containsOnly(false);
            converse(nio);
        }
    }

    @Test
    void aRefusedConnectionIsToldAsOne() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThatThrownBy(() -> Amqp.connect(
                        overEpoll(URI.create("amqp://127.0.0.1:" + port)).build()))
                .isInstanceOfSatisfying(
                        ConnectFailedException.class,
                        it -> assertThat(it.attempts()).allSatisfy(attempt -> {
                            assertThat(attempt.phase()).isEqualTo(Phase.TCP);
                            assertThat(attempt.cause()).hasRootCauseInstanceOf(ConnectException.class);
                        }));
    }

    @Nested
    @RequiresLocalRabbitMq
    class OverTls {

        @TempDir
        Path files;

        @Test
        void tlsIsTheSame() throws InterruptedException {
            TestCertificates authority = TestCertificates.authority("Leveret test authority");
            authority.write(files.resolve("ca.pem"));
            authority.issue(TestCertificates.localhost()).write(files, "broker");
            TestCertificates.authority("Somebody else").write(files.resolve("other.pem"));
            TlsListener listener = new TlsListener(
                    files.resolve("broker.pem"), files.resolve("broker.key"), files.resolve("ca.pem"), false);
            try (LocalRabbitMq node =
                    LocalRabbitMq.start(LocalRabbitMqOptions.defaults().tls(listener))) {
                try (Connection connection = Amqp.connect(secure(node, "ca.pem"))) {
                    converse(connection);
                }
                ConnectionOptions mistrusting = secure(node, "other.pem");
                assertThatThrownBy(() -> Amqp.connect(mistrusting))
                        .isInstanceOf(ConnectFailedException.class)
                        .hasMessageContaining("not trusted");
            }
        }

        private ConnectionOptions secure(LocalRabbitMq node, String trusted) {
            return overEpoll(node.tlsUri())
                    .tls(TlsOptions.builder()
                            .trustCertificates(files.resolve(trusted))
                            .build())
                    .build();
        }
    }

    /** Connects in a world of its own, without some of the libraries. */
    private static Throwable failureWithout(String library) throws Exception {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<URL> urls = new ArrayList<>();
        for (String entry : classPath.split(File.pathSeparator)) {
            if (!entry.contains(library)) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader world =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object builder = world.loadClass(ConnectionOptions.class.getName())
                    .getMethod("from", Map.class, String.class)
                    .invoke(null, Map.of("uri", "amqp://127.0.0.1:1", "transport", "epoll"), "");
            Object options = builder.getClass().getMethod("build").invoke(builder);
            Method connect = world.loadClass(Amqp.class.getName())
                    .getMethod("connect", world.loadClass(ConnectionOptions.class.getName()));
            return catchThrowableOfType(InvocationTargetException.class, () -> connect.invoke(null, options))
                    .getCause();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "netty-transport-native-epoll, its native library does not load",
        "epoll, Netty's classes for it are not there"
    })
    void whereEpollIsMissingConnectingSaysWhatToAdd(String missing, String why) throws Exception {
        assertThat(failureWithout(missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("io.netty:netty-transport-native-epoll")
                .hasMessageContaining("linux-x86_64");
    }

    /** Publishes messages of all kinds of sizes, and gets them back. */
    private static void converse(Connection connection) throws InterruptedException {
        int[] sizes = {0, 1, 256, 70_000, 1_000_000};
        Channel channel = connection.openChannel();
        String queue = channel.declareQueue(QueueSpec.temporary()).name();
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.consume(ConsumeOptions.of(queue), delivery -> {
            delivery.ack();
            deliveries.add(delivery);
        });
        for (int size : sizes) {
            channel.publish(OutboundMessage.toQueue(queue, body(size)));
        }
        for (int size : sizes) {
            Delivery delivery = deliveries.poll(20, TimeUnit.SECONDS);
            assertThat(delivery).isNotNull();
            assertThat(delivery.body()).isEqualTo(body(size));
        }
    }

    private static byte[] body(int size) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) size);
        return body;
    }
}
