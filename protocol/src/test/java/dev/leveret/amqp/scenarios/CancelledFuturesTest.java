package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishCallback;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Cancelling a future: before its request is written nothing is sent, afterwards the answer is nobody's. */
class CancelledFuturesTest {

    private static final byte[] BODY = {1};

    @Test
    void whatIsCancelledBeforeItIsWrittenIsNotSent() {
        FakeBroker broker = new FakeBroker().handshake().channel(1).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            // What is asked for on the event loop cannot be written before this has returned.
            List<Boolean> cancelled = Futures.onLoop(
                    server,
                    broker,
                    connection.async(),
                    () -> Stream.of(
                                    channel.declareQueue(QueueSpec.of("q")),
                                    channel.purgeQueue("q"),
                                    channel.get("q", true),
                                    channel.consume(ConsumeOptions.of("q"), delivery -> {}),
                                    channel.publish(OutboundMessage.toQueue("q", BODY)),
                                    channel.recover(),
                                    connection.async().openChannel())
                            .map(it -> it.cancel(false))
                            .toList());
            assertThat(cancelled).hasSize(7).containsOnly(true);
            Futures.await(channel.close());
            server.assertDone();
        }
    }

    private static FakeBroker confirming() {
        return new FakeBroker()
                .handshake()
                .channel(1)
                .expect(ConfirmMethod.Select.class)
                .reply(new ConfirmMethod.SelectOk());
    }

    @Test
    void aPublishWhoseCallbackDoesNotWantItAnyMoreIsNotSentAndSaysSo() {
        FakeBroker broker = confirming()
                .expect(BasicMethod.Publish.class)
                .send(1, new BasicMethod.Ack(1, false))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            WantedCallback unwanted = new WantedCallback(false);
            channel.publish(OutboundMessage.toQueue("unwanted", BODY), unwanted);
            WantedCallback wanted = new WantedCallback(true);
            channel.publish(OutboundMessage.toQueue("wanted", BODY), wanted);
            assertThat(Futures.await(unwanted.result))
                    .isInstanceOfSatisfying(
                            PublishResult.Rejected.class,
                            it -> assertThat(it.cause()).isInstanceOf(CancellationException.class));
            assertThat(Futures.await(wanted.result)).isInstanceOf(PublishResult.Confirmed.class);
            server.assertDone();
        }
    }

    @Test
    void aPublishThatIsNotWantedAnyMoreIsNotPublishedAgainAfterALossAndIsUnknown() {
        FakeBroker first = confirming().expect(BasicMethod.Publish.class).expect(BasicMethod.Publish.class);
        FakeBroker second = confirming()
                .expect(BasicMethod.Publish.class)
                .send(1, new BasicMethod.Ack(1, false))
                .polite();
        RecoveryOptions republishing = RecoveryOptions.standard()
                .withDelay(Duration.ofMillis(1), Duration.ofMillis(1))
                .withRepublishing(1_000_000, Duration.ofMinutes(1));
        try (FakeBrokerServer server = FakeBrokerServer.start(first, second);
                Connection connection =
                        Amqp.connect(server.options().recovery(republishing).build())) {
            AsyncChannel channel = connection.openChannel().async();
            WantedCallback unwanted = new WantedCallback(true);
            channel.publish(OutboundMessage.toQueue("unwanted", BODY), unwanted);
            WantedCallback wanted = new WantedCallback(true);
            channel.publish(OutboundMessage.toQueue("wanted", BODY), wanted);
            server.awaitDone(first);
            unwanted.wanted = false;
            server.act(first, FakeBroker::hangUp);
            assertThat(Futures.await(unwanted.result)).isInstanceOf(PublishResult.Unknown.class);
            assertThat(Futures.await(wanted.result)).isInstanceOf(PublishResult.Confirmed.class);
            assertThat(second.received(BasicMethod.Publish.class))
                    .extracting(BasicMethod.Publish::routingKey)
                    .containsExactly("wanted");
        }
    }

    private static final class WantedCallback implements PublishCallback {
        final CompletableFuture<PublishResult> result = new CompletableFuture<>();
        private volatile boolean wanted;

        WantedCallback(boolean wanted) {
            this.wanted = wanted;
        }

        @Override
        public boolean isWanted() {
            return wanted;
        }

        @Override
        public void onResult(PublishResult outcome) {
            result.complete(outcome);
        }
    }

    @Test
    void theAnswerToACancelledRequestIsNotTakenForTheNextOnes() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Declare.class)
                .expect(QueueMethod.Declare.class)
                .send(1, new QueueMethod.DeclareOk("first", 1, 1))
                .send(1, new QueueMethod.DeclareOk("second", 2, 2))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<QueueInfo> first = channel.declareQueue(QueueSpec.of("first"));
            server.await(
                    "the first request",
                    () -> broker.received(QueueMethod.Declare.class).size() == 1);
            first.cancel(false);
            assertThat(Futures.await(channel.declareQueue(QueueSpec.of("second"))))
                    .isEqualTo(new QueueInfo("second", 2, 2));
        }
    }

    @Test
    void theConfirmOfACancelledPublishIsNotTakenForTheNextOnes() {
        FakeBroker broker = confirming()
                .expect(BasicMethod.Publish.class)
                .expect(BasicMethod.Publish.class)
                .send(1, new BasicMethod.Nack(1, false, false))
                .send(1, new BasicMethod.Ack(2, false))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<Void> first = channel.publish(OutboundMessage.toQueue("q", BODY));
            server.await(
                    "the first publish",
                    () -> broker.received(BasicMethod.Publish.class).size() == 1);
            first.cancel(false);
            Futures.await(channel.publish(OutboundMessage.toQueue("q", BODY)));
        }
    }

    @Test
    void aChannelThatNobodyWantsAnyMoreIsClosedAndItsNumberUsedAgain() {
        FakeBroker broker = new FakeBroker()
                .handshake(new ConnectionMethod.Tune(2, 131072, 0))
                .channel(1)
                .expect(ChannelMethod.Open.class)
                .channelClose()
                .expect(QueueMethod.Purge.class)
                .reply(new QueueMethod.PurgeOk(1))
                .channel(2)
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Channel other = connection.openChannel();
            CompletableFuture<AsyncChannel> unwanted = connection.async().openChannel();
            server.await(
                    "the request",
                    () -> broker.received(ChannelMethod.Open.class).size() == 2);
            unwanted.cancel(false);
            server.act(broker, it -> it.say(2, new ChannelMethod.OpenOk()));
            server.await(
                    "the close",
                    () -> broker.received(ChannelMethod.Close.class).size() == 1);
            other.purgeQueue("its answer comes after that to the close");
            assertThat(connection.openChannel().number()).isEqualTo(2);
        }
    }

    @Test
    void aConsumerThatNobodyWantsAnyMoreIsCancelledAndItsDeliveriesGoOn() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .expect(BasicMethod.Cancel.class)
                .reply(new BasicMethod.CancelOk("c"))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<Subscription> unwanted =
                    channel.consume(ConsumeOptions.of("q").withConsumerTag("c"), delivery -> {});
            server.await(
                    "the request",
                    () -> broker.received(BasicMethod.Consume.class).size() == 1);
            unwanted.cancel(false);
            server.act(broker, it -> it.say(1, new BasicMethod.ConsumeOk("c")));
            server.awaitDone(broker);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void aFetchedMessageThatNobodyWantsAnyMoreGoesBackUnlessItIsSettled() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(1, new BasicMethod.Get("q", false))
                .expect(1, new BasicMethod.Nack(1, false, true))
                .expect(1, new BasicMethod.Get("q", true))
                .expect(1, new BasicMethod.Get("q", true))
                .send(1, new BasicMethod.GetOk(2, false, "", "q", 0), BasicProperties.EMPTY, BODY)
                .send(1, new BasicMethod.GetEmpty())
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<Optional<GetResponse>> unwanted = channel.get("q", false);
            server.await(
                    "the request", () -> broker.received(BasicMethod.Get.class).size() == 1);
            unwanted.cancel(false);
            server.act(
                    broker, it -> it.say(1, new BasicMethod.GetOk(1, false, "", "q", 0), BasicProperties.EMPTY, BODY));
            server.await(
                    "the message's return",
                    () -> broker.received(BasicMethod.Nack.class).size() == 1);
            CompletableFuture<Optional<GetResponse>> settled = channel.get("q", true);
            server.await(
                    "the next request",
                    () -> broker.received(BasicMethod.Get.class).size() == 2);
            settled.cancel(false);
            assertThat(Futures.await(channel.get("q", true))).isEmpty();
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void aFetchedMessageThatNobodyWantsOnAChannelThatIsBeingClosedHarmsNobody() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .channel(2)
                .expect(BasicMethod.Get.class)
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            AsyncChannel other = connection.openChannel().async();
            CompletableFuture<Optional<GetResponse>> unwanted = channel.get("q", false);
            CompletableFuture<CompletableFuture<Void>> closing = new CompletableFuture<>();
            // The listener runs on the event loop, with the message behind in the same read.
            other.onReturn(returned -> {
                unwanted.cancel(false);
                closing.complete(channel.close());
            });
            server.awaitDone(broker);
            server.act(broker, it -> {
                it.say(2, new BasicMethod.Return(312, "NO_ROUTE", "", "q"), BasicProperties.EMPTY, BODY);
                it.say(1, new BasicMethod.GetOk(1, false, "", "q", 0), BasicProperties.EMPTY, BODY);
            });
            Futures.await(Futures.await(closing));
            assertThat(connection.isOpen()).isTrue();
            assertThat(other.isOpen()).isTrue();
        }
    }
}
