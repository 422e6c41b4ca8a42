package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.testing.ClientThreads;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresBroker;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections come and go and leave nothing behind. */
@RequiresBroker
class ManyConnectionsTest {

    private static long openFiles() {
        assumeTrue(
                ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean,
                "this system does not count open files");
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    private static void awaitNoThreads() throws InterruptedException {
        ClientThreads.awaitNone(ClientThreads.LOOPS, ClientThreads.LOOKUPS);
    }

    private static ConnectionOptions options(Broker broker) {
        return AmqpUri.parse(broker.uri()).build();
    }

    @Test
    void twoHundredConnectionsOneAfterTheOtherLeaveNoThreadAndNoFile(Broker broker) throws InterruptedException {
        Amqp.connect(options(broker)).close();
        awaitNoThreads();
        long files = openFiles();
        for (int i = 0; i < 200; i++) {
            Amqp.connect(options(broker)).close();
        }
        awaitNoThreads();
        // The embedded broker, which is in this process, closes its ends when it comes to it.
        for (int patience = 0; openFiles() > files + 5 && patience < 2_000_000; patience++) {
            Thread.onSpinWait();
        }
        assertThat(openFiles()).isLessThanOrEqualTo(files + 5);
    }

    /** Against a script, as brokers take a minute or two for as many. */
    @Test
    @Timeout(300)
    void tenThousandConnectionsWithChannelsLeaveNoThreadAndNoFile() throws InterruptedException {
        connectAndClose(1);
        awaitNoThreads();
        long files = openFiles();
        for (int i = 0; i < 20; i++) {
            connectAndClose(500);
        }
        awaitNoThreads();
        assertThat(openFiles()).isLessThanOrEqualTo(files + 5);
    }

    private static void connectAndClose(int times) {
        FakeBroker[] brokers = Stream.generate(
                        () -> new FakeBroker().handshake().channel(1).connectionClose())
                .limit(times)
                .toArray(FakeBroker[]::new);
        try (FakeBrokerServer server = FakeBrokerServer.start(brokers)) {
            ConnectionOptions options =
                    server.options().recovery(RecoveryOptions.standard()).build();
            for (int i = 0; i < times; i++) {
                try (Connection connection = Amqp.connect(options)) {
                    connection.openChannel();
                }
            }
            server.assertDone();
        }
    }

    @Test
    void fiftyConnectionsAtOnceShareTheLoopsThreads(Broker broker) throws InterruptedException {
        List<CompletableFuture<AsyncConnection>> connections = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            connections.add(Amqp.connectAsync(options(broker)));
        }
        connections.forEach(Futures::await);
        assertThat(ClientThreads.alive(ClientThreads.LOOPS))
                .hasSizeLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        connections.stream().map(it -> Futures.await(it).close()).toList().forEach(Futures::await);
        awaitNoThreads();
    }

    @Test
    void refusedConnectionsLeaveNothingEither(Broker broker) throws InterruptedException {
        ConnectionOptions wrong =
                AmqpUri.parse(broker.uri()).virtualHost("none").build();
        Futures.failure(Amqp.connectAsync(wrong));
        awaitNoThreads();
        long files = openFiles();
        for (int i = 0; i < 30; i++) {
            Futures.failure(Amqp.connectAsync(wrong));
        }
        awaitNoThreads();
        for (int patience = 0; openFiles() > files + 5 && patience < 2_000_000; patience++) {
            Thread.onSpinWait();
        }
        assertThat(openFiles()).isLessThanOrEqualTo(files + 5);
    }
}
