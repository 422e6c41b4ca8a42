package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.topology.Provisioning;
import dev.leveret.amqp.topology.TopologyException;
import dev.leveret.amqp.topology.TopologyPlan;
import dev.leveret.amqp.topology.TopologyPlan.Presence;
import dev.leveret.amqp.topology.TopologyReport;
import dev.leveret.amqp.topology.TopologyReport.Result;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import dev.leveret.testkit.proxy.Cut;
import dev.leveret.testkit.proxy.FaultProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Topologies that are compared with brokers, brought there and taken away. */
class ProvisioningOnBrokersTest {

    private static Topology named(String name) {
        return new Topology(
                List.of(ExchangeSpec.topic(name + ".x"), ExchangeSpec.fanout(name + ".y")),
                List.of(QueueSpec.of(name + ".a"), QueueSpec.of(name + ".b")),
                List.of(
                        BindingSpec.toQueue(name + ".x", name + ".a", "a.#"),
                        BindingSpec.toQueue(name + ".y", name + ".b", "")));
    }

    private static List<Presence> presences(TopologyPlan plan) {
        return plan.entries().stream().map(TopologyPlan.Entry::presence).toList();
    }

    private static List<Result> results(TopologyReport report) {
        return report.entries().stream().map(TopologyReport.Entry::result).toList();
    }

    @EveryBroker
    void aTopologyIsPlannedAppliedVerifiedAndDeleted(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            Provisioning provisioning = Provisioning.on(client.connection.async());
            Topology topology = named(unique("topology"));
            assertThat(presences(Futures.await(provisioning.plan(topology)))).containsOnly(Presence.MISSING);
            TopologyException missing = Futures.failure(provisioning.verify(topology), TopologyException.class);
            assertThat(missing)
                    .hasMessageContaining("+ queue '" + topology.queues().get(1).name() + "'");

            for (int i = 0; i < 2; i++) {
                assertThat(Futures.await(provisioning.apply(topology)).isComplete())
                        .isTrue();
            }
            TopologyPlan plan = Futures.await(provisioning.plan(topology));
            assertThat(presences(plan))
                    .containsExactly(
                            Presence.EQUAL,
                            Presence.EQUAL,
                            Presence.EQUAL,
                            Presence.EQUAL,
                            Presence.UNKNOWN,
                            Presence.UNKNOWN);
            assertThat(plan.requireFulfilled()).isSameAs(plan);
            assertThat(presences(Futures.await(provisioning.verify(topology)).requireFulfilled()))
                    .startsWith(Presence.PRESENT);

            for (int i = 0; i < 2; i++) {
                assertThat(Futures.await(provisioning.delete(topology, true, true))
                                .requireComplete()
                                .entries())
                        .hasSize(4);
            }
            assertThat(presences(Futures.await(provisioning.plan(topology)))).containsOnly(Presence.MISSING);
        }
    }

    @Test
    @RequiresRabbitMq({Capability.CHANNEL_ERRORS, Capability.QUEUE_ARGUMENTS})
    void whatDiffersIsToldWithItsArgumentAndTakesOnlyItsBindingsAlong(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            Provisioning provisioning = Provisioning.on(client.connection.async());
            Topology topology = named(unique("different"));
            String exchange = topology.exchanges().get(0).name();
            String queue = topology.queues().get(1).name();
            client.channel.declareExchange(ExchangeSpec.direct(exchange));
            client.channel.declareQueue(QueueSpec.of(queue).withMaxLength(5));

            TopologyPlan plan = Futures.await(provisioning.plan(topology));
            assertThat(plan.entries(Presence.DIFFERENT))
                    .extracting(TopologyPlan.Entry::toString)
                    .containsExactly(
                            "~ exchange '" + exchange + "': type is 'direct', not 'topic'",
                            "~ queue '" + queue + "': x-max-length is '5', not none");
            assertThat(plan.isFulfilled()).isFalse();

            TopologyReport report = Futures.await(provisioning.apply(topology));
            assertThat(results(report))
                    .containsExactly(Result.FAILED, Result.DONE, Result.DONE, Result.FAILED, Result.LEFT, Result.LEFT);
            Futures.await(provisioning.delete(topology, false, false)).requireComplete();
        }
    }

    @Test
    @RequiresRabbitMq
    void whatIsLockedOrForbiddenIsToldForEachAlone(Broker broker) {
        try (BrokerClient owner = BrokerClient.of(broker);
                BrokerClient other = BrokerClient.of(broker)) {
            String locked = owner.queue();
            String free = unique("free");
            Topology topology = new Topology(
                    List.of(ExchangeSpec.fanout("amq.topic")),
                    List.of(QueueSpec.of(locked), QueueSpec.of(free)),
                    List.of());
            Provisioning provisioning = Provisioning.on(other.connection.async());
            TopologyPlan plan = Futures.await(provisioning.plan(topology));
            assertThat(presences(plan)).containsExactly(Presence.DIFFERENT, Presence.UNKNOWN, Presence.MISSING);
            assertThat(plan.entries().get(1).detail()).contains("RESOURCE_LOCKED");
            TopologyReport report = Futures.await(provisioning.apply(topology));
            assertThat(results(report)).containsExactly(Result.FAILED, Result.FAILED, Result.DONE);
            report = Futures.await(provisioning.delete(topology, false, false));
            // Queues first.
            assertThat(results(report)).containsExactly(Result.FAILED, Result.DONE, Result.LEFT);
        }
    }

    @Test
    @RequiresRabbitMq({Capability.QUORUM_QUEUES, Capability.STREAMS})
    void whatIsInUseOrHasMessagesIsLeftIfThatIsWanted(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String name = unique("used");
            Topology topology = new Topology(
                    List.of(ExchangeSpec.fanout(name + ".x"), ExchangeSpec.fanout(name + ".y")),
                    List.of(
                            QueueSpec.classic(name + ".c"),
                            QueueSpec.quorum(name + ".q"),
                            QueueSpec.stream(name + ".s"),
                            QueueSpec.of(name + ".d")),
                    List.of(
                            BindingSpec.toExchange(name + ".x", name + ".y", ""),
                            BindingSpec.toQueue("amq.topic", name + ".c", "k")));
            Provisioning provisioning = Provisioning.on(client.connection.async());
            Futures.await(provisioning.apply(topology)).requireComplete();
            client.publish(name + ".c", "1");
            client.publish(name + ".q", "1");
            client.publish(name + ".d", "1");
            TopologyReport kept = Futures.await(provisioning.delete(topology, true, true));
            assertThat(kept.entries(Result.FAILED))
                    .extracting(it -> it.entity().describe())
                    .containsExactlyInAnyOrder(
                            "queue '" + name + ".c'", "queue '" + name + ".q'", "queue '" + name + ".d'");
            assertThat(kept.entries(Result.DONE)).hasSize(3);
            client.channel.purgeQueue(name + ".c");
            client.channel.consume(ConsumeOptions.of(name + ".c"), delivery -> {});
            client.channel.consume(ConsumeOptions.of(name + ".q"), delivery -> {});
            TopologyReport used = Futures.await(provisioning.delete(topology, true, false));
            assertThat(used.entries(Result.FAILED)).hasSize(2);
            Futures.await(provisioning.delete(topology, false, false)).requireComplete();
        }
    }

    @Test
    @RequiresRabbitMq
    void anExchangeThatOthersUseIsLeftIfThatIsWanted(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            Topology topology = new Topology(List.of(ExchangeSpec.fanout(unique("shared"))), List.of(), List.of());
            String shared = topology.exchanges().get(0).name();
            Provisioning provisioning = Provisioning.on(client.connection.async());
            Futures.await(provisioning.apply(topology)).requireComplete();
            client.channel.bind(BindingSpec.toQueue(shared, client.queue(), ""));
            assertThat(results(Futures.await(provisioning.delete(topology, true, true))))
                    .containsExactly(Result.FAILED);
            assertThat(results(Futures.await(provisioning.delete(topology, false, true))))
                    .containsExactly(Result.DONE);
        }
    }

    @Test
    @RequiresRabbitMq
    void bindingsBetweenOthersAreDeletedToo(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            Topology topology = new Topology(
                    List.of(), List.of(), List.of(BindingSpec.toQueue("amq.fanout", queue, unique("key"))));
            Provisioning provisioning = Provisioning.on(client.connection.async());
            Futures.await(provisioning.apply(topology)).requireComplete();
            assertThat(results(Futures.await(provisioning.delete(topology, true, true))))
                    .containsExactly(Result.DONE);
        }
    }

    /** Half of them are missing, half of the others differ: each of these refusals costs a channel. */
    @Test
    @RequiresRabbitMq
    void aThousandEntitiesAreOneBatch(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker, it -> it.channelMax(20))) {
            String name = unique("many");
            List<QueueSpec> queues = IntStream.range(0, 600)
                    .mapToObj(i ->
                            QueueSpec.classic(name + "." + i).withDurable(false).withExclusive(true))
                    .toList();
            List<ExchangeSpec> exchanges = IntStream.range(0, 400)
                    .mapToObj(i -> ExchangeSpec.fanout(name + "." + i).withDurable(false))
                    .toList();
            Topology topology = new Topology(exchanges, queues, List.of());
            Provisioning provisioning = Provisioning.on(client.connection.async());
            Topology every2nd = new Topology(
                    IntStream.range(0, 200)
                            .mapToObj(i -> exchanges.get(2 * i).withAutoDelete(i % 2 == 0))
                            .toList(),
                    IntStream.range(0, 300).mapToObj(i -> queues.get(2 * i)).toList(),
                    List.of());
            Futures.await(provisioning.apply(every2nd)).requireComplete();
            TopologyPlan plan = Futures.await(provisioning.plan(topology));
            assertThat(plan.entries(Presence.MISSING)).hasSize(500);
            assertThat(plan.entries(Presence.DIFFERENT)).hasSize(100);
            assertThat(plan.entries(Presence.EQUAL)).hasSize(400);
            Futures.await(provisioning.delete(topology, false, false)).requireComplete();
        }
    }

    /** One channel is all there is. */
    @EveryBroker
    void theLastFreeChannelIsEnough(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker, it -> it.channelMax(2))) {
            List<QueueSpec> queues = IntStream.range(0, 40)
                    .mapToObj(i ->
                            QueueSpec.of(unique("q" + i)).withDurable(false).withExclusive(true))
                    .toList();
            Topology topology = new Topology(List.of(), queues, List.of());
            Provisioning provisioning = Provisioning.on(client.connection.async());
            assertThat(Futures.await(provisioning.plan(topology)).entries(Presence.MISSING))
                    .hasSize(40);
            assertThat(Futures.await(provisioning.apply(topology)).isComplete()).isTrue();
            assertThat(Futures.await(provisioning.delete(topology, true, true)).isComplete())
                    .isTrue();
        }
    }

    @EveryBroker
    void withoutAFreeChannelEverythingIsLeft(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker, it -> it.channelMax(1))) {
            Topology topology = new Topology(List.of(), List.of(QueueSpec.of(unique("q"))), List.of());
            TopologyReport report =
                    Futures.await(Provisioning.on(client.connection.async()).apply(topology));
            assertThat(results(report)).containsExactly(Result.LEFT);
            assertThat(report.entries().get(0).toString())
                    .contains("left queue 'leveret-test-q")
                    .contains("channels");
        }
    }

    /** Otherwise a look at what others have would bring it back to life after they deleted it. */
    @EveryBroker
    void whatWasOnlyPlannedIsNotDeclaredAgainAfterALoss(Broker broker) throws Exception {
        Topology planned = new Topology(List.of(), List.of(QueueSpec.of(unique("planned"))), List.of());
        Topology applied = new Topology(List.of(), List.of(QueueSpec.of(unique("applied"))), List.of());
        try (BrokerClient owner = BrokerClient.of(broker);
                FaultProxy proxy = FaultProxy.to(broker);
                Connection connection = Amqp.connect(AmqpUri.parse(
                                proxy.uri(broker.uri()).toString())
                        .recovery(RecoveryOptions.standard().withDelay(Duration.ofMillis(20), Duration.ofMillis(200)))
                        .build())) {
            Provisioning provisioning = Provisioning.on(connection.async());
            Provisioning owners = Provisioning.on(owner.connection.async());
            Futures.await(owners.apply(planned)).requireComplete();
            Futures.await(provisioning.plan(planned)).requireFulfilled();
            Futures.await(provisioning.apply(applied)).requireComplete();
            Futures.await(owners.delete(planned, true, true)).requireComplete();
            Futures.await(owners.delete(applied, true, true)).requireComplete();

            CompletableFuture<Void> recovered = new CompletableFuture<>();
            connection.onEvent(event -> {
                if (event instanceof ConnectionEvent.Recovered) {
                    recovered.complete(null);
                }
            });
            proxy.cut(Cut.RST);
            Futures.await(recovered);
            assertThat(presences(Futures.await(owners.plan(planned)))).containsExactly(Presence.MISSING);
            assertThat(presences(Futures.await(owners.plan(applied)))).containsExactly(Presence.EQUAL);
            Futures.await(owners.delete(applied, true, true)).requireComplete();
        }
    }

    @EveryBroker
    void ofAClosedConnectionTheReasonIsTold(Broker broker) {
        BrokerClient client = BrokerClient.of(broker);
        client.close();
        Topology topology = new Topology(List.of(), List.of(QueueSpec.of(unique("q"))), List.of());
        Provisioning provisioning = Provisioning.on(client.connection.async());
        TopologyReport report = Futures.await(provisioning.apply(topology));
        assertThat(results(report)).containsExactly(Result.LEFT);
        assertThat(report.entries().get(0).cause()).containsInstanceOf(ConnectionClosedException.class);
        assertThat(presences(Futures.await(provisioning.plan(topology)))).containsExactly(Presence.UNKNOWN);
    }

    @EveryBroker
    void aChannelOfTheUsersStaysAsItIs(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            Channel channel = client.channel;
            Topology missing = new Topology(List.of(), List.of(QueueSpec.of(unique("missing"))), List.of());
            Futures.failure(Provisioning.on(client.connection.async()).verify(missing));
            assertThat(channel.isOpen()).isTrue();
            assertThat(client.connection.isOpen()).isTrue();
        }
    }
}
