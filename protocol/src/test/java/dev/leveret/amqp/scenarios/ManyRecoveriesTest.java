package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReconnectBudget;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.testing.ClientThreads;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresBroker;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A connection that is lost again and again becomes neither larger nor slower. */
@RequiresBroker
class ManyRecoveriesTest {

    private static final int CONNECTIONS = 20;
    private static final int RECOVERIES = 1_000;

    private final BlockingQueue<RecoveryReport> reports = new LinkedBlockingQueue<>();

    private static long openFiles() {
        Path files = Path.of("/proc/self/fd");
        if (!Files.isDirectory(files)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(files)) {
            return all.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Cuts all connections and waits until they are recovered. */
    private void cut(FaultProxy proxy) throws InterruptedException {
        proxy.cut(Cut.RST);
        for (int i = 0; i < CONNECTIONS; i++) {
            RecoveryReport report = reports.poll(20, TimeUnit.SECONDS);
            assertThat(report).as("a recovery").isNotNull();
            assertThat(report.isComplete()).as("%s", report).isTrue();
            // The queue, the channel and the consumer, and nothing of what was there for a moment.
            assertThat(report.outcomes()).hasSize(3);
        }
    }

    private Client connect(Broker broker, FaultProxy proxy) {
        Connection connection =
                Amqp.connect(AmqpUri.parse(proxy.uri(broker.uri()).toString())
                        .recovery(RecoveryOptions.standard()
                                .withDelay(Duration.ofNanos(1), Duration.ofMillis(1))
                                .withBudget(new ReconnectBudget(1_000_000, Duration.ofSeconds(1))))
                        .build());
        connection.async().onEvent(event -> {
            if (event instanceof ConnectionEvent.Recovered recovered) {
                reports.add(recovered.report());
            }
        });
        AsyncChannel channel = connection.openChannel().async();
        String queue = unique("q");
        // Not exclusive: the broker may be slower to give up the lost connection than this one to come back.
        Futures.await(channel.declareQueue(QueueSpec.of(queue)));
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        Futures.await(channel.consume(ConsumeOptions.of(queue), received::add));
        return new Client(connection, channel, queue, received);
    }

    private record Client(Connection connection, AsyncChannel channel, String queue, BlockingQueue<Delivery> received) {

        void makeSomethingShortLived() {
            String name =
                    Futures.await(channel.declareQueue(QueueSpec.temporary())).name();
            Futures.await(channel.deleteQueue(name));
        }

        void requireAlive() throws InterruptedException {
            Futures.await(channel.publish(message(queue, "m")));
            assertThat(received.poll(20, TimeUnit.SECONDS)).isNotNull();
        }
    }

    @Test
    void aThousandRecoveriesLeaveNoThreadNoFileAndNothingToRestore(Broker broker) throws InterruptedException {
        try (FaultProxy proxy = FaultProxy.to(broker)) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                clients.add(connect(broker, proxy));
            }
            cut(proxy);
            int threads = ClientThreads.alive(ClientThreads.LOOPS).size();
            long files = openFiles();
            for (int i = 0; i < RECOVERIES / CONNECTIONS; i++) {
                clients.forEach(Client::makeSomethingShortLived);
                cut(proxy);
            }
            assertThat(ClientThreads.alive(ClientThreads.LOOPS)).hasSizeLessThanOrEqualTo(threads);
            Futures.until("the files are closed", () -> openFiles() <= files + 5);
            for (Client client : clients) {
                client.requireAlive();
                Futures.await(client.channel.deleteQueue(client.queue));
                client.connection.close();
            }
        }
    }
}
