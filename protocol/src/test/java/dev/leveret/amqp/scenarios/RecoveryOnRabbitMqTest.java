package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.EntityOutcome.Result;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.StreamOffset;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Recovery where only RabbitMQ does what is recovered from, or has what is restored. */
class RecoveryOnRabbitMqTest {

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final BlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();
    private FaultProxy proxy;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private Connection connect(Broker broker, UnaryOperator<RecoveryOptions> recovery) {
        proxy = FaultProxy.to(broker);
        Connection connection =
                Amqp.connect(AmqpUri.parse(proxy.uri(broker.uri()).toString())
                        .recovery(recovery.apply(
                                RecoveryOptions.standard().withDelay(Duration.ofMillis(20), Duration.ofMillis(200))))
                        .build());
        connection.async().onEvent(events::add);
        opened.add(connection::close);
        opened.add(proxy);
        return connection;
    }

    private Connection other(Broker broker) {
        Connection other = Amqp.connect(broker.uri().toString());
        opened.add(other::close);
        return other;
    }

    private <E extends ConnectionEvent> E next(Class<E> kind) throws InterruptedException {
        while (true) {
            ConnectionEvent event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("an event %s", kind.getSimpleName()).isNotNull();
            if (kind.isInstance(event)) {
                return kind.cast(event);
            }
        }
    }

    private RecoveryReport cut() throws InterruptedException {
        assertThat(proxy.cut(Cut.RST)).isPositive();
        return next(ConnectionEvent.Recovered.class).report();
    }

    private static Delivery take(BlockingQueue<Delivery> received) throws InterruptedException {
        Delivery delivery = received.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return delivery;
    }

    @RequiresRabbitMq
    @Test
    void bindingsBetweenExchangesAndTheSharedPrefetchComeBack(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it);
        Channel channel = connection.openChannel();
        String source = unique("source");
        String target = unique("target");
        String queue = unique("q");
        channel.declareExchange(
                ExchangeSpec.of(source, "fanout").withDurable(false).withAutoDelete(true));
        channel.declareExchange(
                ExchangeSpec.of(target, "direct").withDurable(false).withAutoDelete(true));
        channel.declareQueue(QueueSpec.of(queue).withExclusive(true).withDurable(false));
        channel.bind(BindingSpec.toExchange(source, target, ""));
        channel.bind(BindingSpec.toQueue(target, queue, "key"));
        channel.qos(1);
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        channel.consume(ConsumeOptions.of(queue).withPrefetch(10), received::add);
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 3; i++) {
                channel.publish(OutboundMessage.of(source, "key", new byte[0]).withMandatory(true));
            }
            Delivery first = take(received);
            // The second waits for the first to be settled.
            assertThat(received.poll(200, TimeUnit.MILLISECONDS))
                    .as("in round %d", round)
                    .isNull();
            first.ack();
            take(received).ack();
            take(received).ack();
            assertThat(cut().isComplete()).isTrue();
        }
    }

    @RequiresRabbitMq
    @Test
    void whatWasDeletedByOthersIsDeclaredAgainAndWhatWeDeletedIsNot(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it);
        Channel channel = connection.openChannel();
        String kept = unique("kept");
        String deleted = unique("deleted");
        channel.declareQueue(QueueSpec.of(kept));
        channel.declareQueue(QueueSpec.of(deleted));
        channel.deleteQueue(deleted);
        other(broker).openChannel().deleteQueue(kept);
        RecoveryReport report = cut();
        assertThat(report.outcomes().stream().map(it -> it.entity().describe()))
                .containsExactly("queue '" + kept + "'", "channel 1");
        assertThat(channel.deleteQueue(kept)).isZero();
    }

    @RequiresRabbitMq
    @Test
    void anExclusiveQueueThatAnotherConnectionHoldsIsTriedAgainAloneUntilItIsFree(Broker broker)
            throws InterruptedException {
        Connection connection = connect(broker, it -> it);
        Channel channel = connection.openChannel();
        Channel unconcerned = connection.openChannel();
        String queue = unique("locked");
        channel.declareQueue(QueueSpec.of(queue).withExclusive(true).withDurable(false));
        channel.bind(BindingSpec.toQueue("amq.direct", queue, queue));
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        Subscription subscription = channel.consume(ConsumeOptions.of(queue), received::add);
        // As if the broker had not noticed yet that our connection is gone.
        Connection holder = other(broker);
        proxy.refuse();
        proxy.cut(Cut.RST);
        next(ConnectionEvent.Lost.class);
        Channel holding = holder.openChannel();
        Futures.until("the queue is free", () -> {
            try {
                holder.openChannel()
                        .declareQueue(QueueSpec.of(queue).withExclusive(true).withDurable(false));
                return true;
            } catch (ChannelClosedException stillLocked) {
                return false;
            }
        });
        proxy.heal();
        RecoveryReport report = next(ConnectionEvent.Recovered.class).report();
        assertThat(report.outcomes(Result.RETRYING).stream()
                        .map(EntityOutcome::entity)
                        .map(it -> it.getClass().getSimpleName()))
                .contains("Queue", "Consumer");
        unconcerned.publish(message(queue, "to the other's queue"));
        assertThat(subscription.ended()).isNotDone();
        holding.deleteQueue(queue);
        Set<String> restored = new HashSet<>();
        while (restored.size() < 3) {
            EntityOutcome outcome = next(ConnectionEvent.EntityRetried.class).outcome();
            assertThat(outcome.result()).as("%s", outcome).isEqualTo(Result.RESTORED);
            restored.add(outcome.entity().getClass().getSimpleName());
        }
        assertThat(restored).containsExactlyInAnyOrder("Queue", "Binding", "Consumer");
        unconcerned.publish(OutboundMessage.of("amq.direct", queue, new byte[0]).withMandatory(true));
        take(received).ack();
    }

    @RequiresRabbitMq
    @Test
    void aConsumerThatIsRefusedTakesNoOtherAlong(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it.withRetryingFor(Duration.ZERO));
        Channel channel = connection.openChannel();
        Channel elsewhere = other(broker).openChannel();
        List<Subscription> subscriptions = new ArrayList<>();
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        String queue = unique("q");
        for (int i = 0; i < 5; i++) {
            elsewhere.declareQueue(QueueSpec.of(queue + i));
            subscriptions.add(channel.consume(ConsumeOptions.of(queue + i), received::add));
        }
        proxy.refuse();
        proxy.cut(Cut.FIN);
        next(ConnectionEvent.Lost.class);
        elsewhere.deleteQueue(queue + 1);
        elsewhere.deleteQueue(queue + 3);
        proxy.heal();
        RecoveryReport report = next(ConnectionEvent.Recovered.class).report();
        assertThat(report.outcomes(Result.FAILED)).hasSize(2);
        for (int gone : new int[] {1, 3}) {
            ChannelClosedException cause =
                    Futures.failure(subscriptions.get(gone).ended(), ChannelClosedException.class);
            assertThat(cause.replyCode()).isEqualTo(404);
        }
        for (int there : new int[] {0, 2, 4}) {
            channel.publish(message(queue + there, "m"));
            take(received).ack();
            channel.deleteQueue(queue + there);
        }
    }

    @RequiresRabbitMq
    @Test
    void aChannelIsOpenedAgainAfterTheCausesThatWereChosenUntilTheyComeTooOften(Broker broker)
            throws InterruptedException {
        Connection connection = connect(
                broker,
                it -> it.withChannelsReopenedAfter(EnumSet.of(ChannelClosure.NOT_FOUND))
                        .withSameCauseLimit(3, Duration.ofMinutes(10)));
        AsyncChannel channel = connection.openChannel().async();
        String queue = unique("q");
        Futures.await(
                channel.declareQueue(QueueSpec.of(queue).withExclusive(true).withDurable(false)));
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        Futures.await(channel.consume(ConsumeOptions.of(queue), received::add));
        for (int i = 0; i < 2; i++) {
            CompletableFuture<Void> nowhere = channel.publish(OutboundMessage.of("no such exchange", "", new byte[0]));
            CompletableFuture<Void> behind = channel.publish(message(queue, "behind"));
            assertThat(Futures.failure(nowhere, PublishException.class).result())
                    .isInstanceOf(PublishResult.Rejected.class);
            assertThat(Futures.failure(behind)).isInstanceOf(PublishException.class);
            assertThat(next(ConnectionEvent.ChannelReopened.class).cause().replyCode())
                    .isEqualTo(404);
            Futures.await(channel.publish(message(queue, "again")));
            take(received).ack();
        }
        Futures.failure(channel.publish(OutboundMessage.of("no such exchange", "", new byte[0])));
        assertThat(Futures.failure(channel.closed(), ChannelClosedException.class)
                        .replyCode())
                .isEqualTo(404);
        assertThat(connection.isOpen()).isTrue();
    }

    @RequiresRabbitMq
    @Test
    void withoutThatAChannelEndsAsAmqpHasIt(Broker broker) {
        Connection connection = connect(broker, it -> it);
        AsyncChannel channel = connection.openChannel().async();
        assertThat(Futures.failure(channel.declareQueuePassive(unique("none"))))
                .isInstanceOf(ChannelClosedException.class);
        assertThat(Futures.failure(channel.closed())).isInstanceOf(ChannelClosedException.class);
    }

    @RequiresRabbitMq
    @Test
    void aConsumerWhoseQueueWasDeletedEndsAndTheQueueIsForgotten(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it);
        Channel channel = connection.openChannel();
        String queue = unique("q");
        channel.declareQueue(QueueSpec.of(queue));
        Subscription subscription = channel.consume(ConsumeOptions.of(queue), it -> {});
        other(broker).openChannel().deleteQueue(queue);
        assertThat(next(ConnectionEvent.ConsumerCancelled.class).queue()).isEqualTo(queue);
        assertThat(Futures.failure(subscription.ended())).isInstanceOf(ConsumerCancelledException.class);
        assertThat(channel.isOpen()).isTrue();
        RecoveryReport report = cut();
        assertThat(report.outcomes()).hasSize(1);
    }

    @RequiresRabbitMq
    @Test
    void aConsumerWhoseQueueIsThereAgainConsumesOn(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it);
        Channel channel = connection.openChannel();
        Channel elsewhere = other(broker).openChannel();
        String queue = unique("q");
        elsewhere.declareQueue(QueueSpec.of(queue));
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        Subscription subscription = channel.consume(ConsumeOptions.of(queue), received::add);
        // In one go, so that it is there when it is looked for.
        CompletableFuture<?> gone = elsewhere.async().deleteQueue(queue);
        CompletableFuture<?> back = elsewhere.async().declareQueue(QueueSpec.of(queue));
        Futures.await(gone);
        Futures.await(back);
        assertThat(next(ConnectionEvent.ConsumerResumed.class).consumerTag()).isEqualTo(subscription.consumerTag());
        channel.publish(message(queue, "m"));
        take(received).ack();
        Futures.await(subscription.cancel());
        elsewhere.deleteQueue(queue);
    }

    @RequiresRabbitMq
    @Test
    void aReaderOfAStreamGoesOnBehindWhatItHasProcessed(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it);
        Channel channel = connection.openChannel();
        String stream = unique("stream");
        channel.declareQueue(QueueSpec.stream(stream));
        for (int i = 0; i < 20; i++) {
            channel.publish(message(stream, "m" + i));
        }
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        channel.consume(
                ConsumeOptions.of(stream).withPrefetch(10).withStreamOffset(StreamOffset.first()), received::add);
        List<Delivery> first = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            first.add(take(received));
        }
        // All but the fifth.
        for (int i = 0; i < 10; i++) {
            if (i != 4) {
                first.get(i).ack();
            }
        }
        channel.declareQueuePassive(stream);
        cut();
        received.clear();
        List<String> texts = new ArrayList<>();
        while (texts.size() < 11) {
            Delivery delivery = take(received);
            if (delivery.isSettleable()) {
                texts.add(text(delivery));
                delivery.ack();
            }
        }
        assertThat(texts.get(0)).isEqualTo("m4");
        assertThat(texts).doesNotContain("m0", "m3", "m5", "m9").contains("m10", "m19");
        channel.deleteQueue(stream);
    }

    @RequiresRabbitMq
    @Test
    void publishesInFlightEndAsUnknownOrConfirmedAndNoneIsLeft(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it);
        AsyncChannel channel = connection.openChannel().async();
        String queue = unique("q");
        Futures.await(channel.declareQueue(QueueSpec.of(queue)));
        List<CompletableFuture<Void>> publishes = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            publishes.add(channel.publish(message(queue, "m" + i)));
            if (i == 1_500) {
                proxy.cut(Cut.RST);
            }
        }
        next(ConnectionEvent.Recovered.class);
        int confirmed = 0;
        for (CompletableFuture<Void> publish : publishes) {
            Object fate = publish.handle((ok, failure) -> failure)
                    .orTimeout(20, TimeUnit.SECONDS)
                    .join();
            if (fate == null) {
                confirmed++;
            } else {
                assertThat(fate)
                        .isInstanceOfSatisfying(
                                PublishException.class,
                                it -> assertThat(it.outcomeUnknown()).isTrue());
            }
        }
        assertThat(confirmed).isPositive();
        Set<String> stored = drain(Futures.await(connection.async().openChannel()), queue, null);
        assertThat(stored.size()).isGreaterThanOrEqualTo(confirmed);
        Futures.await(channel.deleteQueue(queue));
    }

    @RequiresRabbitMq
    @Test
    void publishesInFlightArePublishedAgainInOrderIfThatIsWanted(Broker broker) throws InterruptedException {
        Connection connection = connect(broker, it -> it.withRepublishing(64 * 1024 * 1024, Duration.ofSeconds(30)));
        AsyncChannel channel = connection.openChannel().async();
        String queue = unique("q");
        Futures.await(channel.declareQueue(QueueSpec.of(queue)));
        List<CompletableFuture<Void>> publishes = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            publishes.add(channel.publish(message(queue, "m" + i)));
            if (i % 1_000 == 500) {
                proxy.cut(Cut.RST);
            }
        }
        publishes.forEach(Futures::await);
        List<String> order = new ArrayList<>();
        Set<String> stored = drain(Futures.await(connection.async().openChannel()), queue, order);
        assertThat(stored).hasSize(3_000);
        assertThat(order).as("each for the first time in order").containsExactlyElementsOf(inOrder());
        Futures.await(channel.deleteQueue(queue));
    }

    private static List<String> inOrder() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            all.add("m" + i);
        }
        return all;
    }

    /** All that is there; a message that is there twice must say so, and be recognisable. */
    private static Set<String> drain(AsyncChannel channel, String queue, List<String> order) {
        Set<String> texts = new HashSet<>();
        Set<String> ids = new HashSet<>();
        Optional<GetResponse> got = Futures.await(channel.get(queue, true));
        while (got.isPresent()) {
            Delivery delivery = got.get().delivery();
            if (texts.add(text(delivery))) {
                if (order != null) {
                    order.add(text(delivery));
                }
            } else {
                assertThat(delivery.properties().headers()).containsEntry(RecoveryOptions.REPUBLISHED_HEADER, true);
            }
            if (order != null) {
                ids.add(delivery.properties().messageId());
            }
            got = Futures.await(channel.get(queue, true));
        }
        assertThat(ids.size()).isEqualTo(order == null ? 0 : texts.size());
        return texts;
    }

    @RequiresRabbitMq
    @Test
    void credentialsThatAreRefusedAreNotTriedForEver(Broker broker) {
        proxy = FaultProxy.to(broker);
        opened.add(proxy);
        AtomicReference<Credentials> credentials = new AtomicReference<>();
        String user = broker.uri().getUserInfo().split(":")[0];
        credentials.set(Credentials.plain(user, broker.uri().getUserInfo().split(":")[1]));
        Connection connection =
                Amqp.connect(AmqpUri.parse(proxy.uri(broker.uri()).toString())
                        .credentials(() -> CompletableFuture.completedFuture(List.of(credentials.get())))
                        .recovery(RecoveryOptions.standard()
                                .withDelay(Duration.ofMillis(10), Duration.ofMillis(20))
                                .withRefusals(2))
                        .build());
        opened.add(connection::close);
        credentials.set(Credentials.plain(user, "not any more"));
        proxy.cut(Cut.RST);
        assertThat(Futures.failure(connection.async().closed()))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("2 times in a row");
    }

    @RequiresRabbitMq
    @Test
    void whatIsNotWantedIsLeftOutAndItsConsumerEnds(Broker broker) throws InterruptedException {
        String queue = unique("q");
        Connection connection = connect(
                broker,
                it -> it.withRestoring(entity ->
                        !(entity instanceof TopologyEntity.Queue) && !(entity instanceof TopologyEntity.Consumer)));
        Channel channel = connection.openChannel();
        channel.declareQueue(QueueSpec.of(queue).withExclusive(true).withDurable(false));
        Subscription subscription = channel.consume(ConsumeOptions.of(queue), it -> {});
        RecoveryReport report = cut();
        assertThat(report.outcomes(Result.SKIPPED)).hasSize(2);
        assertThat(Futures.failure(subscription.ended())).hasMessageContaining("not wanted");
    }
}
