package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.EntityOutcome.Result;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReconnectBudget;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ChannelState;
import dev.leveret.amqp.machine.ConnectionState;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.recovery.ModelBroker.ModelChannel;
import dev.leveret.amqp.recovery.RecoveryWorld.State;
import dev.leveret.amqp.recovery.RecoveryWorld.WorldChannel;
import dev.leveret.amqp.recovery.RecoveryWorld.WorldConsumer;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Everything that recovers, in random worlds: whatever happens, client and broker agree when the world is left in peace. */
class RecoverySimulationTest {

    private static final int SEEDS = 1_500;

    @Test
    void whateverHappensClientAndBrokerAgreeInTheEnd() {
        int[] ends = new int[RecoveryState.values().length];
        int[] recoveries = new int[1];
        LongStream.range(10_000, 10_000 + SEEDS).forEach(seed -> {
            Simulation simulation = new Simulation(seed);
            try {
                simulation.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + "L: " + e.getMessage(), e);
            }
            ends[simulation.world.machine.state().ordinal()]++;
            recoveries[0] += simulation.world.recoveries;
        });

        assertThat(ends[RecoveryState.CONNECTED.ordinal()]).isGreaterThan(SEEDS / 2);
        assertThat(ends[RecoveryState.STOPPED.ordinal()]).isGreaterThan(SEEDS / 20);
        assertThat(recoveries[0]).isGreaterThan(SEEDS);
    }

    /** One world. */
    static final class Simulation {

        final Random random;
        final RecoveryWorld world;
        int steps;
        private final List<String> queues = new ArrayList<>();
        private final List<String> exchanges = new ArrayList<>();

        Simulation(long seed) {
            random = new Random(seed);
            Deadlines deadlines = new Deadlines(random.nextLong());
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
            world = new RecoveryWorld(random, deadlines, options);
        }

        void run() {
            declareAndStart();
            world.broker.slowness(1 + random.nextInt(200));
            world.dialFailures = random.nextInt(6);
            for (int event = random.nextInt(15); event >= 0; event--) {
                world.later(random.nextInt(4) == 0 ? 100 : 20_000, this::somethingHappens);
            }
            settle();
            boolean closes = !world.finished && random.nextInt(5) == 0;
            if (!world.finished) {
                assertAgreement();
            }
            if (closes) {
                world.close();
                world.hear();
                settle();
            }
            if (world.finished) {
                assertEverythingEnded();
            }
        }

        private void settle() {
            while (world.step()) {
                steps++;
                assertThat(steps < 50_000).as("nothing is left to wait for").isTrue();
            }
        }

        // ---- before ---------------------------------------------------------------------------------------------

        private void declareAndStart() {
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                ExchangeSpec spec = ExchangeSpec.topic("e" + i).withDurable(random.nextBoolean());
                exchanges.add(spec.name());
                world.broker.exchanges.put(spec.name(), spec.durable());
                world.recorder.exchangeDeclared(spec);
            }
            for (int i = 0; i < 1 + random.nextInt(5); i++) {
                declareQueue(i);
            }
            for (int i = random.nextInt(6); i > 0; i--) {
                bind(BindingSpec.toQueue(one(exchanges), one(queues), "k" + i));
            }
            if (random.nextBoolean()) {
                bind(BindingSpec.toExchange(one(exchanges), one(exchanges), "k"));
            }
            for (int i = random.nextInt(4); i > 0; i--) {
                WorldChannel channel = world.openChannel(
                        random.nextInt(4) == 0,
                        random.nextInt(4) == 0 ? OptionalInt.of(1 + random.nextInt(50)) : OptionalInt.empty());
                for (int j = random.nextInt(4); j > 0; j--) {
                    String queue = one(queues);
                    boolean used = world.allConsumers.stream().anyMatch(it -> it.queue.equals(queue));
                    boolean held = world.allConsumers.stream().anyMatch(it -> it.queue.equals(queue) && it.exclusive);
                    if (!held) {
                        channel.addConsumer(queue, random.nextInt(20), !used && random.nextInt(4) == 0);
                    }
                }
            }
            world.hear();
            settle();
            assertThat(world.allConsumers).allMatch(it -> it.started);
            assertAgreement();
        }

        private void declareQueue(int number) {
            QueueSpec spec = switch (random.nextInt(3)) {
                case 0 -> QueueSpec.temporary().withAutoDelete(false).withDurable(false);
                case 1 -> QueueSpec.of("q" + number).withExclusive(true).withDurable(random.nextBoolean());
                default -> QueueSpec.of("q" + number).withDurable(random.nextInt(3) > 0);
            };
            String name = spec.name().isEmpty() ? "amq.gen-first" + number : spec.name();
            world.broker.declareQueue(name, spec.durable(), spec.exclusive() ? world.session : null);
            world.recorder.queueDeclared(spec, name);
            queues.add(name);
        }

        private void bind(BindingSpec spec) {
            world.broker.bindings.add(spec);
            world.recorder.bound(spec);
        }

        private <T> T one(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        // ---- what happens ---------------------------------------------------------------------------------------

        private void somethingHappens() {
            if (world.finished) {
                return;
            }
            switch (random.nextInt(14)) {
                case 0, 1, 2, 3 -> {
                    world.cut();
                    loseAgainSoon();
                }
                case 4, 5 -> {
                    world.session.say(0, new ConnectionMethod.Close(320, "CONNECTION_FORCED - shutdown", 0, 0));
                    loseAgainSoon();
                }
                case 6 -> {
                    List.copyOf(world.broker.sessions).forEach(it -> it.rig.lose(null));
                    world.broker.restart();
                }
                case 7 ->
                    world.broker.delete(one(
                            List.copyOf(world.broker.queues.keySet()).isEmpty()
                                    ? queues
                                    : List.copyOf(world.broker.queues.keySet())));
                case 8 -> {
                    int[] codes = {404, 405, 403, 406};
                    String name = random.nextInt(4) == 0 ? one(exchanges) : one(queues);
                    world.cut();
                    world.broker.refuse(name, codes[random.nextInt(4)], Duration.ofSeconds(1L << random.nextInt(8)));
                }
                case 9 -> {
                    String name = one(queues);
                    world.cut();
                    if (world.broker.queues.containsKey(name)) {
                        world.broker.queues.get(name).heldUntil = world.deadlines.now()
                                + Duration.ofSeconds(1L << random.nextInt(8)).toNanos();
                    }
                }
                case 10 -> {
                    if (!world.channels.isEmpty()) {
                        one(world.channels).close();
                    }
                }
                case 11 -> {
                    if (!world.allConsumers.isEmpty() && !one(world.allConsumers).ended) {
                        world.allConsumers.stream()
                                .filter(it -> !it.ended)
                                .findAny()
                                .ifPresent(WorldConsumer::cancel);
                    }
                }
                case 12 -> {
                    for (int i = 0; i < 20; i++) {
                        world.later(5_000, world.broker::deliverSomething);
                    }
                }
                default -> {
                    if (random.nextInt(4) == 0) {
                        world.close();
                    }
                }
            }
        }

        /** While things are being restored, most probably. */
        private void loseAgainSoon() {
            if (random.nextInt(3) == 0) {
                world.later(1_500, world::cut);
            }
        }

        // ---- the end --------------------------------------------------------------------------------------------

        private void assertEverythingEnded() {
            assertThat(world.machine.state().isFinal()).isTrue();
            assertThat(world.channels).as("channels").isEmpty();
            assertThat(world.allConsumers).as("consumers").allMatch(it -> it.ended);
            assertThat(world.broker.sessions).as("connections at the broker").isEmpty();
            assertThat(world.connection().state()).isEqualTo(ConnectionState.CLOSED);
        }

        private void assertAgreement() {
            assertThat(world.machine.state()).isEqualTo(RecoveryState.CONNECTED);
            assertThat(world.isRecovering()).isFalse();
            assertThat(world.connection().state()).isEqualTo(ConnectionState.OPEN);
            assertThat(world.broker.sessions).containsExactly(world.session);
            Map<Integer, ModelChannel> atBroker = new TreeMap<>(world.session.channels);
            for (WorldChannel channel : world.channels) {
                assertThat(channel.state).as("the state of %s", channel).isEqualTo(State.LIVE);
                assertThat(channel.current().state()).isEqualTo(ChannelState.OPEN);
                assertSame(channel, atBroker.remove(channel.number()));
            }
            assertThat(atBroker).as("channels that only the broker has").isEmpty();
            world.recorder.entities().forEach(this::assertThere);
            assertThat(world.fates.values())
                    .as("what is still tried again")
                    .noneMatch(it -> it.result() == Result.RETRYING && isWanted(it.entity()));
        }

        private static void assertSame(WorldChannel channel, ModelChannel model) {
            assertThat(model).as("%s at the broker", channel).isNotNull();
            assertThat(model.closing).isFalse();
            assertThat(model.transactional).isEqualTo(channel.transactional);
            assertThat(model.sharedPrefetch).isEqualTo(channel.sharedPrefetch.orElse(0));
            for (WorldConsumer consumer : channel.consumers) {
                assertThat(consumer.started).as("%s", consumer).isTrue();
                ModelBroker.ModelConsumer other = model.consumers.get(consumer.tag);
                assertThat(other).as("%s at the broker", consumer).isNotNull();
                assertThat(other.queue()).isEqualTo(consumer.queue);
                assertThat(other.prefetch()).isEqualTo(consumer.prefetch);
                assertThat(other.exclusive()).isEqualTo(consumer.exclusive);
            }
            assertThat(model.consumers).as("consumers of %s", channel).hasSameSizeAs(channel.consumers);
        }

        /** Nobody has deleted it or stopped to want it meanwhile. */
        private boolean isWanted(TopologyEntity entity) {
            return entity instanceof TopologyEntity.Consumer it
                    ? world.allConsumers.stream().anyMatch(other -> other.tag.equals(it.consumerTag()) && !other.ended)
                    : world.recorder.entities().contains(entity);
        }

        private void assertThere(TopologyEntity entity) {
            if (world.recoveries > 0) {
                assertThat(world.fates).as("what became of %s", entity).containsKey(entity);
                Result result = world.fates.get(entity).result();
                if (result == Result.FAILED || result == Result.SKIPPED) {
                    return;
                }
            }
            if (entity instanceof TopologyEntity.Exchange it) {
                assertThat(world.broker.exchanges).containsKey(it.spec().name());
            } else if (entity instanceof TopologyEntity.Queue it) {
                if (!world.broker.deletedByOthers.contains(it.name())) {
                    assertThat(world.broker.queues).containsKey(it.name());
                }
            } else if (entity instanceof TopologyEntity.Binding it
                    && !world.broker.deletedByOthers.contains(it.spec().destination())) {
                assertThat(world.broker.bindings).contains(it.spec());
            }
        }
    }
}
