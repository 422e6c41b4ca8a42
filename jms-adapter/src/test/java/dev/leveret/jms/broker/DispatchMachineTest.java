package dev.leveret.jms.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.jms.broker.DispatchWorld.Client;
import dev.leveret.jms.broker.DispatchWorld.Lane;
import dev.leveret.jms.broker.DispatchWorld.Msg;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatchMachineTest {

    private static final int COLOURS = 5;
    private static final int SEEDS = Integer.getInteger("leveret.dispatch.seeds", 100);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingIsLostOrAcknowledgedUnmatchedAndWhatMatchesIsDelivered(boolean returnsToHead) {
        for (long seed = 0; seed < SEEDS; seed++) {
            simulate(seed, returnsToHead, 100_000);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withASmallLimitNothingIsLostEither(boolean returnsToHead) {
        for (long seed = 0; seed < SEEDS; seed++) {
            simulate(seed, returnsToHead, 8);
        }
    }

    private static void simulate(long seed, boolean returnsToHead, int limit) {
        try {
            DispatchWorld world = new DispatchWorld(seed, returnsToHead, limit);
            live(world);
            settleDown(world, limit);
            closeAll(world, returnsToHead);
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed + ", returnsToHead " + returnsToHead + ", limit " + limit, e);
        }
    }

    private static void live(DispatchWorld world) {
        Random random = world.random;
        int events = 200 + random.nextInt(800);
        for (int i = 0; i < events; i++) {
            int what = random.nextInt(100);
            if (what < 35) {
                world.step();
            } else if (what < 55) {
                world.publish(random.nextInt(COLOURS));
            } else if (what < 60) {
                world.advance(random.nextInt(10) == 0 ? random.nextInt(100_000) : random.nextInt(100));
            } else if (what < 63 && world.clients.size() < 3) {
                world.connect();
            } else if (what < 64 && !world.clients.isEmpty()) {
                pick(world.clients, random).die();
            } else if (what < 67 && !world.clients.isEmpty()) {
                Client client = pick(world.clients, random);
                if (client.connected) {
                    client.lose();
                } else {
                    client.reconnect();
                }
            } else if (!world.clients.isEmpty()) {
                program(pick(world.clients, random), random);
            }
        }
    }

    private static void program(Client client, Random random) {
        int what = random.nextInt(10);
        if (client.lanes.isEmpty() || what == 0) {
            Set<Integer> colours = new TreeSet<>();
            for (int n = 1 + random.nextInt(2); n > 0; n--) {
                colours.add(random.nextInt(COLOURS));
            }
            client.open(colours, 1 + random.nextInt(4));
            return;
        }
        Lane lane = pick(client.lanes, random);
        if (what == 1 && random.nextInt(2) == 0) {
            client.close(lane);
        } else if (what < 6) {
            client.take(lane);
        } else {
            client.settle(lane, random.nextInt(5) > 0);
        }
    }

    private static <T> T pick(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    /** Programs acknowledge what they get, until there is nothing more to do but to look again and again. */
    private static void settleDown(DispatchWorld world, int limit) {
        world.clients.stream().filter(it -> !it.connected).forEach(Client::reconnect);
        long end = world.now + 1_000_000;
        while (world.now < end && !isDone(world)) {
            boolean busy = true;
            while (busy) {
                busy = world.step();
                for (Client client : world.clients) {
                    for (Lane lane : client.lanes) {
                        busy |= !lane.inbox.isEmpty() || !lane.unsettled.isEmpty();
                        client.take(lane);
                        client.settle(lane, true);
                    }
                }
            }
            long due = world.nextDue();
            world.advance(due == Long.MAX_VALUE ? 60_000 : Math.max(1, due - world.now));
        }
        if (limit > world.messages.size()) {
            assertThat(isDone(world)).as("what matches has been delivered").isTrue();
        }
    }

    /** Whether everything that some consumer wants has been acknowledged. */
    private static boolean isDone(DispatchWorld world) {
        Set<Integer> wanted = new TreeSet<>();
        world.clients.forEach(
                it -> it.lanes.stream().filter(lane -> !lane.closed).forEach(lane -> wanted.addAll(lane.colours)));
        return world.messages.stream().filter(it -> wanted.contains(it.colour)).allMatch(world.acknowledged::contains);
    }

    private static void closeAll(DispatchWorld world, boolean returnsToHead) {
        for (Client client : world.clients) {
            for (Lane lane : List.copyOf(client.lanes)) {
                client.close(lane);
                while (!lane.unsettled.isEmpty()) {
                    client.settle(lane, true);
                }
            }
        }
        while (world.step()) {
            // Everything that is under way arrives.
        }
        assertThat(world.clients).allMatch(it -> it.rested).noneMatch(Client::hasUnsettled);
        List<Msg> left = world.onQueue();
        assertThat(left).noneMatch(world.acknowledged::contains);
        assertThat(left.size() + world.acknowledged.size()).isEqualTo(world.messages.size());
        if (!returnsToHead) {
            assertThat(left).isSortedAccordingTo((a, b) -> Long.compare(a.id, b.id));
        }
    }

    @Test
    void aConsumerAloneHoldsAndDoesNotReturnForAMinute() {
        DispatchWorld world = new DispatchWorld(1, false, 1000);
        Client client = world.connect();
        Lane red = client.open(Set.of(0), 10);
        for (int i = 0; i < 200; i++) {
            world.publish(i % 100 == 99 ? 0 : 1);
        }
        run(world, 59_000);
        assertThat(red.inbox).hasSize(2);
        assertThat(world.messages).noneMatch(it -> it.redelivered);
        assertThat(client.machine.kept()).isEqualTo(198);
        run(world, 2_000);
        assertThat(world.messages.stream().filter(it -> it.redelivered)).hasSize(198);
    }

    @Test
    void whatAnotherClientWantsReachesItSoon() {
        DispatchWorld world = new DispatchWorld(2, false, 1000);
        Lane red = world.connect().open(Set.of(0), 1000);
        Lane blue = world.connect().open(Set.of(1), 1000);
        run(world, 1);
        for (int i = 0; i < 100; i++) {
            world.publish(i % 2);
        }
        run(world, 2_000);
        assertThat(red.inbox).hasSize(50);
        assertThat(blue.inbox).hasSize(50);
    }

    @Test
    void whatNobodyWantsIsReturnedLessAndLessOften() {
        DispatchWorld world = new DispatchWorld(3, false, 1000);
        world.connect().open(Set.of(0), 10);
        world.connect().open(Set.of(1), 10);
        run(world, 1);
        world.publish(4);
        int[] returns = {0};
        Msg orphan = world.messages.get(0);
        for (int second = 0; second < 600; second++) {
            run(world, 1_000);
            if (orphan.redelivered) {
                returns[0]++;
                orphan.redelivered = false;
            }
        }
        assertThat(returns[0]).isBetween(5, 80);
    }

    @Test
    void aFreshMessageIsNotHeldAsLongAsAnOldOne() {
        DispatchWorld world = new DispatchWorld(4, false, 1000);
        world.connect().open(Set.of(0), 10);
        Lane blue = world.connect().open(Set.of(1), 10);
        run(world, 1);
        world.publish(4);
        run(world, 300_000);
        for (int i = 0; i < 10; i++) {
            world.publish(1);
            run(world, 1_500);
            assertThat(blue.inbox).hasSize(i + 1 - blue.unsettled.size());
            world.clients.get(1).take(blue);
        }
    }

    @Test
    void whatMatchesMostlyIsNotHoarded() {
        DispatchWorld world = new DispatchWorld(5, false, 10_000);
        Client client = world.connect();
        Lane red = client.open(Set.of(0), DispatchWorld.WINDOW);
        for (int i = 0; i < 1_000; i++) {
            world.publish(0);
        }
        run(world, 10_000);
        assertThat(red.inbox).hasSize(DispatchWorld.WINDOW);
        assertThat(world.readyCount()).isGreaterThan(1_000 - 5 * DispatchWorld.WINDOW);
    }

    @Test
    void aSlowConsumerDoesNotKeepAnotherFromItsMessages() {
        DispatchWorld world = new DispatchWorld(6, false, 10_000);
        Client client = world.connect();
        client.open(Set.of(0), 2);
        Lane blue = client.open(Set.of(1), 2);
        for (int i = 0; i < 500; i++) {
            world.publish(0);
        }
        world.publish(1);
        run(world, 1_000);
        assertThat(blue.inbox).hasSize(1);
    }

    @Test
    void behindTheLimitNothingIsSeenAndThatIsTold() {
        DispatchWorld world = new DispatchWorld(7, false, 20);
        Client client = world.connect();
        Lane red = client.open(Set.of(0), 10);
        for (int i = 0; i < 100; i++) {
            world.publish(1);
        }
        world.publish(0);
        run(world, 10_000);
        assertThat(red.inbox).isEmpty();
        assertThat(client.limitsReached).isBetween(1, 12);
        assertThat(world.messages).hasSize(101);
    }

    @Test
    void aNewMessageEndsAPause() {
        DispatchWorld world = new DispatchWorld(8, false, 1000);
        Client client = world.connect();
        Lane red = client.open(Set.of(0), 10);
        world.connect().open(Set.of(1), 10);
        run(world, 1);
        world.publish(4);
        run(world, 600_000);
        // Both have backed off by now; they look at least four times a second.
        world.publish(0);
        run(world, 40_000);
        assertThat(red.inbox).hasSize(1);
    }

    @Test
    void aNewConsumerGetsWhatItMatchesOldestFirstHeldOrWaitingForAnother() {
        DispatchWorld world = new DispatchWorld(9, false, 1000);
        Client client = world.connect();
        Lane full = client.open(Set.of(0), 1);
        world.publish(0);
        world.publish(0);
        world.publish(1);
        world.publish(0);
        run(world, 10);
        assertThat(ids(full)).containsExactly(0L);
        assertThat(ids(client.open(Set.of(0, 1), 10))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatIsReturnedAtTheLimitIsReturnedOldestFirstHeldOrWaitingForAnother() {
        DispatchWorld world = new DispatchWorld(10, true, 2);
        Client client = world.connect();
        client.open(Set.of(0), 1);
        client.open(Set.of(2), 1);
        world.publish(0);
        world.publish(0);
        world.publish(1);
        run(world, 10);
        assertThat(client.limitsReached).isEqualTo(1);
        assertThat(world.onQueue()).extracting(it -> it.id).containsExactly(1L, 2L);
    }

    private static List<Long> ids(Lane lane) {
        return lane.inbox.stream().map(it -> it.message().message().id).toList();
    }

    /** Everything happens that can within this time. */
    private static void run(DispatchWorld world, long millis) {
        long end = world.now + millis;
        do {
            while (world.step()) {
                // One after the other.
            }
            long due = Math.min(world.nextDue(), end);
            world.advance(Math.max(due - world.now, due == end ? 0 : 1));
        } while (world.now < end);
        while (world.step()) {
            // What the last tick has begun.
        }
    }
}
