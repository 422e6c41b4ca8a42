package dev.leveret.amqp.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.EntityOutcome.Result;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReconnectBudget;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.client.ModelBroker.Arrival;
import dev.leveret.amqp.client.ModelBroker.ModelChannel;
import dev.leveret.amqp.client.SimulatedClient.Published;
import dev.leveret.amqp.client.SimulatedClient.UsersChannel;
import dev.leveret.amqp.client.SimulatedClient.UsersConsumer;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The whole client but its sockets, in random worlds: whatever happens, client and broker agree when the world is left in
 * peace, everything that was begun has come to an end, and nobody was told what is not so.
 */
class RecoverySimulationTest {

    private static final int SEEDS = 3_000;

    private final PrintStream stderr = System.err;

    /** What thousands of connections log in their worlds is of no use. */
    @BeforeEach
    void silence() {
        System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    }

    @AfterEach
    void listen() {
        System.setErr(stderr);
    }

    @Test
    void whateverHappensClientAndBrokerAgreeInTheEnd() {
        int[] over = new int[1];
        int[] recoveries = new int[1];
        Map<String, Integer> results = new TreeMap<>();
        LongStream.range(10_000, 10_000 + SEEDS).forEach(seed -> {
            Simulation simulation = new Simulation(seed);
            try {
                simulation.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + "L: " + e.getMessage(), e);
            }
            over[0] += simulation.client.isOver() ? 1 : 0;
            recoveries[0] += simulation.client.recoveries;
            simulation.client.published.forEach(
                    it -> results.merge(String.valueOf(it.result).replaceAll("\\[.*", ""), 1, Integer::sum));
        });

        // Or the worlds would be too kind to tell anything.
        assertThat(over[0]).isBetween(SEEDS / 20, SEEDS / 2);
        assertThat(recoveries[0]).isGreaterThan(SEEDS);
        assertThat(results).containsOnlyKeys("Confirmed", "Nacked", "Rejected", "Unknown");
        assertThat(results.values()).allMatch(it -> it > SEEDS / 50);
    }

    /** One world. */
    static final class Simulation {

        final Random random;
        final SimulatedClient client;
        private final ModelBroker broker;
        private final List<String> queues = new ArrayList<>();
        private final List<String> exchanges = new ArrayList<>();
        private final boolean republishing;
        private UsersChannel first;
        private int steps;

        Simulation(long seed) {
            random = new Random(seed);
            republishing = random.nextInt(3) == 0;
            RecoveryOptions options = RecoveryOptions.standard()
                    .withDelay(Duration.ofMillis(50), Duration.ofSeconds(5))
                    .withSameCauseLimit(1_000, Duration.ofSeconds(1))
                    .withBudget(new ReconnectBudget(1_000_000, Duration.ofSeconds(1)))
                    .withRetryingFor(random.nextInt(8) == 0 ? Duration.ZERO : Duration.ofSeconds(30));
            if (random.nextInt(4) == 0) {
                options = options.withGivingUpAfter(Duration.ofSeconds(1 + random.nextInt(60)));
            }
            if (random.nextInt(4) == 0) {
                int unwanted = random.nextInt(6);
                options = options.withRestoring(it -> !it.describe().contains("'q" + unwanted + "'"));
            }
            if (republishing) {
                options = options.withRepublishing(1_000_000, Duration.ofSeconds(1 + random.nextInt(30)));
            }
            client = new SimulatedClient(seed, options);
            broker = client.broker;
        }

        void run() {
            declareAndStart();
            broker.slowness(1 + random.nextInt(200), random.nextInt(3) == 0 ? random.nextInt(100) : 0);
            client.dialer.failures(random.nextInt(6));
            for (int event = random.nextInt(15); event >= 0; event--) {
                client.later(random.nextInt(4) == 0 ? 100 : 20_000, this::somethingHappens);
            }
            settle();
            boolean closes = !client.isOver() && random.nextInt(5) == 0;
            if (!client.isOver()) {
                assertAgreement();
            }
            if (closes) {
                client.connection.close();
                settle();
            }
            if (client.isOver()) {
                assertEverythingEnded();
            }
            assertTruth();
        }

        private void settle() {
            while (client.step()) {
                steps++;
                assertThat(steps < 100_000).as("nothing is left to wait for").isTrue();
            }
        }

        private <T> T await(CompletableFuture<T> future) {
            while (!future.isDone()) {
                assertThat(client.step()).as("there is an answer").isTrue();
            }
            return future.join();
        }

        // ---- before ---------------------------------------------------------------------------------------------

        private void declareAndStart() {
            first = await(client.openChannel(false, 0));
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                ExchangeSpec spec = ExchangeSpec.topic("e" + i).withDurable(random.nextBoolean());
                exchanges.add(spec.name());
                await(first.channel().declareExchange(spec));
            }
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                queues.add(await(first.channel().declareQueue(queue(i))).name());
            }
            for (int i = random.nextInt(6); i > 0; i--) {
                await(first.channel().bind(BindingSpec.toQueue(one(exchanges), one(queues), "k" + i)));
            }
            if (random.nextBoolean()) {
                await(first.channel().bind(BindingSpec.toExchange(one(exchanges), one(exchanges), "k")));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                UsersChannel channel = await(
                        client.openChannel(random.nextInt(4) == 0, random.nextInt(4) == 0 ? random.nextInt(50) : 0));
                for (int j = random.nextInt(4); j > 0; j--) {
                    startConsumer(channel);
                }
            }
            assertAgreement();
        }

        private void startConsumer(UsersChannel channel) {
            String queue = one(queues);
            boolean used = client.consumers.stream()
                    .anyMatch(it -> it.options().queue().equals(queue));
            boolean held = client.consumers.stream()
                    .anyMatch(it ->
                            it.options().queue().equals(queue) && it.options().exclusive());
            if (!held) {
                await(client.consume(channel, queue, 1 + random.nextInt(20), !used && random.nextInt(4) == 0));
            }
        }

        private QueueSpec queue(int number) {
            return switch (random.nextInt(3)) {
                case 0 -> QueueSpec.temporary().withAutoDelete(false).withDurable(false);
                case 1 -> QueueSpec.of("q" + number).withExclusive(true).withDurable(random.nextBoolean());
                default -> QueueSpec.of("q" + number).withDurable(random.nextInt(3) > 0);
            };
        }

        private <T> T one(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        // ---- what happens ---------------------------------------------------------------------------------------

        private void somethingHappens() {
            if (client.isOver()) {
                return;
            }
            switch (random.nextInt(18)) {
                case 0, 1, 2, 3 -> {
                    broker.cut();
                    loseAgainSoon();
                }
                case 4, 5 -> {
                    broker.shutDown();
                    loseAgainSoon();
                }
                case 6 -> {
                    broker.cut();
                    broker.restart();
                }
                case 7 -> broker.delete(one(broker.queues.isEmpty() ? queues : List.copyOf(broker.queues.keySet())));
                case 8 -> {
                    int[] codes = {404, 405, 403, 406};
                    broker.refuse(
                            random.nextInt(4) == 0 ? one(exchanges) : one(queues),
                            codes[random.nextInt(4)],
                            Duration.ofSeconds(1L << random.nextInt(8)));
                    broker.cut();
                }
                case 9 -> {
                    broker.hold(one(queues), Duration.ofSeconds(1L << random.nextInt(8)));
                    broker.cut();
                }
                case 10 -> one(client.channels).channel().close();
                case 11 -> {
                    if (!client.consumers.isEmpty()) {
                        one(client.consumers).subscription().cancel();
                    }
                }
                case 12 -> {
                    for (int i = 0; i < 20; i++) {
                        client.later(5_000, broker::deliverSomething);
                    }
                }
                case 13 ->
                    client.openChannel(random.nextBoolean(), random.nextInt(3))
                            .thenCompose(it -> client.consume(it, one(queues), 1 + random.nextInt(20), false));
                case 14 -> first.channel().deleteQueue(one(queues));
                case 15, 16 -> publishSome();
                default -> {
                    if (random.nextInt(4) == 0) {
                        client.connection.close();
                    }
                }
            }
        }

        private void publishSome() {
            List<UsersChannel> plain = client.channels.stream()
                    .filter(it -> !it.transactional() && !it.unsure())
                    .toList();
            for (int i = random.nextInt(30); i > 0; i--) {
                UsersChannel channel = one(plain);
                client.later(5_000, () -> client.publish(channel, one(queues)));
            }
        }

        /** While things are being restored, most probably. */
        private void loseAgainSoon() {
            if (random.nextInt(3) == 0) {
                client.later(1_500, broker::cut);
            }
        }

        // ---- the end --------------------------------------------------------------------------------------------

        private void assertEverythingEnded() {
            assertThat(client.channels)
                    .as("channels")
                    .allMatch(it -> it.channel().closed().isDone());
            assertThat(client.consumers)
                    .as("consumers")
                    .allMatch(it -> it.subscription().ended().isDone());
            assertThat(broker.sessions).as("connections at the broker").isEmpty();
            assertThat(client.connection.isOpen()).isFalse();
            assertThat(client.loop.isReleased()).as("the loop is given back").isTrue();
        }

        private void assertAgreement() {
            assertThat(client.connection.life().isRecovering()).isFalse();
            assertThat(client.connection.isOpen()).isTrue();
            assertThat(broker.sessions).containsExactly(broker.session());
            Map<Integer, ModelChannel> atBroker = new TreeMap<>(broker.session().channels);
            for (UsersChannel channel : client.channels) {
                if (!channel.channel().closed().isDone()) {
                    assertThat(channel.channel().isOpen()).as("%s", channel).isTrue();
                    assertSame(channel, atBroker.remove(channel.channel().number()));
                }
            }
            assertThat(atBroker).as("channels that only the broker has").isEmpty();
            client.recorder().entities().forEach(this::assertThere);
            assertThat(client.fates.values())
                    .as("what is still tried again")
                    .noneMatch(it -> it.result() == Result.RETRYING && isWanted(it.entity()));
        }

        private void assertSame(UsersChannel channel, ModelChannel model) {
            assertThat(model).as("%s at the broker", channel).isNotNull();
            assertThat(model.closing).isFalse();
            if (!channel.unsure()) {
                assertThat(model.transactional).isEqualTo(channel.transactional());
                assertThat(model.sharedPrefetch).isEqualTo(channel.sharedPrefetch());
            }
            Map<String, ModelBroker.ModelConsumer> others = new HashMap<>(model.consumers);
            for (UsersConsumer consumer : client.consumers) {
                boolean here = consumer.on().channel() == channel.channel()
                        && !consumer.subscription().ended().isDone();
                if (here) {
                    ModelBroker.ModelConsumer other =
                            others.remove(consumer.subscription().consumerTag());
                    assertThat(other).as("%s at the broker", consumer).isNotNull();
                    assertThat(other.queue()).isEqualTo(consumer.subscription().queue());
                    assertThat(other.prefetch()).isEqualTo(consumer.options().prefetch());
                    assertThat(other.exclusive()).isEqualTo(consumer.options().exclusive());
                }
            }
            assertThat(others).as("consumers that only the broker has").isEmpty();
        }

        /** Nobody has deleted it or stopped to want it meanwhile. */
        private boolean isWanted(TopologyEntity entity) {
            return entity instanceof TopologyEntity.Consumer it
                    ? client.consumers.stream()
                            .map(UsersConsumer::subscription)
                            .anyMatch(other -> other.consumerTag().equals(it.consumerTag())
                                    && !other.ended().isDone())
                    : client.recorder().entities().contains(entity);
        }

        private void assertThere(TopologyEntity entity) {
            if (client.recoveries > 0) {
                assertThat(client.fates).as("what became of %s", entity).containsKey(entity);
                Result result = client.fates.get(entity).result();
                if (result == Result.FAILED || result == Result.SKIPPED) {
                    return;
                }
            }
            if (entity instanceof TopologyEntity.Exchange it) {
                assertThat(broker.exchanges).containsKey(it.spec().name());
            } else if (entity instanceof TopologyEntity.Queue it) {
                if (!broker.deletedByOthers.contains(it.name())) {
                    assertThat(broker.queues).containsKey(it.name());
                }
            } else if (entity instanceof TopologyEntity.Binding it
                    && !broker.everDeleted.contains(it.spec().destination())) {
                assertThat(broker.bindings).contains(it.spec());
            }
        }

        // ---- publishes ------------------------------------------------------------------------------------------

        private void assertTruth() {
            Set<String> heard = new HashSet<>();
            Set<String> taken = new HashSet<>();
            Map<AsyncChannel, Integer> last = new IdentityHashMap<>();
            Map<String, UsersChannel> channelOf = new HashMap<>();
            client.published.forEach(it -> channelOf.put(it.id, it.on));
            for (Arrival arrival : broker.arrivals) {
                String id = arrival.message().text();
                boolean again = !heard.add(id);
                boolean marked =
                        arrival.message().properties().headers().containsKey(RecoveryOptions.REPUBLISHED_HEADER);
                assertThat(again && !marked).as("%s comes twice, unmarked", id).isFalse();
                assertThat(marked && !republishing).as("%s is marked", id).isFalse();
                if (!again) {
                    int number = Integer.parseInt(id.substring(1));
                    Integer before = last.put(channelOf.get(id).channel(), number);
                    assertThat(before == null || before < number)
                            .as("%s after m%s, on the same channel", id, before)
                            .isTrue();
                }
                if (arrival.taken()) {
                    taken.add(id);
                }
            }
            for (Published message : client.published) {
                boolean there = taken.contains(message.id);
                PublishResult result = message.result;
                assertThat(result).as("the outcome of %s", message.id).isNotNull();
                if (result instanceof PublishResult.Confirmed) {
                    assertThat(there)
                            .as("%s, confirmed, at the broker", message.id)
                            .isTrue();
                } else if (!(result instanceof PublishResult.Unknown)) {
                    assertThat(there)
                            .as("%s, %s, at the broker", message.id, result)
                            .isFalse();
                }
            }
        }
    }
}
