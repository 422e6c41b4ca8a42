package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.machine.DialWorld.Host;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectMachineTest {

    /** The rounds of a connect in a {@link DialWorld}. */
    private static final class Rounds implements ConnectMachine.Driver {

        final DialWorld world;
        final String[] endpoints;
        final ConnectMachine machine;
        int rounds;

        @Nullable
        AmqpException failure;

        Rounds(int rounds, int retryMillis, int deadlineMillis, DialWorld world, String... endpoints) {
            this.world = world;
            this.endpoints = endpoints;
            this.machine = new ConnectMachine(
                    new ConnectLimits(rounds, Duration.ofMillis(retryMillis), Duration.ofMillis(deadlineMillis)),
                    world.deadlines,
                    this);
            world.onOver = () -> {
                if (world.opened.isEmpty()) {
                    machine.onRoundFailed(world.failures, world.refusal);
                } else {
                    machine.stop();
                }
            };
        }

        @Override
        public void startRound() {
            rounds++;
            world.again(endpoints);
            world.machine.start();
        }

        @Override
        public void expireRound(AmqpException cause) {
            world.machine.expire(cause);
        }

        @Override
        public void onFailure(AmqpException cause) {
            failure = cause;
        }

        ConnectFailedException run() {
            machine.start();
            world.run();
            assertThat(world.isQuiet()).isTrue();
            assertThat(failure).isInstanceOf(ConnectFailedException.class);
            return (ConnectFailedException) failure;
        }
    }

    private static DialWorld world() {
        return new DialWorld(DialWorld.LIMITS);
    }

    @Test
    void oneRoundIsAllUnlessMoreAreAskedFor() {
        Rounds connect = new Rounds(1, 100, 60_000, world().single("a", Host.refusing(5)), "a");
        assertThat(connect.run()).hasMessage("no connection to the broker: a:5672 (a) failed in phase TCP: refused");
        assertThat(connect.rounds).isEqualTo(1);
        assertThat(connect.world.millis()).isEqualTo(5);
    }

    @Test
    void roundsFollowEachOtherWithAPauseAndTheFailureHasThemAll() {
        Rounds connect =
                new Rounds(3, 100, 60_000, world().single("a", Host.refusing(5)).unknown("b", 1), "a", "b");
        ConnectFailedException failure = connect.run();
        assertThat(connect.rounds).isEqualTo(3);
        assertThat(connect.world.millis()).isEqualTo(3 * 6 + 2 * 100);
        assertThat(failure.attempts()).hasSize(6);
        assertThat(failure)
                .hasMessage("no connection to the broker in 3 rounds over all endpoints; in the last one: a:5672 (a)"
                        + " failed in phase TCP: refused; b:5672 failed in phase DNS: unknown");
    }

    @Test
    void aLaterRoundMaySucceed() {
        DialWorld world = world().single("a", Host.refusing(5));
        Rounds connect = new Rounds(5, 100, 60_000, world, "a");
        connect.machine.start();
        world.runUntil(150);
        world.host("a", Host.good(1, 1));
        world.run();
        assertThat(world.opened).isEqualTo("a");
        assertThat(world.isQuiet()).isTrue();
        assertThat(connect.rounds).isEqualTo(3);
    }

    @Test
    void refusedCredentialsAreNotTriedAgain() {
        Rounds connect = new Rounds(9, 100, 60_000, world().single("a", Host.refusingCredentials(1, 1)), "a");
        connect.machine.start();
        connect.world.run();
        assertThat(connect.failure).isInstanceOf(AuthenticationException.class).hasMessage("a:5672: wrong password");
        assertThat(connect.rounds).isEqualTo(1);
        assertThat(connect.world.isQuiet()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"OPEN, 530, true, 1", "OPEN, 320, true, 3", "OPEN, 530, false, 3", "PROTOCOL, 530, true, 3"})
    void aVirtualHostThatTheBrokerRefusesIsNotAskedForAgain(Phase phase, int code, boolean byBroker, int rounds) {
        Attempt refused = new Attempt(
                new Endpoint("a", 1), "a", phase, new ConnectionClosedException("no vhost 'v'", code, byBroker));
        Deadlines deadlines = new Deadlines(0);
        int[] started = new int[1];
        boolean[] failed = new boolean[1];
        ConnectMachine machine = new ConnectMachine(
                new ConnectLimits(3, Duration.ofSeconds(1), Duration.ofMinutes(1)),
                deadlines,
                new ConnectMachine.Driver() {
                    @Override
                    public void startRound() {
                        started[0]++;
                    }

                    @Override
                    public void expireRound(AmqpException cause) {}

                    @Override
                    public void onFailure(AmqpException cause) {
                        failed[0] = true;
                    }
                });
        machine.start();
        for (int second = 1; !failed[0]; second++) {
            machine.onRoundFailed(List.of(refused), null);
            deadlines.advance(Duration.ofSeconds(second).toNanos());
        }
        assertThat(started[0]).isEqualTo(rounds);
        assertThat(deadlines.size()).isZero();
    }

    @ParameterizedTest(name = "within {0} ms: phase {1}")
    @CsvSource({"100, DNS", "1500, TCP", "2500, AUTHENTICATION"})
    void theDeadlineStrikesInEachPhase(int deadline, Phase phase) {
        DialWorld world = world().name("a", 1000, "a").host("a", Host.silent(1000));
        ConnectFailedException failure = new Rounds(4, 100, deadline, world, "a").run();
        assertThat(failure.attempts()).singleElement().satisfies(it -> {
            assertThat(it.phase()).isEqualTo(phase);
            assertThat(it.cause()).isInstanceOf(AmqpTimeoutException.class);
        });
        assertThat(failure).hasMessageContaining("within " + Duration.ofMillis(deadline));
        assertThat(world.overAt).isEqualTo(deadline);
    }

    @Test
    void theDeadlineStrikesInThePauseBetweenRounds() {
        Rounds connect = new Rounds(9, 1_000, 1_500, world().single("a", Host.refusing(0)), "a");
        assertThat(connect.run().attempts()).hasSize(2);
        assertThat(connect.world.millis()).isEqualTo(1_500);
    }

    @Test
    void whoeverStopsItIsToldNothing() {
        Rounds connect = new Rounds(9, 1_000, 5_000, world().single("a", Host.refusing(0)), "a");
        connect.machine.start();
        connect.machine.stop();
        connect.world.machine.cancel();
        connect.world.run();
        assertThat(connect.failure).isNull();
        assertThat(connect.rounds).isEqualTo(1);
        assertThat(connect.world.isQuiet()).isTrue();
    }

    @Test
    void theDeadlineHoldsWhateverTheNetworkDoes() {
        for (int seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            DialWorld world = world();
            for (String name : List.of("a", "b", "c")) {
                world.name(name, random.nextInt(4_000) - 1, name + ".1", name + ":2")
                        .host(name + ".1", host(random))
                        .host(name + ":2", host(random));
            }
            int deadline = 1 + random.nextInt(20_000);
            Rounds connect =
                    new Rounds(1 + random.nextInt(4), 1 + random.nextInt(2_000), deadline, world, "a", "b", "c");
            connect.machine.start();
            world.runUntil(deadline);
            assertThat(world.isQuiet()).as("seed " + seed).isTrue();
            assertThat(world.opened.isEmpty()).as("seed " + seed).isEqualTo(connect.failure != null);
        }
    }

    private static Host host(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> Host.refusing(random.nextInt(1_000));
            case 1 -> Host.failing(random.nextInt(6_000), random.nextInt(5_000));
            case 2 -> Host.silent(random.nextInt(1_000));
            default -> Host.good(random.nextInt(8_000), random.nextInt(8_000));
        };
    }
}
