package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ReconnectBudget;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.machine.Deadlines.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link RecoveryMachine} in random worlds, and many at once. */
class RecoveryStormTest {

    private static final int SEEDS = 4_000;

    private static final AmqpException LOST = new ConnectionLostException("the network broke", null);
    private static final AmqpException DOWN = new ConnectFailedException(List.of());
    private static final AmqpException REFUSED = new AuthenticationException("refused", null);

    /** One connection and its network, which answers at random; checks that each call is allowed. */
    private static final class World implements RecoveryMachine.Driver {

        final Random random;
        final Deadlines deadlines;
        final RecoveryOptions options;
        final RecoveryMachine machine;
        final List<Long> dials = new ArrayList<>();

        private @Nullable Deadline answer;
        private boolean dialling;
        private boolean replaying;
        private boolean forced;
        private boolean over;
        private int recoveries;
        private int attempts;
        private long lostAt;
        private long notBefore;
        private int troubles;

        World(Random random, Deadlines deadlines, RecoveryOptions options, int troubles) {
            this.random = random;
            this.deadlines = deadlines;
            this.options = options;
            this.troubles = troubles;
            notBefore = deadlines.now();
            machine = new RecoveryMachine(options, deadlines, random, this);
        }

        void lose() {
            lostAt = deadlines.now();
            attempts = 0;
            lose(trouble());
        }

        private void lose(AmqpException cause) {
            forced = cause instanceof ConnectionClosedException closed && closed.replyCode() == 320;
            machine.onLost(cause);
        }

        private AmqpException trouble() {
            return switch (random.nextInt(8)) {
                case 0, 1 -> new ConnectionClosedException("shutdown", 320, true);
                case 2 -> new ConnectionClosedException("internal error", 541, true);
                default -> LOST;
            };
        }

        private void later(int millis, Runnable what) {
            answer = deadlines.after(Duration.ofMillis(random.nextInt(millis + 1)), () -> {
                answer = null;
                what.run();
            });
        }

        @Override
        public void dial(boolean avoidLastAddress) {
            assertThat(over).as("dialled when over").isFalse();
            assertThat(dialling || replaying).as("two at once").isFalse();
            assertThat(avoidLastAddress).isEqualTo(forced);
            assertThat(deadlines.now() - notBefore).as("dialled too early").isNotNegative();
            dialling = true;
            attempts++;
            dials.add(deadlines.now());
            later(2_000, () -> {
                dialling = false;
                if (troubles > 0 && random.nextInt(3) > 0) {
                    troubles--;
                    machine.onDialFailed(random.nextInt(4) == 0 ? REFUSED : DOWN);
                } else {
                    assertThat(machine.onDialed()).isTrue();
                }
            });
        }

        @Override
        public void cancelDial() {
            assertThat(dialling).as("a dial to cancel").isTrue();
            dialling = false;
            cancelAnswer();
        }

        @Override
        public void replay() {
            assertThat(dialling || replaying || over).isFalse();
            replaying = true;
            later(1_000, () -> {
                replaying = false;
                if (troubles > 0 && random.nextInt(3) == 0) {
                    troubles--;
                    lose(trouble());
                } else {
                    machine.onReplayed();
                }
            });
        }

        @Override
        public void onRecovered(int attempts, Duration downtime) {
            assertThat(over).isFalse();
            assertThat(attempts).isEqualTo(this.attempts);
            assertThat(downtime).isEqualTo(Duration.ofNanos(deadlines.now() - lostAt));
            recoveries++;
            notBefore = deadlines.now();
            if (troubles > 0) {
                troubles--;
                later(40_000, this::lose);
            }
        }

        @Override
        public void onAttemptFailed(int attempt, AmqpException cause, Duration next) {
            assertThat(over).isFalse();
            assertThat(attempt).isEqualTo(attempts);
            assertThat(next).isBetween(Duration.ZERO, options.maxDelay());
            notBefore = deadlines.now() + next.toNanos();
        }

        @Override
        public void giveUp(AmqpException cause) {
            assertThat(over || dialling).as("over already, or still dialling").isFalse();
            assertThat(cause.getMessage()).isNotEmpty();
            replaying = false;
            cancelAnswer();
            over = true;
        }

        void stop() {
            machine.stop();
            over = true;
            cancelAnswer();
        }

        private void cancelAnswer() {
            if (answer != null) {
                answer.cancel();
                answer = null;
            }
        }
    }

    @Test
    void whateverHappensEverythingEndsAndNothingIsDoneTwice() {
        int[] ends = new int[RecoveryState.values().length];
        LongStream.concat(LongStream.range(0, SEEDS / 2), new Random().longs(SEEDS / 2))
                .forEach(seed -> ends[run(seed).ordinal()]++);

        assertThat(ends[RecoveryState.CONNECTED.ordinal()]).isGreaterThan(SEEDS / 20);
        assertThat(ends[RecoveryState.GAVE_UP.ordinal()]).isGreaterThan(SEEDS / 20);
        assertThat(ends[RecoveryState.STOPPED.ordinal()]).isGreaterThan(SEEDS / 20);
    }

    private static RecoveryState run(long seed) {
        Random random = new Random(seed);
        Duration initial = Duration.ofMillis(1 + random.nextInt(2_000));
        RecoveryOptions options = RecoveryOptions.standard()
                .withDelay(initial, initial.multipliedBy(1 + random.nextInt(60)))
                .withRefusals(1 + random.nextInt(4))
                .withSameCauseLimit(1 + random.nextInt(5), Duration.ofSeconds(1 + random.nextInt(60)))
                .withBudget(new ReconnectBudget(1 + random.nextInt(5), Duration.ofSeconds(1 + random.nextInt(5))));
        if (random.nextBoolean()) {
            options = options.withGivingUpAfter(Duration.ofSeconds(1 + random.nextInt(120)));
        }
        Deadlines deadlines = new Deadlines(random.nextLong());
        World world = new World(random, deadlines, options, random.nextInt(20));
        world.lose();
        boolean stops = random.nextInt(3) == 0;
        int stopAt = random.nextInt(20);
        int steps = 0;
        while (deadlines.next().isPresent()) {
            assertThat(steps++).as("steps of seed %d", seed).isLessThan(1_000);
            if (stops && steps == stopAt) {
                world.stop();
            }
            deadlines.next().ifPresent(deadlines::advance);
        }
        assertThat(world.machine.state())
                .as("the end of seed %d", seed)
                .isIn(RecoveryState.CONNECTED, RecoveryState.GAVE_UP, RecoveryState.STOPPED);
        return world.machine.state();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void twoHundredConnectionsThatAreLostTogetherKeepToTheirBudget(long seed) {
        int allowed = 10;
        Duration period = Duration.ofSeconds(1);
        ReconnectBudget budget = new ReconnectBudget(allowed, period);
        RecoveryOptions options = RecoveryOptions.standard()
                .withRefusals(Integer.MAX_VALUE)
                .withSameCauseLimit(1_000, Duration.ofNanos(1))
                .withBudget(budget);
        Deadlines deadlines = new Deadlines(seed * Long.MAX_VALUE / 3);
        List<World> worlds = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            worlds.add(new World(new Random(seed * 1_000 + i), deadlines, options, 5));
        }
        AmqpException shutdown = new ConnectionClosedException("shutdown", 320, true);
        worlds.forEach(it -> {
            it.lostAt = deadlines.now();
            it.lose(shutdown);
        });
        long start = deadlines.now();
        while (deadlines.next().isPresent()) {
            deadlines.next().ifPresent(deadlines::advance);
        }

        List<Long> dials = worlds.stream()
                .flatMap(it -> it.dials.stream())
                .map(it -> it - start)
                .sorted()
                .toList();
        assertThat(dials).hasSizeGreaterThan(400);
        assertThat(worlds).allMatch(it -> it.recoveries > 0);
        assertMost(dials, Duration.ofNanos(1), allowed);
        for (int periods = 1; periods < 20; periods++) {
            // So many at once, and then as many more as time has passed.
            assertMost(dials, period.multipliedBy(periods), allowed + periods * allowed);
        }
        // Nobody waits in vain: while all want to connect, all of the budget is used.
        assertThat(dials.get(200)).isLessThan(Duration.ofSeconds(20).toNanos());
    }

    private static void assertMost(List<Long> sorted, Duration window, int most) {
        for (int first = 0; first + most < sorted.size(); first++) {
            assertThat(sorted.get(first + most) - sorted.get(first))
                    .as("%d dials within %s", most + 1, window)
                    .isGreaterThanOrEqualTo(window.toNanos());
        }
    }
}
