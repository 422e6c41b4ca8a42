package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionDiagnostics;
import dev.leveret.amqp.api.ConnectionDiagnostics.ChannelDiagnostics;
import dev.leveret.amqp.api.ConnectionDiagnostics.ConsumerDiagnostics;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What a connection says of itself when it is stuck, and that it always says something. */
class DiagnosticsTest {

    private static FakeBroker open() {
        return new FakeBroker().handshake().channel(1);
    }

    private static FakeBroker patient(FakeBroker broker) {
        return broker.otherwise((it, arrived) -> it.answersClose(arrived));
    }

    private static ConnectionDiagnostics until(Connection connection, Predicate<ConnectionDiagnostics> condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        ConnectionDiagnostics last = connection.diagnostics();
        while (!condition.test(last)) {
            assertThat(System.nanoTime()).as(last.toString()).isLessThan(deadline);
            last = connection.diagnostics();
        }
        return last;
    }

    @Test
    void anIdleConnectionHasNothingToComplainOf() {
        try (FakeBrokerServer server = FakeBrokerServer.start(patient(open()));
                Connection connection = Amqp.connect(server.uri())) {
            connection.openChannel();
            ConnectionDiagnostics idle = connection.diagnostics();
            assertThat(idle.answered()).isTrue();
            assertThat(idle.state()).isEqualTo("OPEN");
            assertThat(idle.writable()).isTrue();
            assertThat(idle.sinceRead()).isPresent();
            assertThat(idle.sinceWritten()).isPresent();
            assertThat(idle.hints()).isEmpty();
            assertThat(idle.toString()).contains(connection.name(), "channel 1: OPEN", "nothing looks stuck");
        }
    }

    @Test
    void aBlockedConnectionSaysSoUntilItIsNot() {
        FakeBroker broker = patient(open());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            connection.openChannel();
            server.act(broker, it -> it.say(0, new ConnectionMethod.Blocked("low on memory")));
            ConnectionDiagnostics blocked = until(connection, it -> it.blocked().isPresent());
            assertThat(blocked.hints()).singleElement().asString().contains("has blocked", "low on memory");
            server.act(broker, it -> it.say(0, new ConnectionMethod.Unblocked()));
            assertThat(until(connection, it -> it.blocked().isEmpty()).hints()).isEmpty();
        }
    }

    @Test
    void unansweredRequestsAndUnconfirmedPublishesAreListed() {
        FakeBroker broker = patient(open());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            channel.declareQueue(QueueSpec.of("q"));
            channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            ChannelDiagnostics stuck = until(
                            connection, it -> it.channels().get(0).unconfirmed() == 2)
                    .channels()
                    .get(0);
            assertThat(stuck.requests())
                    .extracting(ConnectionDiagnostics.WaitingRequest::method)
                    .containsExactly("queue.declare", "confirm.select");
            assertThat(stuck.oldestUnconfirmed()).isPresent();
        }
    }

    @Test
    void aHandlerThatHoldsThePrefetchIsNamed() throws InterruptedException {
        FakeBroker broker = patient(open().expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"))
                .deliver(1, "c", 1, "x")
                .deliver(1, "c", 2, "y")
                .deliver(1, "c", 3, "z"));
        CountDownLatch release = new CountDownLatch(1);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Channel channel = connection.openChannel();
            channel.consume(ConsumeOptions.of("orders").withConsumerTag("c").withPrefetch(3), delivery -> {
                if (delivery.deliveryTag() == 2) {
                    release.await();
                }
            });
            ConnectionDiagnostics stuck = until(
                    connection,
                    // The parts are asked one after the other, while the handler goes on.
                    it -> it.channels().get(0).waitingDeliveries() <= 1
                            && it.channels().get(0).consumers().stream()
                                    .anyMatch(
                                            each -> each.handling().equals(Optional.of(2L)) && each.unsettled() == 3));
            ChannelDiagnostics about = stuck.channels().get(0);
            ConsumerDiagnostics consumer = about.consumers().get(0);
            assertThat(consumer.queue()).isEqualTo("orders");
            assertThat(consumer.isPrefetchExhausted()).isTrue();
            assertThat(about.waitingDeliveries()).isLessThanOrEqualTo(1);
            assertThat(about.handling()).isPresent();
            assertThat(stuck.hints())
                    .singleElement()
                    .asString()
                    .contains("consumer 'c' of queue 'orders'", "prefetch is exhausted, 3 of 3", "busy");
            release.countDown();
            ConnectionDiagnostics unsettled =
                    until(connection, it -> it.channels().get(0).handling().isEmpty());
            assertThat(unsettled.hints()).singleElement().asString().contains("no handler is running");
        }
    }

    @Test
    void aBrokerThatDoesNotReadIsSeenInWhatWaits() {
        FakeBroker broker = patient(open().stall());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(
                        server.options().closeTimeout(Duration.ofMillis(200)).build())) {
            AsyncChannel channel = connection.openChannel().async();
            while (connection.diagnostics().waitingCommands() < 10) {
                channel.send(OutboundMessage.toQueue("q", new byte[100_000]));
            }
            ConnectionDiagnostics stuck = connection.diagnostics();
            assertThat(stuck.writable()).isFalse();
            assertThat(stuck.waitingBytes()).isGreaterThan(1_000_000);
            assertThat(stuck.hints().get(0)).contains("takes no more bytes", stuck.waitingCommands() + " calls");
        }
    }

    @Test
    void aConsumerThatHasStoppedTheReadingIsSeen() {
        FakeBroker broker = patient(open().expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c")));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Subscription consumer =
                    connection.openChannel().consume(ConsumeOptions.of("q").withConsumerTag("c"), delivery -> {});
            consumer.pauseReading();
            assertThat(until(connection, it -> !it.reading()).hints())
                    .singleElement()
                    .asString()
                    .contains("this side has stopped reading");
            consumer.resumeReading();
            assertThat(until(connection, ConnectionDiagnostics::reading).hints())
                    .isEmpty();
        }
    }

    @Test
    void anEventLoopThatIsBlockedIsFoundOutWithItsStack() {
        FakeBroker broker = patient(open());
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch blocking = new CountDownLatch(1);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            connection.onEvent(event -> aCallbackThatBlocks(blocking, release));
            server.act(broker, it -> it.say(0, new ConnectionMethod.Unblocked()));
            await(blocking);
            ConnectionDiagnostics stuck = connection.diagnostics();
            assertThat(stuck.answered()).isFalse();
            assertThat(stuck.hints()).singleElement().asString().contains("does not answer");
            assertThat(stuck.eventLoop()).anyMatch(it -> it.contains("aCallbackThatBlocks"));
            assertThat(stuck.toString()).contains("aCallbackThatBlocks");
            release.countDown();
            assertThat(until(connection, ConnectionDiagnostics::answered).hints())
                    .isEmpty();
        }
    }

    private static void aCallbackThatBlocks(CountDownLatch blocking, CountDownLatch release) {
        blocking.countDown();
        await(release);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCallbackMayAskWithoutWaitingForItself() {
        FakeBroker broker = patient(open());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            connection.openChannel();
            ConnectionDiagnostics told = Futures.onLoop(server, broker, connection.async(), connection::diagnostics);
            assertThat(told.answered()).isTrue();
        }
    }

    @Test
    void aClosedConnectionStillAnswers() {
        try (FakeBrokerServer server = FakeBrokerServer.start(patient(open()))) {
            Connection connection = Amqp.connect(server.uri());
            connection.openChannel();
            connection.close();
            ConnectionDiagnostics after = connection.diagnostics();
            assertThat(after.state()).isEqualTo("CLOSED");
            assertThat(after.channels()).isEmpty();
            assertThat(after.hints()).isEmpty();
            CompletableFuture<ConnectionDiagnostics> again = connection.async().diagnostics();
            assertThat(Futures.await(again).state()).isEqualTo("CLOSED");
        }
    }

    @Test
    void theLastFramesAreThereForWhoAskedThemToBeKept() {
        FakeBroker broker =
                patient(open().expect(QueueMethod.Declare.class).reply(new QueueMethod.DeclareOk("q", 0, 0)));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection =
                        Amqp.connect(server.options().frameHistory(3).build())) {
            connection.openChannel().declareQueue(QueueSpec.of("q"));
            assertThat(connection.diagnostics().frames())
                    .satisfiesExactly(
                            it -> assertThat(it).contains("<- 1 channel.open-ok"),
                            it -> assertThat(it)
                                    .contains("-> 1 queue.declare (")
                                    .contains("bytes)"),
                            it -> assertThat(it).contains("<- 1 queue.declare-ok"));
        }
    }
}
