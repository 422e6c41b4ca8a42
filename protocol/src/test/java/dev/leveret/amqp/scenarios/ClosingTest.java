package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How connections and channels end. */
class ClosingTest {

    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(400);
    private static final Duration MUCH_LATER = Duration.ofSeconds(10);

    private static Duration timed(Runnable action) {
        long start = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static AsyncConnection connect(FakeBrokerServer server) {
        return Amqp.connect(server.options().closeTimeout(CLOSE_TIMEOUT).build())
                .async();
    }

    // ---- by us ----------------------------------------------------------------------------------------------------

    @Test
    void aPeerThatNeverAnswersDoesNotKeepUsFromClosing() {
        FakeBroker broker = new FakeBroker().handshake().expect(ConnectionMethod.Close.class);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            assertThat(timed(() -> Futures.await(connection.close()))).isBetween(CLOSE_TIMEOUT, MUCH_LATER);
            assertThat(connection.isOpen()).isFalse();
            Futures.await(connection.closed());
            server.awaitEnd(broker);
        }
    }

    @Test
    void aPeerThatDoesNotReadDoesNotKeepUsFromClosing() {
        FakeBroker broker = new FakeBroker().handshake().channel(1).stall();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            AsyncChannel channel = Futures.await(connection.openChannel());
            for (int i = 0; i < 300; i++) {
                channel.send(OutboundMessage.toQueue("q", new byte[64 * 1024]));
            }
            CompletableFuture<Void> published = channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            CompletableFuture<Long> purged = channel.purgeQueue("q");
            assertThat(timed(() -> Futures.await(connection.close()))).isBetween(CLOSE_TIMEOUT, MUCH_LATER);
            Futures.await(connection.closed());
            assertThat(Futures.failure(purged)).isInstanceOf(ConnectionClosedException.class);
            assertThat(Futures.failure(published)).isInstanceOf(PublishException.class);
        }
    }

    @Test
    void aChannelWhosePeerNeverAnswersOrDoesNotReadIsClosedInTimeToo() {
        FakeBroker silent = new FakeBroker().handshake().channel(1).expect(ChannelMethod.Close.class);
        FakeBroker deaf = new FakeBroker().handshake().channel(1).stall();
        try (FakeBrokerServer server = FakeBrokerServer.start(silent, deaf)) {
            for (int i = 0; i < 2; i++) {
                AsyncConnection connection = connect(server);
                AsyncChannel channel = Futures.await(connection.openChannel());
                if (i == 1) {
                    for (int n = 0; n < 300; n++) {
                        channel.send(OutboundMessage.toQueue("q", new byte[64 * 1024]));
                    }
                }
                assertThat(timed(() -> Futures.await(channel.close()))).isBetween(CLOSE_TIMEOUT, MUCH_LATER);
                assertThat(channel.isOpen()).isFalse();
                Futures.await(connection.close());
            }
        }
    }

    @Test
    void closingIsSaidOnceAndMayBeAskedForOften() {
        FakeBroker broker =
                new FakeBroker().handshake().channel(1).channelClose().connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            AsyncChannel channel = Futures.await(connection.openChannel());
            List<CompletableFuture<Void>> closings = List.of(channel.close(), channel.close(), channel.close());
            closings.forEach(Futures::await);
            Futures.await(channel.close());
            List.of(connection.close(), connection.close()).forEach(Futures::await);
            Futures.await(connection.close());
            Futures.await(channel.close());
            server.assertDone();
        }
    }

    @Test
    void closingTheConnectionEndsWhatWaits() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Qos.class)
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.QosOk(), new BasicMethod.ConsumeOk("c"))
                .expect(QueueMethod.Purge.class)
                .connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            AsyncChannel channel = Futures.await(connection.openChannel());
            Subscription consumer =
                    Futures.await(channel.consume(ConsumeOptions.of("q").withConsumerTag("c"), delivery -> {}));
            CompletableFuture<Long> waiting = channel.purgeQueue("q");
            Futures.await(connection.close());
            for (CompletableFuture<?> future : List.of(waiting, channel.closed(), consumer.ended())) {
                ConnectionClosedException failure = Futures.failure(future, ConnectionClosedException.class);
                assertThat(failure).hasMessageContaining("by this side");
                assertThat(failure.byBroker()).isFalse();
            }
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Test
    void whatIsAskedAfterTheEndFailsAtOnceWithTheReason() {
        FakeBroker broker =
                new FakeBroker().handshake().channel(1).channelClose().connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            AsyncChannel channel = Futures.await(connection.openChannel());
            Futures.await(channel.close());
            assertFailsOn(channel, ChannelClosedException.class);
            Futures.await(connection.close());
            assertFailsOn(channel, AmqpException.class);
            assertThat(Futures.failure(connection.openChannel())).isInstanceOf(ConnectionClosedException.class);
            server.assertDone();
        }
    }

    private static void assertFailsOn(AsyncChannel channel, Class<? extends AmqpException> kind) {
        assertThat(Futures.failure(channel.purgeQueue("q"))).isInstanceOf(kind);
        assertThat(Futures.failure(channel.get("q", true))).isInstanceOf(kind);
        assertThat(Futures.failure(channel.consume(ConsumeOptions.of("q"), delivery -> {})))
                .isInstanceOf(kind);
        assertThat(Futures.failure(channel.send(OutboundMessage.toQueue("q", new byte[0]))))
                .isInstanceOf(kind);
        assertThat(Futures.failure(channel.recover())).isInstanceOf(kind);
        PublishException publish =
                Futures.failure(channel.publish(OutboundMessage.toQueue("q", new byte[0])), PublishException.class);
        assertThat(publish).hasCauseInstanceOf(kind);
        assertThat(publish.outcomeUnknown()).isFalse();
    }

    @Test
    void leavingTheBlockInTryWithResourcesCloses() {
        FakeBroker broker =
                new FakeBroker().handshake().channel(1).channelClose().connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            try (Connection connection = Amqp.connect(server.uri());
                    Channel channel = connection.openChannel()) {
                assertThat(channel.isOpen()).isTrue();
            }
            server.assertDone();
        }
    }

    // ---- by the broker and by accident ------------------------------------------------------------------------------

    @Test
    void theBrokersReasonReachesEverybody() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Purge.class)
                .reply()
                .send(0, new ConnectionMethod.Close(320, "CONNECTION_FORCED - maintenance", 0, 0))
                .expect(ConnectionMethod.CloseOk.class);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            List<ConnectionEvent> events = new CopyOnWriteArrayList<>();
            connection.onEvent(events::add);
            AsyncChannel channel = Futures.await(connection.openChannel());
            CompletableFuture<Long> waiting = channel.purgeQueue("q");
            for (CompletableFuture<?> future : List.of(waiting, channel.closed(), connection.closed())) {
                ConnectionClosedException failure = Futures.failure(future, ConnectionClosedException.class);
                assertThat(failure).hasMessageContaining("maintenance");
                assertThat(failure.replyCode()).isEqualTo(320);
                assertThat(failure.byBroker()).isTrue();
            }
            assertThat(connection.isOpen()).isFalse();
            Futures.await(connection.close());
            server.awaitEnd(broker);
            assertThat(events).singleElement().isInstanceOfSatisfying(ConnectionEvent.Closed.class, closed -> {
                assertThat(closed.cause()).get().isInstanceOf(ConnectionClosedException.class);
            });
            assertThatThrownBy(() -> connection.blocking().openChannel())
                    .isInstanceOf(ConnectionClosedException.class)
                    .hasMessageContaining("maintenance")
                    .hasCauseInstanceOf(ConnectionClosedException.class);
        }
    }

    @Test
    void aLostTransportReachesEverybody() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Purge.class)
                .drop();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            AsyncChannel channel = Futures.await(connection.openChannel());
            CompletableFuture<Long> waiting = channel.purgeQueue("q");
            for (CompletableFuture<?> future : List.of(waiting, channel.closed(), connection.closed())) {
                assertThat(Futures.failure(future)).isInstanceOf(ConnectionLostException.class);
            }
            assertThat(Futures.failure(connection.openChannel())).isInstanceOf(ConnectionLostException.class);
            PublishException late =
                    Futures.failure(channel.publish(OutboundMessage.toQueue("q", new byte[0])), PublishException.class);
            assertThat(late.outcomeUnknown()).as("it was not sent").isFalse();
        }
    }

    @Test
    void theBrokersCloseOfOneChannelLeavesTheOthersAlone() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .channel(2)
                .expect(QueueMethod.Purge.class)
                .reply(new ChannelMethod.Close(404, "NOT_FOUND - no queue 'gone'", 50, 30))
                .expect(ChannelMethod.CloseOk.class)
                .expect(QueueMethod.Purge.class)
                .reply(new QueueMethod.PurgeOk(2))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            AsyncChannel refused = Futures.await(connection.openChannel());
            AsyncChannel other = Futures.await(connection.openChannel());
            ChannelClosedException failure = Futures.failure(refused.purgeQueue("gone"), ChannelClosedException.class);
            assertThat(failure.replyCode()).isEqualTo(404);
            assertThat(failure.method()).isEqualTo("queue.purge");
            assertThat(failure.byBroker()).isTrue();
            assertThat(Futures.failure(refused.closed())).isSameAs(failure);
            assertThat(Futures.failure(refused.purgeQueue("q"))).isSameAs(failure);
            assertThat(Futures.await(other.purgeQueue("q"))).isEqualTo(2);
            Futures.await(connection.close());
        }
    }

    @Test
    void cancellingAFutureOfTheEndDoesNotEndAnything() {
        FakeBroker broker = new FakeBroker().handshake().channel(1).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            AsyncConnection connection = connect(server);
            AsyncChannel channel = Futures.await(connection.openChannel());
            connection.closed().cancel(false);
            channel.closed().cancel(false);
            assertThat(connection.isOpen()).isTrue();
            assertThat(channel.isOpen()).isTrue();
            assertThat(connection.closed()).isNotDone();
            Futures.await(connection.close());
            Futures.await(connection.closed());
        }
    }
}
