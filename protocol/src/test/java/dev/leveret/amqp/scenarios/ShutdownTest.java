package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.ShutdownReport;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Bringing work to an end, or as far as the time allows. */
class ShutdownTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private final List<Long> handled = new CopyOnWriteArrayList<>();

    private boolean confirming = true;

    private final FakeBroker broker = new FakeBroker().handshake().channel(1).otherwise((it, arrived) -> {
        if (it.answersClose(arrived)) {
            return;
        }
        if (arrived.method() instanceof BasicMethod.Qos) {
            it.say(1, new BasicMethod.QosOk());
        } else if (arrived.method() instanceof BasicMethod.Consume consume) {
            it.say(1, new BasicMethod.ConsumeOk(consume.consumerTag()));
        } else if (arrived.method() instanceof BasicMethod.Cancel cancel) {
            it.say(1, new BasicMethod.CancelOk(cancel.consumerTag()));
        } else if (arrived.method() instanceof ConfirmMethod.Select) {
            it.say(1, new ConfirmMethod.SelectOk());
        } else if (arrived.method() instanceof BasicMethod.Publish && confirming) {
            it.say(1, new BasicMethod.Ack(it.received(BasicMethod.Publish.class).size(), false));
        }
    });

    private static OutboundMessage message() {
        return OutboundMessage.toQueue("other", new byte[1]);
    }

    /** Its first delivery is handled until {@link #mayEnd}. */
    private AsyncChannel consuming(FakeBrokerServer server, Connection connection, boolean autoAck, int deliveries)
            throws InterruptedException {
        AsyncChannel channel = connection.openChannel().async();
        Futures.await(
                channel.consume(ConsumeOptions.of("q").withConsumerTag("c").withAutoAck(autoAck), delivery -> {
                    started.countDown();
                    mayEnd.await();
                    handled.add(delivery.deliveryTag());
                    if (!autoAck) {
                        delivery.ack();
                    }
                }));
        server.act(broker, it -> {
            for (int tag = 1; tag <= deliveries; tag++) {
                it.sayDelivery(1, "c", tag, "x");
            }
        });
        started.await();
        return channel;
    }

    private void awaitCancel(FakeBrokerServer server) {
        server.await(
                "the cancel", () -> !broker.received(BasicMethod.Cancel.class).isEmpty());
    }

    @Test
    void aConnectionWithoutWorkIsSimplyClosed() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            connection.openChannel();
            assertThat(connection.shutdown(LONG)).isEqualTo(ShutdownReport.CLEAN);
            assertThat(connection.isOpen()).isFalse();
            assertThat(connection.shutdown(LONG).isClean()).as("again").isTrue();
        }
    }

    @Test
    void theRunningHandlerEndsAndItsAckGoesOutAndWhatWaitedGoesBack() throws InterruptedException {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            consuming(server, connection, false, 3);
            CompletableFuture<ShutdownReport> report = connection.async().shutdown(LONG);
            awaitCancel(server);
            assertThat(report).isNotDone();
            mayEnd.countDown();
            assertThat(Futures.await(report)).isEqualTo(new ShutdownReport(0, 2, 0, 0));
            assertThat(handled).containsExactly(1L);
            server.await(
                    "the close",
                    () -> !broker.received(ConnectionMethod.Close.class).isEmpty());
            List<BasicMethod.Ack> acks = server.ask(broker, it -> it.received(BasicMethod.Ack.class));
            assertThat(acks).containsExactly(new BasicMethod.Ack(1, false));
        }
    }

    @Test
    void whatWouldBeLostIsHandledToTheLast() throws InterruptedException {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            consuming(server, connection, true, 3);
            CompletableFuture<ShutdownReport> report = connection.async().shutdown(LONG);
            awaitCancel(server);
            mayEnd.countDown();
            assertThat(Futures.await(report).isClean()).isTrue();
            assertThat(handled).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void publishesAreWaitedForAlsoThoseOfHandlers() throws InterruptedException {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            confirming = false;
            CompletableFuture<Void> first = channel.publish(message());
            CompletableFuture<Void> second = first.thenCompose(ignored -> channel.publish(message()));
            server.await(
                    "the first",
                    () -> broker.received(BasicMethod.Publish.class).size() == 1);
            CompletableFuture<ShutdownReport> report = connection.async().shutdown(LONG);
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(1, false)));
            server.await(
                    "the second",
                    () -> broker.received(BasicMethod.Publish.class).size() == 2);
            assertThat(report).isNotDone();
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(2, false)));
            assertThat(Futures.await(report).isClean()).isTrue();
            Futures.await(second);
        }
    }

    @Test
    void whenTheTimeIsOverWhatIsLeftIsReportedAndTheConnectionClosed() throws InterruptedException {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            confirming = false;
            AsyncChannel channel = consuming(server, connection, false, 3);
            CompletableFuture<Void> publish = channel.publish(message());
            ShutdownReport report = connection.shutdown(SHORT);
            assertThat(report).isEqualTo(new ShutdownReport(1, 3, 0, 1));
            assertThat(connection.isOpen()).isFalse();
            assertThat(Futures.failure(publish, PublishException.class).outcomeUnknown())
                    .isTrue();
        } finally {
            mayEnd.countDown();
        }
    }

    @Test
    void deliveriesThatWouldBeLostAreCountedWhenTheTimeIsOver() throws InterruptedException {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            consuming(server, connection, true, 5);
            // All have arrived when the answer to something later has.
            awaitRoundTrip(server, connection);
            assertThat(connection.shutdown(SHORT)).isEqualTo(new ShutdownReport(1, 0, 4, 0));
        } finally {
            mayEnd.countDown();
        }
    }

    private void awaitRoundTrip(FakeBrokerServer server, Connection connection) {
        Futures.onLoop(server, broker, connection.async(), () -> 0);
    }

    @Test
    void aBrokerThatDoesNotAnswerDoesNotHoldItUp() {
        FakeBroker deaf = new FakeBroker().handshake().channel(1).stall();
        try (FakeBrokerServer server = FakeBrokerServer.start(deaf);
                Connection connection =
                        Amqp.connect(server.options().closeTimeout(SHORT).build())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<?> consuming = channel.consume(ConsumeOptions.of("q"), delivery -> {});
            assertThat(connection.shutdown(SHORT).isClean()).isTrue();
            assertThat(Futures.failure(consuming)).isNotNull();
            assertThat(connection.isOpen()).isFalse();
        }
    }

    @Test
    void aChannelThatTheBrokerClosesMeanwhileIsNotWaitedFor() throws InterruptedException {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            confirming = false;
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<Void> publish = channel.publish(message());
            server.await("it", () -> broker.received(BasicMethod.Publish.class).size() == 1);
            CompletableFuture<ShutdownReport> report = connection.async().shutdown(LONG);
            server.act(broker, it -> it.say(1, new ChannelMethod.Close(404, "NOT_FOUND", 60, 40)));
            assertThat(Futures.await(report).isClean()).isTrue();
            assertThat(Futures.failure(publish, PublishException.class).outcomeUnknown())
                    .isTrue();
        }
    }

    @EveryBroker
    void nothingIsLostBetweenTwoConsumersOfWhichOneIsShutDown(Broker broker) {
        try (BrokerClient other = BrokerClient.of(broker)) {
            String queue = other.queue(BrokerClient::shared);
            int count = 200;
            other.publish(
                    queue, IntStream.range(0, count).mapToObj(it -> "m" + it).toArray(String[]::new));
            List<String> seen = new CopyOnWriteArrayList<>();
            try (BrokerClient first = BrokerClient.of(broker)) {
                CountDownLatch some = new CountDownLatch(20);
                first.channel.consume(ConsumeOptions.of(queue).withPrefetch(50), delivery -> {
                    seen.add(text(delivery));
                    delivery.ack();
                    some.countDown();
                });
                Futures.until("some deliveries", () -> some.getCount() == 0);
                ShutdownReport report = first.connection.shutdown(LONG);
                assertThat(report.runningHandlers()).isZero();
            }
            seen.addAll(other.consume(ConsumeOptions.of(queue).withPrefetch(0)).nextTexts(count - seen.size()));
            assertThat(seen).hasSize(count).doesNotHaveDuplicates();
            other.channel.deleteQueue(queue);
        }
    }
}
