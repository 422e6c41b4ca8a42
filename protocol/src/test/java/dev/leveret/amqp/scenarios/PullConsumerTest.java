package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Taking deliveries one by one. */
class PullConsumerTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final ConsumeOptions OPTIONS = ConsumeOptions.of("q").withConsumerTag("c");

    private final FakeBroker broker = new FakeBroker()
            .handshake()
            .channel(1)
            .expect(BasicMethod.Qos.class)
            .reply(new BasicMethod.QosOk())
            .expect(BasicMethod.Consume.class)
            .reply(new BasicMethod.ConsumeOk("c"));

    /** More than nanoseconds can count, or nothing can be added to. */
    static List<Duration> tooLongToCount() {
        return List.of(Duration.ofDays(365_000), ChronoUnit.FOREVER.getDuration(), Duration.ofSeconds(Long.MAX_VALUE));
    }

    private FakeBroker cancellable() {
        return broker.otherwise((it, arrived) -> {
            if (arrived.method() instanceof BasicMethod.Cancel) {
                it.say(1, new BasicMethod.CancelOk("c"));
            } else {
                it.answersClose(arrived);
            }
        });
    }

    private static String text(Delivery delivery) {
        return new String(delivery.body(), StandardCharsets.UTF_8);
    }

    private static String take(PullConsumer consumer) {
        return consumer.poll(SOON).map(PullConsumerTest::text).orElse("nothing");
    }

    private static void deliver(FakeBrokerServer server, FakeBroker broker, int count) {
        server.act(broker, it -> {
            for (int tag = 1; tag <= count; tag++) {
                it.sayDelivery(1, "c", tag, "m" + tag);
            }
        });
    }

    private static void awaitBuffered(PullConsumer consumer, int count) {
        Futures.until(count + " waiting deliveries", () -> consumer.buffered() == count);
    }

    @Test
    void deliveriesWaitInOrderUntilTheyAreTaken() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            assertThat(consumer.poll(Duration.ZERO)).isEmpty();
            deliver(server, broker, 3);
            assertThat(List.of(take(consumer), take(consumer), take(consumer))).containsExactly("m1", "m2", "m3");
            assertThat(consumer.poll(Duration.ofMillis(1))).isEmpty();
            assertThat(consumer.buffered()).isZero();
            assertThat(consumer.consumerTag()).isEqualTo("c");
            assertThat(consumer.queue()).isEqualTo("q");
        }
    }

    @ParameterizedTest
    @MethodSource("tooLongToCount")
    void aTimeoutTooLongToCountIsNoMistake(Duration longest) {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            deliver(server, broker, 1);
            assertThat(consumer.poll(longest).map(PullConsumerTest::text)).contains("m1");
            connection.shutdown(longest);
        }
    }

    @Test
    void aLoopEndsWhenNothingComesForAWhileAndCanGoOnLater() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            deliver(server, broker, 2);
            awaitBuffered(consumer, 2);
            List<String> taken = new ArrayList<>();
            consumer.untilIdle(Duration.ofMillis(10)).forEach(it -> taken.add(text(it)));
            server.act(broker, it -> it.sayDelivery(1, "c", 3, "m3"));
            awaitBuffered(consumer, 1);
            for (Delivery delivery : consumer.untilIdle(Duration.ofMillis(10))) {
                taken.add(text(delivery));
            }
            assertThat(taken).containsExactly("m1", "m2", "m3");
        }
    }

    @Test
    void cancellingHandsOutWhatHadArrived() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            deliver(server, broker, 3);
            awaitBuffered(consumer, 3);
            assertThat(take(consumer)).isEqualTo("m1");
            List<Delivery> left = consumer.cancel();
            assertThat(left).extracting(PullConsumerTest::text).containsExactly("m2", "m3");
            left.forEach(Delivery::ack);
            server.await(
                    "the ack",
                    () -> broker.received(BasicMethod.Ack.class).stream().anyMatch(it -> it.deliveryTag() == 3));
            assertThat(consumer.poll(SOON)).as("at once, as it has ended").isEmpty();
            assertThat(consumer.cancel()).isEmpty();
        }
    }

    @Test
    void closingGivesBackWhatWasNotTaken() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            deliver(server, broker, 3);
            awaitBuffered(consumer, 3);
            Delivery first = consumer.poll(SOON).orElseThrow();
            consumer.close();
            first.ack();
            server.await("the ack", () -> broker.received(BasicMethod.Ack.class).size() == 1);
            List<BasicMethod.Nack> givenBack = server.ask(broker, it -> it.received(BasicMethod.Nack.class));
            assertThat(givenBack)
                    .containsExactly(new BasicMethod.Nack(2, false, true), new BasicMethod.Nack(3, false, true));
            consumer.close();
        }
    }

    @Test
    void whatComesBetweenTheCloseAndTheBrokersAnswerGoesBackToo() {
        broker.expect(BasicMethod.Cancel.class)
                .then(ignored -> broker.sayDelivery(1, "c", 1, "late"))
                .reply(new BasicMethod.CancelOk("c"))
                .expect(1, new BasicMethod.Nack(1, false, true))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            connection.openChannel().pull(OPTIONS).close();
            server.awaitDone(broker);
        }
    }

    @Test
    void theBrokersCancelIsToldWhenEverythingBeforeItHasBeenTaken() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            server.act(broker, it -> {
                it.sayDelivery(1, "c", 1, "m1");
                it.say(1, new BasicMethod.Cancel("c", true));
            });
            assertThat(take(consumer)).isEqualTo("m1");
            assertThatThrownBy(() -> consumer.poll(SOON)).isInstanceOf(ConsumerCancelledException.class);
            consumer.close();
        }
    }

    @Test
    void aLostConnectionTakesTheDeliveriesAlongThatNobodySettled() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            deliver(server, broker, 3);
            awaitBuffered(consumer, 3);
            server.act(broker, FakeBroker::hangUp);
            Futures.failure(consumer.ended(), ConnectionLostException.class);
            assertThatThrownBy(() -> consumer.poll(SOON)).isInstanceOf(ConnectionLostException.class);
            consumer.close();
        }
    }

    @Test
    void aPollThatIsInterruptedEndsAndTheThreadStaysInterrupted() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(OPTIONS);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> consumer.poll(SOON)).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void waitingOnAnEventLoopIsRefusedAndLookingIsNot() {
        try (FakeBrokerServer server = FakeBrokerServer.start(cancellable());
                Connection connection = Amqp.connect(server.uri())) {
            Channel channel = connection.openChannel();
            PullConsumer consumer = channel.pull(OPTIONS);
            CompletableFuture<Optional<Delivery>> looked = new CompletableFuture<>();
            CompletableFuture<Throwable> refused = new CompletableFuture<>();
            connection.async().openChannel().whenComplete((ignored, failure) -> {
                looked.complete(consumer.poll(Duration.ZERO));
                try {
                    consumer.poll(SOON);
                } catch (IllegalStateException e) {
                    refused.complete(e);
                }
            });
            server.act(broker, it -> it.say(2, new dev.leveret.amqp.wire.ChannelMethod.OpenOk()));
            assertThat(Futures.await(looked)).isEmpty();
            assertThat(Futures.await(refused)).hasMessageContaining("event loop");
        }
    }
}
