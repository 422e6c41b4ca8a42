package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Heartbeats on a real clock, with the shortest interval there is. */
class HeartbeatsTest {

    private static final ConnectionMethod.Tune EVERY_SECOND = new ConnectionMethod.Tune(2047, 131072, 1);

    private static Connection connect(FakeBrokerServer server) {
        return Amqp.connect(server.options()
                .heartbeat(Duration.ofSeconds(1))
                .closeTimeout(Duration.ofMillis(300))
                .build());
    }

    @Test
    void theyAreSentWhenIdleAndASilentBrokerIsGivenUp() {
        FakeBroker broker = new FakeBroker().handshake(EVERY_SECOND).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = connect(server);
            assertThat(connection.negotiated().heartbeat()).isEqualTo(Duration.ofSeconds(1));
            long start = System.nanoTime();
            ConnectionLostException end = Futures.failure(connection.async().closed(), ConnectionLostException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(3));
            assertThat(end).hasMessageContaining("two heartbeats");
            server.awaitEnd(broker);
            assertThat(server.ask(broker, FakeBroker::heartbeats)).isBetween(2, 4);
        }
    }

    @Test
    void aBrokerThatOnlyHeartbeatsIsAlive() {
        FakeBroker broker = new FakeBroker().handshake(EVERY_SECOND).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            // Each of ours is answered by one of its own, as a broker may well do.
            for (int beat = 1; beat <= 6; beat++) {
                int expected = beat;
                server.await("heartbeat " + beat, () -> broker.heartbeats() >= expected);
                server.act(broker, FakeBroker::sayHeartbeat);
            }
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void aDeadBrokerIsNoticedWhilePublishingToo() {
        FakeBroker broker = new FakeBroker()
                .handshake(EVERY_SECOND)
                .channel(1)
                .expect(ConfirmMethod.Select.class)
                .stall();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = connect(server);
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<Void> first = channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            for (int i = 0; i < 500; i++) {
                channel.send(OutboundMessage.toQueue("q", new byte[64 * 1024])); // more than the kernel takes
            }
            CompletableFuture<Void> waiting = channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            long start = System.nanoTime();
            assertThat(Futures.failure(connection.async().closed())).isInstanceOf(ConnectionLostException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(Futures.failure(first, PublishException.class).outcomeUnknown())
                    .isTrue();
            assertThat(Futures.failure(waiting, PublishException.class).outcomeUnknown())
                    .as("it was never written")
                    .isFalse();
        }
    }

    @Test
    void theyAreSentBetweenWritesUnderLoadFromTheBroker() {
        FakeBroker broker = new FakeBroker()
                .handshake(EVERY_SECOND)
                .channel(1)
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            AsyncChannel channel = connection.openChannel().async();
            Futures.await(channel.consume(
                    dev.leveret.amqp.api.ConsumeOptions.of("q")
                            .withConsumerTag("c")
                            .withAutoAck(true),
                    delivery -> {}));
            long tag = 0;
            while (server.ask(broker, FakeBroker::heartbeats) < 3) {
                long next = ++tag;
                server.act(broker, it -> it.sayDelivery(1, "c", next, "a load that leaves us nothing to write"));
            }
            assertThat(connection.isOpen()).isTrue();
        }
    }
}
