package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.HeadersMatch;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.QueueType;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.topology.Definitions;
import dev.leveret.amqp.topology.Provisioning;
import dev.leveret.amqp.topology.RetryLadder;
import dev.leveret.amqp.topology.TopologyPlan;
import dev.leveret.amqp.topology.TopologyPlan.Presence;
import dev.leveret.amqp.topology.TopologyReport;
import dev.leveret.amqp.topology.TopologyReport.Result;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What needs a RabbitMQ of one's own: its commands, and users with fewer permissions. */
@RequiresLocalRabbitMq
class ProvisioningOnOwnNodeTest {

    private static LocalRabbitMq node;

    @BeforeAll
    static void start() {
        node = LocalRabbitMq.start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static Topology topology() {
        RetryLadder ladder = RetryLadder.of("orders", Duration.ofSeconds(1), Duration.ofMinutes(10));
        List<QueueSpec> queues = new ArrayList<>(ladder.queues(QueueType.QUORUM));
        queues.add(ladder.on(QueueSpec.quorum("orders").withDeliveryLimit(5)));
        queues.add(
                QueueSpec.classic("mails \"\u00e4\u20ac\"").withMaxPriority(5).withMaxLength(10));
        queues.add(QueueSpec.stream("log").withMaxAge(Duration.ofDays(1)));
        return new Topology(
                List.of(
                        ExchangeSpec.topic("shop").withAlternateExchange("unrouted"),
                        ExchangeSpec.fanout("unrouted"),
                        ExchangeSpec.headers("sizes").withAutoDelete(true)),
                queues,
                List.of(
                        BindingSpec.toQueue("shop", "orders", "order.#"),
                        BindingSpec.toExchange("shop", "sizes", ""),
                        BindingSpec.toQueue("sizes", "log", "")
                                .withMatch(HeadersMatch.ANY)
                                .withHeader("size", "L")
                                .withHeader("heavy", true)));
    }

    @Test
    void definitionsGoToRabbitMqAndComeBack(@TempDir Path directory) throws IOException {
        Topology topology = topology();
        Path ours = Files.writeString(directory.resolve("ours.json"), Definitions.write(topology, "/"));
        node.ctl("import_definitions", ours.toString());
        try (Connection connection = Amqp.connect(node.uri().toString())) {
            TopologyPlan plan =
                    Futures.await(Provisioning.on(connection.async()).plan(topology));
            // All that can be known of it is as described.
            assertThat(plan.entries(Presence.EQUAL)).hasSize(9);

            Path theirs = directory.resolve("theirs.json");
            node.ctl("export_definitions", theirs.toString());
            Topology exported = Definitions.read(Files.readString(theirs), "/");
            Topology expected = Definitions.read(Files.readString(ours), "/");
            assertThat(new HashSet<>(exported.exchanges())).isEqualTo(new HashSet<>(expected.exchanges()));
            assertThat(new HashSet<>(exported.queues())).isEqualTo(new HashSet<>(expected.queues()));
            assertThat(new HashSet<>(exported.bindings())).isEqualTo(new HashSet<>(expected.bindings()));

            Futures.await(Provisioning.on(connection.async()).delete(topology, true, true))
                    .requireComplete();
            Futures.await(Provisioning.on(connection.async()).apply(exported)).requireComplete();
            assertThat(Futures.await(Provisioning.on(connection.async()).plan(topology))
                            .entries(Presence.EQUAL))
                    .hasSize(9);
            Futures.await(Provisioning.on(connection.async()).delete(topology, true, true))
                    .requireComplete();
        }
    }

    @Test
    void whatOneMayNotDoIsToldForEachAlone() {
        node.ctl("add_user", "clerk", "of-the-test");
        node.ctl("set_permissions", "clerk", "^mine.*", "^mine.*", "^mine.*");
        Topology topology = new Topology(
                List.of(ExchangeSpec.fanout("theirs.x"), ExchangeSpec.fanout("mine.x")),
                List.of(QueueSpec.of("theirs.q"), QueueSpec.of("mine.q")),
                List.of(BindingSpec.toQueue("mine.x", "mine.q", ""), BindingSpec.toQueue("amq.fanout", "mine.q", "")));
        String uri = "amqp://clerk:of-the-test@127.0.0.1:" + node.uri().getPort() + "/%2f";
        try (Connection connection = Amqp.connect(uri)) {
            Provisioning provisioning = Provisioning.on(connection.async());
            TopologyReport report = Futures.await(provisioning.apply(topology));
            assertThat(report.entries())
                    .extracting(TopologyReport.Entry::result)
                    .containsExactly(
                            Result.FAILED, Result.DONE, Result.FAILED, Result.DONE, Result.DONE, Result.FAILED);
            assertThat(report.entries(Result.FAILED))
                    .allSatisfy(it -> assertThat(it.toString()).contains("403 ACCESS_REFUSED"));
            // To look is allowed to everybody.
            Futures.await(provisioning.verify(
                    new Topology(List.of(ExchangeSpec.fanout("mine.x")), List.of(QueueSpec.of("mine.q")), List.of())));
            assertThat(Futures.await(provisioning.delete(topology, true, true)).entries(Result.DONE))
                    .extracting(it -> it.entity().describe())
                    .contains("queue 'mine.q'", "exchange 'mine.x'");
        }
    }
}
