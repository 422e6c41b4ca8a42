package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncPublishWindow;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.PublishWindow;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A bounded number of unconfirmed messages. */
class PublishWindowTest {

    private final FakeBroker broker = new FakeBroker().handshake().channel(1).otherwise((it, arrived) -> {
        if (arrived.method() instanceof ConfirmMethod.Select) {
            it.say(1, new ConfirmMethod.SelectOk());
        } else {
            it.answersClose(arrived);
        }
    });

    private static OutboundMessage message(int number) {
        return OutboundMessage.toQueue("q", ("m" + number).getBytes(StandardCharsets.UTF_8));
    }

    private static List<CompletableFuture<Void>> publish(AsyncPublishWindow window, int count) {
        List<CompletableFuture<Void>> fates = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            fates.add(window.publish(message(i)));
        }
        return fates;
    }

    private void awaitPublished(FakeBrokerServer server, String... expected) {
        server.await(
                expected.length + " messages",
                () -> broker.received(BasicMethod.Publish.class).size() == expected.length);
        List<String> texts = server.ask(
                broker,
                it -> it.received().stream()
                        .filter(received -> received.method() instanceof BasicMethod.Publish)
                        .map(Received::text)
                        .toList());
        assertThat(texts).containsExactly(expected);
    }

    @Test
    void noMoreAreSentThanTheWindowHasRoomForAndTheRestFollowsInOrder() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncPublishWindow window = connection.openChannel().async().publishWindow(2);
            List<CompletableFuture<Void>> fates = publish(window, 5);
            awaitPublished(server, "m1", "m2");
            assertThat(window.unconfirmed()).isEqualTo(2);
            CompletableFuture<Void> ready = window.ready();
            CompletableFuture<Void> flushed = window.flush();
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(1, false)));
            awaitPublished(server, "m1", "m2", "m3");
            Futures.await(fates.get(0));
            assertThat(fates.get(1)).isNotDone();
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(3, true)));
            awaitPublished(server, "m1", "m2", "m3", "m4", "m5");
            assertThat(ready).isNotDone();
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(5, false)));
            Futures.await(ready);
            assertThat(flushed).isNotDone();
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(4, false)));
            Futures.await(flushed);
            fates.forEach(Futures::await);
        }
    }

    @Test
    void flushTellsTheFirstFailureOnce() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncPublishWindow window = connection.openChannel().async().publishWindow(10);
            Futures.await(window.flush());
            List<CompletableFuture<Void>> fates = publish(window, 3);
            CompletableFuture<Void> flushed = window.flush();
            server.await("all", () -> broker.received(BasicMethod.Publish.class).size() == 3);
            server.act(broker, it -> {
                it.say(1, new BasicMethod.Ack(1, false));
                it.say(1, new BasicMethod.Nack(2, false, false));
                it.say(1, new BasicMethod.Nack(3, false, false));
            });
            PublishException failure = Futures.failure(flushed, PublishException.class);
            assertThat(failure.result()).isInstanceOf(PublishResult.Nacked.class);
            assertThat(Futures.failure(fates.get(1))).isSameAs(failure);
            Futures.await(window.flush());
        }
    }

    @Test
    void flushWaitsForWhatWasPublishedBeforeItAndForNothingElse() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncPublishWindow window = connection.openChannel().async().publishWindow(2);
            publish(window, 3);
            CompletableFuture<Void> first = window.flush();
            CompletableFuture<Void> same = window.flush();
            window.publish(message(4));
            CompletableFuture<Void> second = window.flush();
            window.publish(message(5));
            awaitPublished(server, "m1", "m2");
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(2, true)));
            awaitPublished(server, "m1", "m2", "m3", "m4");
            // The one behind is decided first, and its failure is not that of the flush before it.
            server.act(broker, it -> it.say(1, new BasicMethod.Nack(4, false, false)));
            awaitPublished(server, "m1", "m2", "m3", "m4", "m5");
            assertThat(first).isNotDone();
            assertThat(second).isNotDone();
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(3, false)));
            Futures.await(first);
            Futures.await(same);
            Futures.failure(second, PublishException.class);
            assertThat(window.unconfirmed()).isEqualTo(1);
        }
    }

    @Test
    void flushDoesNotWaitForAPublishThatWasCancelledBeforeItsTurn() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncPublishWindow window = connection.openChannel().async().publishWindow(1);
            List<CompletableFuture<Void>> fates = publish(window, 2);
            CompletableFuture<Void> flushed = window.flush();
            window.publish(message(3));
            fates.get(1).cancel(false);
            awaitPublished(server, "m1");
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(1, false)));
            Futures.await(flushed);
            awaitPublished(server, "m1", "m3");
        }
    }

    @Test
    void aFailureThatAnAbandonedFlushWouldHaveToldIsToldByTheNext() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncPublishWindow window = connection.openChannel().async().publishWindow(1);
            CompletableFuture<Void> fate = publish(window, 1).get(0);
            window.flush().cancel(false);
            awaitPublished(server, "m1");
            server.act(broker, it -> it.say(1, new BasicMethod.Nack(1, false, false)));
            PublishException failure = Futures.failure(fate, PublishException.class);
            assertThat(Futures.failure(window.flush())).isSameAs(failure);
            Futures.await(window.flush());
        }
    }

    @Test
    void aPublishThatIsCancelledBeforeItsTurnIsNeverSent() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncPublishWindow window = connection.openChannel().async().publishWindow(1);
            List<CompletableFuture<Void>> fates = publish(window, 3);
            fates.get(1).cancel(false);
            awaitPublished(server, "m1");
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(1, false)));
            awaitPublished(server, "m1", "m3");
        }
    }

    @Test
    void blockingPublishersWaitForRoomAndNotForEver() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(
                        server.options().requestTimeout(Duration.ofMillis(200)).build())) {
            PublishWindow window = connection.openChannel().publishWindow(1);
            CompletableFuture<Void> first = window.publish(message(1));
            assertThatThrownBy(() -> window.publish(message(2))).isInstanceOf(AmqpTimeoutException.class);
            assertThatThrownBy(window::flush).isInstanceOf(AmqpTimeoutException.class);
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(1, false)));
            Futures.await(first);
            CompletableFuture<Void> third = window.publish(message(3));
            awaitPublished(server, "m1", "m3");
            server.act(broker, it -> it.say(1, new BasicMethod.Ack(2, false)));
            Futures.await(third);
            window.flush();
        }
    }

    @Test
    void aLossTellsTheFateOfEverythingSentOrNot() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncPublishWindow window = connection.openChannel().async().publishWindow(2);
            List<CompletableFuture<Void>> fates = publish(window, 5);
            awaitPublished(server, "m1", "m2");
            server.act(broker, FakeBroker::hangUp);
            List<Boolean> unknown = fates.stream()
                    .map(it -> Futures.failure(it, PublishException.class).outcomeUnknown())
                    .toList();
            assertThat(unknown).containsExactly(true, true, false, false, false);
            assertThat(Futures.failure(window.flush(), PublishException.class))
                    .hasRootCauseInstanceOf(ConnectionLostException.class);
        }
    }

    @EveryBroker
    void manyMessagesGoThroughASmallWindowInOrder(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            PublishWindow window = client.channel.publishWindow(20);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                expected.add("m" + i);
                window.publish(BrokerClient.message(queue, "m" + i));
                assertThat(window.unconfirmed()).isLessThanOrEqualTo(20);
            }
            window.flush();
            assertThat(client.drain(queue)).isEqualTo(expected);
        }
    }
}
