package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A RabbitMQ node of our own, to do things to that one does not do to a shared one. */
@RequiresLocalRabbitMq
class NodeTroublesTest {

    private static LocalRabbitMq node;

    @BeforeAll
    static void start() {
        node = LocalRabbitMq.start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static ConnectionEvent next(LinkedBlockingQueue<ConnectionEvent> events) throws InterruptedException {
        ConnectionEvent event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("an event").isNotNull();
        return event;
    }

    @Test
    void connectionsThatTheOperatorClosesTellHisReason() {
        BrokerClient client = BrokerClient.of(node, it -> it.recovery(RecoveryOptions.off()));
        String queue = client.queue();
        var deliveries = client.consume(queue);
        node.ctl("close_all_connections", "maintenance of the test");
        ConnectionClosedException end =
                Futures.failure(client.connection.async().closed(), ConnectionClosedException.class);
        assertThat(end.replyCode()).isEqualTo(320);
        assertThat(end.byBroker()).isTrue();
        assertThat(end).hasMessageContaining("maintenance of the test");
        assertThat(Futures.failure(deliveries.subscription().ended())).isInstanceOf(ConnectionClosedException.class);
        assertThat(Futures.failure(client.async().closed())).isInstanceOf(ConnectionClosedException.class);
        client.close();
    }

    @Test
    void aNodeShortOfMemoryBlocksPublishersUntilItHasSomeAgain() throws InterruptedException {
        try (BrokerClient client = BrokerClient.of(node)) {
            String queue = client.queue();
            LinkedBlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();
            client.connection.onEvent(events::add);
            node.ctl("set_vm_memory_high_watermark", "0.00001");
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            publishes.add(client.async().publish(message(queue, "first")));
            assertThat(next(events))
                    .isInstanceOfSatisfying(
                            ConnectionEvent.Blocked.class,
                            it -> assertThat(it.reason()).contains("memory"));
            for (int i = 0; i < 100; i++) {
                publishes.add(client.async().publish(message(queue, "m" + i)));
            }
            CompletableFuture<Long> purge = client.async().purgeQueue(queue);
            assertThat(purge).isNotDone();
            ConnectionDiagnostics diagnostics = client.connection.diagnostics();
            assertThat(diagnostics.hints().get(0)).contains("the broker has blocked this connection", "memory");
            assertThat(diagnostics.channels().get(0).unconfirmed())
                    .as("sent before the node was short")
                    .isEqualTo(1);
            assertThat(diagnostics.waitingCommands())
                    .as("100 publishes and the purge")
                    .isEqualTo(101);
            node.ctl("set_vm_memory_high_watermark", "0.6");
            assertThat(next(events)).isInstanceOf(ConnectionEvent.Unblocked.class);
            publishes.forEach(Futures::await);
            assertThat(Futures.await(purge)).isEqualTo(101);
        } finally {
            node.ctl("set_vm_memory_high_watermark", "0.6");
        }
    }

    @Test
    void aBlockedConnectionClosesWithinItsDeadline() throws InterruptedException {
        try {
            BrokerClient client = BrokerClient.of(node, it -> it.closeTimeout(Duration.ofMillis(700)));
            String queue = client.queue();
            LinkedBlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();
            client.connection.onEvent(events::add);
            node.ctl("set_vm_memory_high_watermark", "0.00001");
            CompletableFuture<Void> publish = client.async().publish(message(queue, "first"));
            assertThat(next(events)).isInstanceOf(ConnectionEvent.Blocked.class);
            for (int i = 0; i < 300; i++) {
                client.async().send(OutboundMessage.toQueue(queue, new byte[100_000]));
            }
            long start = System.nanoTime();
            client.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(Futures.failure(publish, PublishException.class).outcomeUnknown())
                    .isTrue();
        } finally {
            node.ctl("set_vm_memory_high_watermark", "0.6");
        }
    }

    /** RabbitMQ 3 and 4.0 to 4.2 close the channel over it, 4.3 cancels the consumer. */
    @Test
    void aDeliveryThatIsHeldTooLongComesAgainToAConsumerThatGoesOn() throws InterruptedException {
        consumerTimeout(1_000, 1_000);
        try (BrokerClient client = BrokerClient.of(node)) {
            LinkedBlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();
            client.connection.onEvent(events::add);
            String queue = BrokerClient.unique("held");
            client.channel.declareQueue(QueueSpec.quorum(queue));
            BrokerClient.Deliveries deliveries = client.consume(queue);
            client.publish(queue, "1");
            assertThat(text(deliveries.next())).isEqualTo("1");
            assertThat(next(events))
                    .isInstanceOfAny(ConnectionEvent.ChannelReopened.class, ConnectionEvent.ConsumerCancelled.class);
            Delivery again = deliveries.next();
            assertThat(text(again)).isEqualTo("1");
            assertThat(again.redelivered()).isTrue();
            again.ack();
            client.publish(queue, "2");
            Delivery another = deliveries.next();
            assertThat(text(another)).isEqualTo("2");
            another.ack();
            client.channel.deleteQueue(queue);
        } finally {
            consumerTimeout(1_800_000, 60_000);
        }
    }

    /** For channels that are opened from now on, in milliseconds. */
    private static void consumerTimeout(long timeout, long checkedEvery) {
        node.ctl(
                "eval",
                "application:set_env(rabbit, consumer_timeout, " + timeout
                        + "), application:set_env(rabbit, channel_tick_interval, " + checkedEvery + ").");
    }

    @Test
    void aNodeThatDiesIsALostConnectionAndEveryPublishHasAVerdict() {
        BrokerClient client = BrokerClient.of(node, it -> it.recovery(RecoveryOptions.off()));
        String queue = BrokerClient.unique("durable");
        client.channel.declareQueue(QueueSpec.of(queue));
        List<CompletableFuture<Void>> publishes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            publishes.add(client.async().publish(message(queue, "m" + i)));
            if (i == 5_000) {
                node.kill();
            }
        }
        assertThat(Futures.failure(client.connection.async().closed())).isInstanceOf(ConnectionLostException.class);
        long verdicts = publishes.stream()
                .map(it -> it.handle((done, failure) -> failure == null || failure instanceof PublishException))
                .filter(it -> Futures.await(it))
                .count();
        assertThat(verdicts).isEqualTo(publishes.size());
        client.close();
        node.restart();
        try (BrokerClient again = BrokerClient.of(node)) {
            again.channel.deleteQueue(queue);
        }
    }

    @Test
    void aFrozenNodeIsNoticedByItsHeartbeats() {
        BrokerClient client =
                BrokerClient.of(node, it -> it.heartbeat(Duration.ofSeconds(1)).recovery(RecoveryOptions.off()));
        node.pause();
        try {
            long start = System.nanoTime();
            assertThat(Futures.failure(client.connection.async().closed()))
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("heartbeats");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        } finally {
            node.resume();
        }
        client.close();
    }
}
