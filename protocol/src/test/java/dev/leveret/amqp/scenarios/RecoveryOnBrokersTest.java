package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BlockedPolicy;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.EntityOutcome.Result;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.RecoveryReport;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** What users find after their connection was cut, on real brokers. */
class RecoveryOnBrokersTest {

    private static final RecoveryOptions QUICK =
            RecoveryOptions.standard().withDelay(Duration.ofMillis(20), Duration.ofMillis(200));

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final BlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();
    private FaultProxy proxy;

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private Connection connect(Broker broker) {
        return connect(broker, it -> it);
    }

    private Connection connect(Broker broker, UnaryOperator<RecoveryOptions> recovery) {
        return connect(broker, recovery, 100);
    }

    private Connection connect(Broker broker, UnaryOperator<RecoveryOptions> recovery, int channelMax) {
        proxy = FaultProxy.to(broker);
        Connection connection =
                Amqp.connect(AmqpUri.parse(proxy.uri(broker.uri()).toString())
                        .recovery(recovery.apply(QUICK))
                        .channelMax(channelMax)
                        .build());
        connection.async().onEvent(events::add);
        opened.add(connection::close);
        opened.add(proxy);
        return connection;
    }

    private <E extends ConnectionEvent> E next(Class<E> kind) {
        while (true) {
            try {
                ConnectionEvent event = events.poll(20, TimeUnit.SECONDS);
                assertThat(event).as("an event %s", kind.getSimpleName()).isNotNull();
                if (kind.isInstance(event)) {
                    return kind.cast(event);
                }
                assertThat(event).isNotInstanceOf(ConnectionEvent.Closed.class);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private RecoveryReport cut() {
        assertThat(proxy.cut(Cut.RST)).isPositive();
        return next(ConnectionEvent.Recovered.class).report();
    }

    private static BlockingQueue<Delivery> consume(Channel channel, String queue) {
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        channel.consume(ConsumeOptions.of(queue).withPrefetch(2), received::add);
        return received;
    }

    private static Delivery take(BlockingQueue<Delivery> received) throws InterruptedException {
        Delivery delivery = received.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return delivery;
    }

    @EveryBroker
    void handlesAndTopologyAndConsumersSurvive(Broker broker) throws InterruptedException {
        Connection connection = connect(broker);
        Channel channel = connection.openChannel();
        String exchange = unique("x");
        String queue = unique("q");
        channel.declareExchange(
                ExchangeSpec.of(exchange, "topic").withDurable(false).withAutoDelete(true));
        channel.declareQueue(QueueSpec.of(queue).withDurable(false).withExclusive(true));
        channel.bind(BindingSpec.toQueue(exchange, queue, "a.*"));
        BlockingQueue<Delivery> received = consume(channel, queue);
        channel.publish(OutboundMessage.of(exchange, "a.b", "before".getBytes(StandardCharsets.UTF_8)));
        take(received).ack();
        RecoveryReport report = cut();
        assertThat(report.isComplete()).as("%s", report).isTrue();
        assertThat(report.outcomes()).hasSize(5);
        assertThat(connection.isOpen()).isTrue();
        assertThat(channel.isOpen()).isTrue();
        channel.publish(OutboundMessage.of(exchange, "a.b", "after".getBytes(StandardCharsets.UTF_8)));
        Delivery after = take(received);
        assertThat(text(after)).isEqualTo("after");
        after.ack();
    }

    @EveryBroker
    void serverNamedQueuesGetTheirNewNameEverywhere(Broker broker) throws InterruptedException {
        Connection connection = connect(broker);
        Channel channel = connection.openChannel();
        String first = channel.declareQueue(QueueSpec.temporary()).name();
        String exchange = "amq.direct";
        channel.bind(BindingSpec.toQueue(exchange, "", "key-" + first));
        BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
        Subscription subscription = channel.consume(ConsumeOptions.of(""), received::add);
        assertThat(subscription.queue()).isEqualTo(first);
        for (int i = 0; i < 3; i++) {
            String before = subscription.queue();
            RecoveryReport report = cut();
            assertThat(report.outcomes(Result.RENAMED)).hasSize(1);
            assertThat(subscription.queue()).isNotEqualTo(before);
            channel.publish(
                    OutboundMessage.of(exchange, "key-" + first, new byte[0]).withMandatory(true));
            take(received).ack();
        }
        // Any name that it has had.
        QueueInfo info = channel.declareQueuePassive(first);
        assertThat(info.name()).isEqualTo(subscription.queue());
        assertThat(channel.deleteQueue(first)).isZero();
    }

    @EveryBroker
    void whoHasAllChannelsOpenThatAreAllowedGetsAllOfThemBack(Broker broker) {
        Connection connection = connect(broker, it -> it, 2);
        Channel first = connection.openChannel();
        Channel second = connection.openChannel();
        String queue = first.declareQueue(QueueSpec.temporary()).name();
        first.bind(BindingSpec.toQueue("amq.direct", queue, queue));
        for (int i = 0; i < 3; i++) {
            RecoveryReport report = cut();
            assertThat(report.isComplete()).as("%s", report).isTrue();
            assertThat(report.outcomes()).hasSize(4);
            assertThat(List.of(first.isOpen(), second.isOpen())).containsOnly(true);
            second.publish(OutboundMessage.of("amq.direct", queue, new byte[0]).withMandatory(true));
        }
    }

    @EveryBroker
    void deliveriesFromBeforeAreStaleAndComeAgain(Broker broker) throws InterruptedException {
        Connection connection = connect(broker);
        try (Connection other = Amqp.connect(broker.uri().toString())) {
            Channel channel = connection.openChannel();
            String queue = unique("q");
            other.openChannel().declareQueue(QueueSpec.of(queue));
            BlockingQueue<Delivery> received = consume(channel, queue);
            channel.publish(message(queue, "consumed"));
            Delivery stale = take(received);
            Channel getter = connection.openChannel();
            channel.publish(message(queue, "got"));
            channel.publish(message(queue, "fetched"));
            take(received);
            GetResponse got = getter.get(queue, false).orElseThrow();
            cut();
            for (Delivery each : List.of(stale, got.delivery())) {
                assertThat(each.isSettleable()).isFalse();
                assertThatThrownBy(each::ack)
                        .isInstanceOfSatisfying(
                                SettlementException.class,
                                it -> assertThat(it.reason()).isEqualTo(SettlementException.Reason.STALE));
            }
            List<String> again = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Delivery delivery = take(received);
                assertThat(delivery.redelivered()).isTrue();
                again.add(text(delivery));
                delivery.ack();
            }
            assertThat(again).containsExactlyInAnyOrder("consumed", "got", "fetched");
            assertThat(channel.deleteQueue(queue)).isZero();
        }
    }

    @EveryBroker
    void aSinkIsToldThatWhatItHasIsStaleBeforeThatComesAgain(Broker broker) throws InterruptedException {
        Connection connection = connect(broker);
        AsyncChannel channel = connection.openChannel().async();
        String queue = unique("q");
        Futures.await(channel.declareQueue(QueueSpec.of(queue)));
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        List<Delivery> had = new ArrayList<>();
        Futures.await(channel.consumeOnEventLoop(ConsumeOptions.of(queue), new DeliverySink() {
            @Override
            public void onDelivery(Delivery delivery) {
                had.add(delivery);
                seen.add(text(delivery));
            }

            @Override
            public void onInterrupted() {
                seen.add(had.stream().noneMatch(Delivery::isSettleable) ? "stale" : "told too early");
            }
        }));
        Futures.await(channel.publish(message(queue, "m")));
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("m");
        cut();
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("stale");
        assertThat(seen.poll(20, TimeUnit.SECONDS)).isEqualTo("m");
        Futures.await(channel.deleteQueue(queue));
    }

    @EveryBroker
    void aHandlerWhoseAcknowledgementComesTooLateHasNotFailed(Broker broker) throws InterruptedException {
        Connection connection = connect(broker);
        Channel channel = connection.openChannel();
        String queue = unique("q");
        channel.declareQueue(QueueSpec.of(queue));
        BlockingQueue<Delivery> handled = new LinkedBlockingQueue<>();
        CountDownLatch cut = new CountDownLatch(1);
        channel.consume(ConsumeOptions.of(queue), delivery -> {
            handled.add(delivery);
            cut.await();
            delivery.ack();
        });
        channel.publish(message(queue, "m"));
        take(handled);
        cut();
        cut.countDown();
        assertThat(take(handled).redelivered()).isTrue();
        assertThat(channel.isOpen()).isTrue();
        channel.deleteQueue(queue);
    }

    @EveryBroker
    void callsMadeMeanwhileWaitAndGoOnInOrder(Broker broker) {
        Connection connection = connect(broker);
        AsyncChannel channel = connection.openChannel().async();
        String queue = unique("q");
        Futures.await(
                channel.declareQueue(QueueSpec.of(queue).withDurable(false).withExclusive(true)));
        proxy.refuse();
        proxy.cut(Cut.RST);
        next(ConnectionEvent.Lost.class);
        assertThat(connection.isOpen()).isFalse();
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            calls.add(channel.publish(message(queue, "m" + i)));
        }
        CompletableFuture<QueueInfo> found = channel.declareQueuePassive(queue);
        CompletableFuture<AsyncChannel> another = connection.async().openChannel();
        next(ConnectionEvent.RecoveryAttemptFailed.class);
        assertThat(calls).noneMatch(CompletableFuture::isDone);
        proxy.heal();
        next(ConnectionEvent.Recovered.class);
        calls.forEach(Futures::await);
        assertThat(Futures.await(found).name()).isEqualTo(queue);
        for (int i = 0; i < 10; i++) {
            assertThat(text(Futures.await(channel.get(queue, true))
                            .orElseThrow()
                            .delivery()))
                    .isEqualTo("m" + i);
        }
        assertThat(Futures.await(another).isOpen()).isTrue();
    }

    @EveryBroker
    void callsMadeMeanwhileFailAtOnceIfThatIsWanted(Broker broker) {
        Connection connection = connect(broker, it -> it.withCallsMeanwhile(BlockedPolicy.failFast()));
        AsyncChannel channel = connection.openChannel().async();
        proxy.refuse();
        proxy.cut(Cut.FIN);
        next(ConnectionEvent.Lost.class);
        PublishException publish = Futures.failure(channel.publish(message("q", "m")), PublishException.class);
        assertThat(publish.result()).isInstanceOf(PublishResult.Rejected.class);
        assertThat(publish).hasMessageContaining("lost");
        assertThat(Futures.failure(channel.declareQueuePassive("q"))).isInstanceOf(ConnectionLostException.class);
        assertThat(Futures.failure(connection.async().openChannel())).isInstanceOf(ConnectionLostException.class);
        proxy.heal();
        next(ConnectionEvent.Recovered.class);
        Futures.await(channel.declareQueue(QueueSpec.temporary()));
    }

    @EveryBroker
    void closingAConnectionThatIsBeingRecoveredEndsAtOnce(Broker broker) {
        Connection connection = connect(broker);
        AsyncChannel channel = connection.openChannel().async();
        proxy.refuse();
        proxy.cut(Cut.RST);
        next(ConnectionEvent.Lost.class);
        CompletableFuture<Void> publish = channel.publish(message("q", "m"));
        CompletableFuture<Void> close = connection.async().close();
        Futures.await(close);
        Futures.await(connection.async().closed());
        Futures.await(channel.closed());
        PublishException failure = Futures.failure(publish, PublishException.class);
        assertThat(failure.result()).isInstanceOf(PublishResult.Rejected.class);
    }

    @EveryBroker
    void aConnectionThatCannotBeRecoveredEndsWithTheReason(Broker broker) {
        Connection connection = connect(broker, it -> it.withGivingUpAfter(Duration.ofMillis(300)));
        AsyncChannel channel = connection.openChannel().async();
        proxy.refuse();
        proxy.cut(Cut.RST);
        next(ConnectionEvent.Lost.class);
        CompletableFuture<Void> publish = channel.publish(message("q", "m"));
        assertThat(Futures.failure(connection.async().closed())).hasMessageContaining("could not be recovered");
        assertThat(Futures.failure(channel.closed())).hasMessageContaining("could not be recovered");
        assertThat(Futures.failure(publish, PublishException.class).result())
                .isInstanceOf(PublishResult.Rejected.class);
    }

    @EveryBroker
    void aTransactionThatWasCutIsNotCommittedInPart(Broker broker) {
        Connection connection = connect(broker);
        Channel channel = connection.openChannel();
        try (Connection other = Amqp.connect(broker.uri().toString())) {
            String queue = unique("q");
            Channel owner = other.openChannel();
            owner.declareQueue(
                    QueueSpec.of(queue).withDurable(false).withExclusive(false).withAutoDelete(false));
            channel.txSelect();
            Futures.await(channel.async().send(message(queue, "first half")));
            channel.declareQueuePassive(queue);
            cut();
            Futures.await(channel.async().send(message(queue, "second half")));
            assertThatThrownBy(channel::txCommit)
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("transaction");
            channel.txCommit();
            assertThat(owner.get(queue, true)).isEmpty();
            Futures.await(channel.async().send(message(queue, "whole")));
            channel.txCommit();
            assertThat(text(owner.get(queue, true).orElseThrow().delivery())).isEqualTo("whole");
            owner.deleteQueue(queue);
        }
    }

    @EveryBroker
    void aConnectionWithoutRecoveryEnds(Broker broker) {
        Connection connection = connect(broker, it -> RecoveryOptions.off());
        proxy.cut(Cut.RST);
        assertThat(Futures.failure(connection.async().closed())).isInstanceOf(ConnectionLostException.class);
        assertThat(connection.isOpen()).isFalse();
    }
}
