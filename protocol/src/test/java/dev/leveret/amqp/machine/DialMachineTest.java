package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.machine.DialWorld.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DialMachineTest {

    private static DialWorld world(String... endpoints) {
        return new DialWorld(DialWorld.LIMITS, endpoints);
    }

    private static void assertTimedOut(Attempt attempt, Phase phase, String words) {
        assertThat(attempt.phase()).isEqualTo(phase);
        assertThat(attempt.cause()).isInstanceOf(AmqpTimeoutException.class).hasMessageContaining(words);
    }

    // ---- everything fails -----------------------------------------------------------------------------------------

    @Test
    void withoutEndpointsThereIsNothingToWaitFor() {
        DialWorld world = world().start();
        assertThat(world.log).containsExactly("0 failed");
        assertThat(world.isQuiet()).isTrue();
    }

    @Test
    void everyFailureIsToldInTheOrderOfTheAttempts() {
        DialWorld world = world("slow", "none", "empty", "two")
                .name("slow", 400, "a")
                .host("a", Host.refusing(2000))
                .unknown("none", 10)
                .name("empty", 0)
                .name("two", 0, "b", "c:")
                .host("b", Host.refusing(0))
                .host("c:", Host.failing(5, 5))
                .start()
                .run();
        assertThat(world.failures)
                .extracting(it -> it.endpoint().host() + " " + it.address() + " " + it.phase())
                .containsExactly("none  DNS", "empty  DNS", "two b TCP", "two c: AUTHENTICATION", "slow a TCP");
        assertThat(world.isQuiet()).isTrue();
    }

    @Test
    void eachPhaseHasItsLimit() {
        DialWorld world = world("nowhere", "hole", "silent")
                .single("hole", Host.blackHole())
                .single("silent", Host.silent(100))
                .start()
                .run();
        // silent connects at 600 ms and has four seconds; then the black hole, closed meanwhile, gets its five.
        assertThat(world.failures).hasSize(3);
        assertTimedOut(world.failures.get(0), Phase.DNS, "PT3S");
        assertTimedOut(world.failures.get(1), Phase.AUTHENTICATION, "PT4S");
        assertTimedOut(world.failures.get(2), Phase.TCP, "PT5S");
        assertThat(world.millis()).isEqualTo(600 + 4000 + 5000);
        assertThat(world.isQuiet()).isTrue();
    }

    @Test
    void tlsHasALimitOfItsOwnAndTheHandshakeOneAfterIt() {
        DialLimits limits = new DialLimits(
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(1));
        DialWorld world = new DialWorld(limits, "plain", "mute")
                .single("plain", new Host(0, null, DialWorld.NEVER, 0, null))
                .single("mute", new Host(0, null, 1900, DialWorld.NEVER, null))
                .start()
                .run();
        assertTimedOut(world.failures.get(0), Phase.TLS, "PT2S");
        assertTimedOut(world.failures.get(1), Phase.AUTHENTICATION, "PT3S");
        assertThat(world.millis()).isEqualTo(2000 + 1900 + 3000);
    }

    @Test
    void refusedCredentialsEndTheRoundWhateverElseIsUnderWay() {
        DialWorld world = world("a", "b", "c")
                .single("a", Host.refusingCredentials(10, 10))
                .single("b", Host.good(0, 0))
                .single("c", Host.good(0, 0))
                .start()
                .run();
        assertThat(world.refusal).hasMessage("a:5672: wrong password");
        assertThat(world.log).doesNotContain("0 resolve b");
        assertThat(world.isQuiet()).isTrue();
    }

    // ---- who wins -------------------------------------------------------------------------------------------------

    @Test
    void aRefusalLetsTheNextBeginAtOnce() {
        DialWorld world = world("n")
                .name("n", 0, "a", "b")
                .host("a", Host.refusing(3))
                .host("b", Host.good(2, 1))
                .start()
                .run();
        assertThat(world.log)
                .containsExactly("0 resolve n", "0 dial a", "3 refused a", "3 dial b", "5 connected b", "6 open b");
    }

    @Test
    void beyondABlackHoleItTakesTheAttemptDelay() {
        DialWorld world = world("n", "m")
                .name("n", 5, "a", "b:")
                .host("a", Host.blackHole())
                .host("b:", Host.blackHole())
                .single("m", Host.good(1, 1))
                .start()
                .run();
        assertThat(world.log)
                .containsExactly(
                        "0 resolve n",
                        "5 dial a",
                        "255 dial b:",
                        "505 resolve m",
                        "505 dial m",
                        "506 connected m",
                        "506 close a",
                        "506 close b:",
                        "507 open m");
    }

    @Test
    void aLookupThatHangsHoldsNobodyUp() {
        DialWorld world =
                world("hanging", "m").single("m", Host.good(0, 0)).start().run();
        assertThat(world.log)
                .containsExactly(
                        "0 resolve hanging",
                        "250 resolve m",
                        "250 dial m",
                        "250 connected m",
                        "250 close hanging",
                        "250 open m");
    }

    @Test
    void theFirstOneConnectedWinsNotTheFirstOneBegun() {
        DialWorld world = world("n")
                .name("n", 0, "far", "near")
                .host("far", Host.good(300, 0))
                .host("near", Host.good(10, 0))
                .start()
                .run();
        assertThat(world.opened).isEqualTo("near");
        assertThat(world.log).contains("260 close far");
    }

    @Test
    void whenTheWinnersHandshakeFailsThoseNotYetDialledComeFirstAndThenTheLosers() {
        DialWorld world = world("n")
                .name("n", 0, "slow", "bad", "worse")
                .host("slow", Host.good(1000, 1))
                .host("bad", Host.failing(10, 10))
                .host("worse", Host.refusing(20))
                .start()
                .run();
        assertThat(world.log)
                .containsExactly(
                        "0 resolve n",
                        "0 dial slow",
                        "250 dial bad",
                        "260 connected bad",
                        "260 close slow",
                        "270 failed bad",
                        "270 dial worse",
                        "290 refused worse",
                        "290 dial slow",
                        "1290 connected slow",
                        "1291 open slow");
    }

    @Test
    void nothingIsDialledWhileAHandshakeIsUnderWay() {
        DialWorld world = world("a", "b")
                .single("a", Host.silent(0))
                .single("b", Host.good(0, 0))
                .start()
                .run();
        assertThat(world.log).containsSubsequence("0 connected a", "4000 close a", "4000 resolve b", "4000 open b");
    }

    @Test
    void whatIsToldOfWorkThatIsOverIsIgnored() {
        DialWorld world = world("n").name("n", 0, "a", "b").host("b", Host.good(0, 5));
        world.start().runUntil(252);
        world.machine.onConnected(2); // a, closed when b won
        world.machine.onFailed(2, Phase.TCP, new IllegalStateException("closed"));
        world.machine.onOpen(2);
        world.machine.onResolved(1, List.of());
        world.run();
        assertThat(world.opened).isEqualTo("b");
        world.machine.onFailed(3, Phase.OPEN, new IllegalStateException("later loss"));
        world.machine.expire(new AmqpTimeoutException("late"));
        world.machine.cancel();
        assertThat(world.isQuiet()).isTrue();
    }

    // ---- giving up ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 255, 400, 600, 1200})
    void cancellingLeavesNothingBehindAndTellsNobody(int when) {
        DialWorld world = world("n", "hanging", "m")
                .name("n", 50, "a", "b")
                .name("m", 10, "m")
                .host("m", Host.silent(30))
                .start()
                .runUntil(when);
        world.machine.cancel();
        assertThat(world.over).isFalse();
        assertThat(world.isQuiet()).isTrue();
        int said = world.log.size();
        world.run();
        assertThat(world.log).hasSize(said);
    }

    @Test
    void whenTimeIsUpEachUnfinishedAttemptIsToldWithItsPhase() {
        DialWorld world = world("hanging", "n").name("n", 0, "a").start().runUntil(300);
        world.machine.expire(new AmqpTimeoutException("time is up"));
        assertThat(world.failures).extracting(Attempt::phase).containsExactly(Phase.DNS, Phase.TCP);
        assertThat(world.failures).allSatisfy(it -> assertThat(it.cause()).hasMessage("time is up"));
        assertThat(world.isQuiet()).isTrue();

        DialWorld shaking = world("n").single("n", Host.silent(0)).start().runUntil(300);
        shaking.machine.expire(new AmqpTimeoutException("time is up"));
        assertThat(shaking.failures).extracting(Attempt::phase).containsExactly(Phase.AUTHENTICATION);
        assertThat(shaking.isQuiet()).isTrue();
    }

    // ---- any schedule ---------------------------------------------------------------------------------------------

    /** What {@link DialWorld} checks at every step, and that there is an end, and that it is the right one. */
    @Test
    void anyScheduleEndsWithOneWinnerOrEveryFailure() {
        int opened = 0;
        int failed = 0;
        int cancelled = 0;
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            DialWorld world = randomWorld(random);
            boolean canOpen = world.hasWayIn();
            world.start();
            if (random.nextInt(5) == 0) {
                world.runUntil(random.nextInt(9_000));
                if (!world.over) {
                    if (random.nextBoolean()) {
                        world.machine.cancel();
                    } else {
                        world.machine.expire(new AmqpTimeoutException("time is up"));
                        assertThat(world.failures).as("seed " + seed).isNotEmpty();
                    }
                    cancelled++;
                    assertThat(world.isQuiet())
                            .as("seed " + seed + ": " + world.log)
                            .isTrue();
                    continue;
                }
            }
            world.run();
            assertThat(world.over).as("seed " + seed + ": " + world.log).isTrue();
            assertThat(world.isQuiet()).as("seed " + seed + ": " + world.log).isTrue();
            if (world.opened.isEmpty()) {
                failed++;
                assertThat(world.refusal != null || !canOpen)
                        .as("seed " + seed + " has a way in: " + world.log)
                        .isTrue();
            } else {
                opened++;
                assertThat(canOpen).as("seed " + seed).isTrue();
            }
        }
        assertThat(List.of(opened, failed, cancelled)).allMatch(it -> it > 300);
    }

    private static final int[] DELAYS = {0, 1, 100, 249, 250, 251, 600, 2_000, DialWorld.NEVER};

    private static int delay(Random random) {
        return DELAYS[random.nextInt(DELAYS.length)];
    }

    private static DialWorld randomWorld(Random random) {
        int count = 1 + random.nextInt(4);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add("n" + i);
        }
        DialWorld world = world(names.toArray(String[]::new));
        for (String name : names) {
            if (random.nextInt(6) == 0) {
                world.unknown(name, delay(random));
                continue;
            }
            List<String> addresses = new ArrayList<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                String address = name + (random.nextBoolean() ? ":" : ".") + i;
                addresses.add(address);
                world.host(
                        address,
                        switch (random.nextInt(12)) {
                            case 0, 1, 2 -> Host.refusing(delay(random));
                            case 3, 4 -> Host.failing(delay(random), delay(random));
                            case 5 -> Host.refusingCredentials(delay(random), delay(random));
                            case 6, 7 -> Host.silent(delay(random));
                            case 8, 9 -> Host.blackHole();
                            default -> Host.good(delay(random), delay(random));
                        });
            }
            world.name(name, delay(random), addresses.toArray(String[]::new));
        }
        return world;
    }
}
