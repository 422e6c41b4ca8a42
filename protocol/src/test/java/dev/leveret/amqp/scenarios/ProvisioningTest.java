package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.topology.Provisioning;
import dev.leveret.amqp.topology.TopologyException;
import dev.leveret.amqp.topology.TopologyPlan;
import dev.leveret.amqp.topology.TopologyPlan.Presence;
import dev.leveret.amqp.topology.TopologyReport;
import dev.leveret.amqp.topology.TopologyReport.Result;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Topologies and brokers that do not do what they should. */
class ProvisioningTest {

    private static final Topology THREE_QUEUES =
            new Topology(List.of(), List.of(QueueSpec.of("a"), QueueSpec.of("b"), QueueSpec.of("c")), List.of());

    private static FakeBroker expectQueues(FakeBroker broker, String... names) {
        for (String name : names) {
            broker.expect(
                    QueueMethod.Declare.class,
                    it -> ((QueueMethod.Declare) it.method()).queue().equals(name));
        }
        return broker;
    }

    private static QueueMethod.DeclareOk ok(String queue) {
        return new QueueMethod.DeclareOk(queue, 0, 0);
    }

    private static ChannelMethod.Close refusal(int code) {
        return new ChannelMethod.Close(code, "no", 50, 10);
    }

    @Test
    void whatStandsBehindARefusalIsAskedAgainOnAnotherChannel() {
        FakeBroker broker = new FakeBroker().handshake().channel(1);
        expectQueues(broker, "a", "b", "c").send(1, ok("a")).send(1, refusal(406));
        broker.expect(ChannelMethod.CloseOk.class)
                .expect(ChannelMethod.Open.class)
                .reply(new ChannelMethod.OpenOk());
        expectQueues(broker, "c").reply(ok("c")).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            TopologyReport report =
                    Futures.await(Provisioning.on(connection.async()).apply(THREE_QUEUES));
            assertThat(report.entries())
                    .extracting(TopologyReport.Entry::result)
                    .containsExactly(Result.DONE, Result.FAILED, Result.DONE);
            assertThat(report.isComplete()).isFalse();
            assertThatThrownBy(report::requireComplete)
                    .isInstanceOf(TopologyException.class)
                    .hasMessageContaining("2 of 3 done")
                    .hasMessageContaining("failed queue 'b': the broker closed channel 1");
            server.awaitDone(broker);
        }
    }

    /** Otherwise the requests would be as many as the square of the entities. */
    @Test
    void whereEverythingIsRefusedLittleIsAskedTwice() {
        Set<Integer> refused = new HashSet<>();
        FakeBroker broker = new FakeBroker().handshake().otherwise((it, arrived) -> {
            if (arrived.method() instanceof ChannelMethod.Open) {
                refused.remove(arrived.channel());
                it.say(arrived.channel(), new ChannelMethod.OpenOk());
            } else if (!(arrived.method() instanceof QueueMethod.Declare)) {
                it.answersClose(arrived);
            } else if (refused.add(arrived.channel())) {
                it.say(arrived.channel(), refusal(404));
            }
        });
        List<QueueSpec> queues =
                IntStream.range(0, 64).mapToObj(i -> QueueSpec.of("q" + i)).toList();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            TopologyPlan plan =
                    Futures.await(Provisioning.on(connection.async()).plan(new Topology(List.of(), queues, List.of())));
            assertThat(plan.entries(Presence.MISSING)).hasSize(64);
            // Four lanes begin with sixteen each; what is behind the first of these is asked again.
            int asked = server.ask(
                    broker, it -> it.received(QueueMethod.Declare.class).size());
            assertThat(asked).isLessThanOrEqualTo(64 + 4 * 15);
        }
    }

    @Test
    void aQueueWhoseNodeIsDownIsNeitherMissingNorDeleted() {
        ChannelMethod.Close down = new ChannelMethod.Close(
                404, "NOT_FOUND - home node 'b' of durable queue 'a' in vhost '/' is down or inaccessible", 50, 10);
        FakeBroker broker = new FakeBroker().handshake().otherwise((it, arrived) -> {
            if (arrived.method() instanceof ChannelMethod.Open) {
                it.say(arrived.channel(), new ChannelMethod.OpenOk());
            } else if (arrived.method() instanceof QueueMethod) {
                it.say(arrived.channel(), down);
            } else {
                it.answersClose(arrived);
            }
        });
        Topology topology = new Topology(List.of(), List.of(QueueSpec.of("a")), List.of());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Provisioning provisioning = Provisioning.on(connection.async());
            assertThat(Futures.await(provisioning.plan(topology)).entries())
                    .singleElement()
                    .extracting(TopologyPlan.Entry::presence)
                    .isEqualTo(Presence.UNKNOWN);
            assertThat(Futures.await(provisioning.delete(topology, false, false))
                            .entries())
                    .singleElement()
                    .extracting(TopologyReport.Entry::result)
                    .isEqualTo(Result.FAILED);
        }
    }

    @Test
    void whenTheConnectionIsLostTheReportSaysHowFarItCame() {
        Topology topology = new Topology(
                List.of(ExchangeSpec.fanout("x")),
                List.of(QueueSpec.of("a"), QueueSpec.of("b")),
                List.of(BindingSpec.toQueue("x", "b", "")));
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(ExchangeMethod.Declare.class)
                .reply(new ExchangeMethod.DeclareOk())
                .channelClose()
                .expect(ChannelMethod.Open.class)
                .reply(new ChannelMethod.OpenOk());
        expectQueues(broker, "a").reply(ok("a"));
        expectQueues(broker, "b").drop();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.uri());
            TopologyReport report =
                    Futures.await(Provisioning.on(connection.async()).apply(topology));
            assertThat(report.entries())
                    .extracting(TopologyReport.Entry::result)
                    .containsExactly(Result.DONE, Result.DONE, Result.UNKNOWN, Result.LEFT);
            assertThat(report.entries().get(2).cause()).containsInstanceOf(ConnectionLostException.class);
            assertThat(report.entries().get(3))
                    .hasToString("left binding of queue 'b' to 'x' with key '': 'b' was not declared");
        }
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNotWaitedForLongerThanTheDeadline() {
        FakeBroker broker = new FakeBroker().handshake().channel(1);
        expectQueues(broker, "a", "b", "c").send(1, ok("a")).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            TopologyReport report = Futures.await(Provisioning.on(connection.async())
                    .withDeadline(Duration.ofMillis(300))
                    .apply(THREE_QUEUES));
            // On a slow machine the time may be up before anything was asked.
            assertThat(report.entries(Result.DONE)).hasSizeLessThanOrEqualTo(1);
            assertThat(report.entries())
                    .filteredOn(it -> it.result() != Result.DONE)
                    .allSatisfy(it -> {
                        assertThat(it.result()).isIn(Result.UNKNOWN, Result.LEFT);
                        assertThat(it.cause()).containsInstanceOf(AmqpTimeoutException.class);
                        assertThat(it.toString()).contains("it was not done within PT0.3S");
                    });
        }
    }

    @Test
    void oneThatIsNeverAnsweredDoesNotHoldUpTheOthers() {
        FakeBroker broker = new FakeBroker().handshake().channel(1);
        expectQueues(broker, "a", "b", "c");
        broker.expect(ChannelMethod.Close.class).reply(new ChannelMethod.CloseOk());
        broker.expect(ChannelMethod.Open.class).reply(new ChannelMethod.OpenOk());
        expectQueues(broker, "b").reply(ok("b"));
        expectQueues(broker, "c").reply(ok("c")).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(
                        server.options().requestTimeout(Duration.ofSeconds(2)).build())) {
            TopologyReport report =
                    Futures.await(Provisioning.on(connection.async()).apply(THREE_QUEUES));
            assertThat(report.entries())
                    .extracting(TopologyReport.Entry::result)
                    .containsExactly(Result.UNKNOWN, Result.DONE, Result.DONE);
        }
    }

    @Test
    void aCancelledOperationAsksForNothingMore() throws Exception {
        CompletableFuture<Void> asked = new CompletableFuture<>();
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(ExchangeMethod.Declare.class)
                .then(it -> asked.complete(null))
                .polite();
        Topology topology = new Topology(List.of(ExchangeSpec.fanout("x")), List.of(QueueSpec.of("a")), List.of());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            CompletableFuture<TopologyReport> report =
                    Provisioning.on(connection.async()).apply(topology);
            asked.get(20, TimeUnit.SECONDS);
            report.cancel(false);
            server.act(broker, it -> it.say(1, new ExchangeMethod.DeclareOk()));
            server.await(
                    "the close of the channel",
                    () -> !broker.received(ChannelMethod.Close.class).isEmpty());
            List<QueueMethod.Declare> queues = server.ask(broker, it -> it.received(QueueMethod.Declare.class));
            assertThat(queues).isEmpty();
        }
    }

    @Test
    void whatTheVersionIsKnownToRefuseIsNotSent() {
        FakeBroker broker = new FakeBroker().handshakeOfRabbitMq("4.3.6").polite();
        Topology topology = new Topology(
                List.of(ExchangeSpec.fanout("x")),
                List.of(QueueSpec.classic("q").withVersion(1)),
                List.of());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            assertThatThrownBy(() -> Provisioning.on(connection.async()).apply(topology))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("queue 'q' has x-queue-version 1, which RabbitMQ has no more from 4.3 on");
            assertThat(broker.received(ChannelMethod.Open.class)).isEmpty();
        }
    }

    @Test
    void aPlanSaysWhyItDoesNotKnow() {
        FakeBroker broker = new FakeBroker().handshake().channel(1);
        expectQueues(broker, "a").reply(refusal(405));
        broker.expect(ChannelMethod.CloseOk.class).polite();
        Topology topology = new Topology(List.of(), List.of(QueueSpec.of("a")), List.of());
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            TopologyPlan plan =
                    Futures.await(Provisioning.on(connection.async()).plan(topology));
            assertThat(plan.entries()).singleElement().satisfies(it -> {
                assertThat(it.presence()).isEqualTo(Presence.UNKNOWN);
                assertThat(it.detail()).contains("405 RESOURCE_LOCKED");
            });
            assertThat(plan.isFulfilled()).isFalse();
            assertThatThrownBy(plan::requireFulfilled).hasMessageContaining("? queue 'a': the broker closed channel 1");
        }
    }

    @Test
    void aTopologyOfNothingNeedsNoChannel() {
        Topology nothing = new Topology(List.of(), List.of(), List.of());
        FakeBroker broker = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Provisioning provisioning = Provisioning.on(connection.async());
            assertThat(Futures.await(provisioning.plan(nothing)).entries()).isEmpty();
            assertThat(Futures.await(provisioning.verify(nothing)).isFulfilled())
                    .isTrue();
            assertThat(Futures.await(provisioning.apply(nothing)).isComplete()).isTrue();
            assertThat(Futures.await(provisioning.delete(nothing, true, true)).isComplete())
                    .isTrue();
            assertThat(broker.received(ChannelMethod.Open.class)).isEmpty();
            assertThatThrownBy(() -> provisioning.withDeadline(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("deadline");
        }
    }
}
