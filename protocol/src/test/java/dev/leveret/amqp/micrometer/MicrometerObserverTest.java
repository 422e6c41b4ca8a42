package dev.leveret.amqp.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What the meters say after something has happened. */
class MicrometerObserverTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final MicrometerObserver observer = new MicrometerObserver(registry);

    private double gauge(String name) {
        return registry.get("rabbitmq." + name).gauge().value();
    }

    private double count(String name) {
        return registry.get("rabbitmq." + name).counter().count();
    }

    private long times(String name) {
        return registry.get("rabbitmq." + name).timers().stream()
                .mapToLong(it -> it.count())
                .sum();
    }

    private static void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    // Qpid delivers again what was rejected, and nacks what it returns.
    @RequiresRabbitMq
    @Test
    void aMessageGoesThroughTheMeters(Broker broker) throws InterruptedException {
        ConnectionOptions options =
                AmqpUri.parse(broker.uri()).observer(observer).build();
        CountDownLatch handled = new CountDownLatch(3);
        try (Connection connection = Amqp.connect(options)) {
            Channel channel = connection.openChannel();
            String queue = channel.declareQueue(QueueSpec.of("leveret-test-meters-" + System.nanoTime())
                            .withDurable(false)
                            .withExclusive(true))
                    .name();
            for (int i = 0; i < 3; i++) {
                channel.publish(OutboundMessage.toQueue(queue, new byte[100]));
            }
            assertThat(catchThrowable(() -> channel.publish(OutboundMessage.toQueue("leveret-nowhere", new byte[1]))))
                    .isNotNull();
            channel.consume(ConsumeOptions.of(queue), delivery -> {
                if (delivery.deliveryTag() == 1) {
                    delivery.ack();
                } else if (delivery.deliveryTag() == 2) {
                    delivery.reject(false);
                }
                handled.countDown();
            });
            handled.await();
            until(() -> count("acknowledged") == 1 && count("rejected") == 1);
            assertThat(gauge("unsettled")).isEqualTo(1);
            until(() -> times("handler") == 3);
            assertThat(gauge("connections")).isEqualTo(1);
            assertThat(gauge("channels")).isEqualTo(1);
            assertThat(gauge("consumers")).isEqualTo(1);
            assertThat(gauge("publish.in_flight")).isZero();
            assertThat(gauge("outbound")).isZero();
            assertThat(count("published")).isEqualTo(4);
            assertThat(count("acknowledged_published")).isEqualTo(3);
            assertThat(count("unrouted_published")).isEqualTo(1);
            assertThat(times("publish.confirm")).isEqualTo(3);
            assertThat(count("consumed")).isEqualTo(3);
            assertThat(count("acknowledged")).isEqualTo(1);
            assertThat(count("rejected")).isEqualTo(1);
            assertThat(count("written")).isGreaterThan(300);
            assertThat(count("read")).isGreaterThan(300);
            assertThat(registry.get("rabbitmq.requests")
                            .tags("method", "queue.declare", "outcome", "success")
                            .timer()
                            .count())
                    .isEqualTo(1);
        }
        assertThat(gauge("connections")).isZero();
        assertThat(gauge("channels")).isZero();
        assertThat(gauge("consumers")).isZero();
        assertThat(gauge("unsettled")).isZero();
        assertThat(count("taken_back")).isEqualTo(1);
        assertThat(count("connections.lost")).isZero();
    }

    @Test
    void whatGoesWrongIsCounted() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(ConfirmMethod.Select.class)
                .reply(new ConfirmMethod.SelectOk())
                .expect(BasicMethod.Publish.class)
                .reply(new BasicMethod.Nack(1, false, false))
                .expect(BasicMethod.Publish.class)
                .send(0, new ConnectionMethod.Blocked("low on memory"));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection =
                        Amqp.connect(server.options().observer(observer).build())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<Void> refused = channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            assertThat(catchThrowable(refused::join)).isNotNull();
            CompletableFuture<Void> lost = channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            until(() -> gauge("connections.blocked") == 1);
            assertThat(gauge("publish.in_flight")).isEqualTo(1);
            server.act(broker, FakeBroker::hangUp);
            assertThat(catchThrowable(() -> connection.async().closed().join())).isNotNull();
            assertThat(lost).isCompletedExceptionally();
            assertThat(catchThrowable(() -> channel.publish(OutboundMessage.toQueue("q", new byte[1]))
                            .join()))
                    .isNotNull();
            until(() -> count("failed_to_publish") == 1);
        }
        assertThat(count("not_acknowledged_published")).isEqualTo(1);
        assertThat(count("unknown_published")).isEqualTo(1);
        assertThat(gauge("publish.in_flight")).isZero();
        assertThat(count("connections.lost")).isEqualTo(1);
        assertThat(gauge("connections.blocked")).as("ends with the connection").isZero();
        assertThat(times("blocked")).isEqualTo(1);
    }

    @Test
    void aConnectionThatFailsIsCounted() {
        FakeBroker broker = new FakeBroker().header().drop();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            assertThat(catchThrowable(() ->
                            Amqp.connect(server.options().observer(observer).build())))
                    .isNotNull();
        }
        assertThat(count("connections.failed")).isEqualTo(1);
        assertThat(gauge("connections")).isZero();
    }

    @Test
    void prefixAndTagsAreTheUsers() {
        new MicrometerObserver(registry, "amqp", Tags.of("app", "shop"));
        assertThat(registry.get("amqp.published").tags("app", "shop").counter().count())
                .isZero();
    }
}
