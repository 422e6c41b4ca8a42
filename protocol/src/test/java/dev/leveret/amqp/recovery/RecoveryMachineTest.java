package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.ReconnectBudget;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link RecoveryMachine} step by step; every pause is the longest that there can be. */
class RecoveryMachineTest {

    private static final AmqpException LOST = new ConnectionLostException("the network broke", null);
    private static final AmqpException FORCED = closed(320);
    private static final AmqpException DOWN =
            new ConnectFailedException(List.of(attempt(Phase.TCP, new java.io.IOException("refused"))));
    private static final AmqpException BAD_PASSWORD = new AuthenticationException("the broker refused", null);
    private static final AmqpException NO_VHOST = new ConnectFailedException(List.of(attempt(Phase.OPEN, closed(530))));

    private static final RandomGenerator LONGEST = new RandomGenerator() {
        @Override
        public long nextLong() {
            return 0;
        }

        @Override
        public long nextLong(long bound) {
            return bound - 1;
        }
    };

    private final RecoveryOptions options = RecoveryOptions.standard()
            .withDelay(Duration.ofMillis(500), Duration.ofSeconds(30))
            .withBudget(new ReconnectBudget(1_000_000, Duration.ofSeconds(1)));

    private final List<String> calls = new ArrayList<>();
    private final Deadlines deadlines = new Deadlines(Long.MAX_VALUE - 1_000_000);
    private AmqpException reason = LOST;
    private Consumer<RecoveryMachine> whenDialling = it -> {};
    private RecoveryMachine machine = machine(options);

    // ---- the ordinary way -------------------------------------------------------------------------------------------

    @Test
    void aLostConnectionIsDialledAfterAPauseAndThenRestored() {
        pass(Duration.ofMinutes(1));
        machine.onLost(LOST);
        assertThat(machine.state()).isEqualTo(RecoveryState.WAITING);
        pass(Duration.ofMillis(499));
        assertThat(calls).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(machine.state()).isEqualTo(RecoveryState.DIALLING);
        pass(Duration.ofMillis(70));
        assertThat(machine.onDialed()).isTrue();
        assertThat(machine.state()).isEqualTo(RecoveryState.REPLAYING);
        pass(Duration.ofMillis(30));
        machine.onReplayed();

        assertThat(machine.state()).isEqualTo(RecoveryState.CONNECTED);
        assertThat(calls).containsExactly("dial", "replay", "recovered in 1 after PT0.6S");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void pausesGrowUntilTheLongest() {
        machine.onLost(LOST);
        for (int attempt = 1; attempt <= 8; attempt++) {
            nextDeadline();
            machine.onDialFailed(DOWN);
        }

        assertThat(calls)
                .filteredOn(it -> it.startsWith("failed"))
                .containsExactly(
                        "failed 1, next PT1S",
                        "failed 2, next PT2S",
                        "failed 3, next PT4S",
                        "failed 4, next PT8S",
                        "failed 5, next PT16S",
                        "failed 6, next PT30S",
                        "failed 7, next PT30S",
                        "failed 8, next PT30S");
    }

    @Test
    void aConnectionThatDidNotLastGoesOnWithTheBackoffAndOneThatDidBeginsAnew() {
        recover(LOST);
        // Twice the bound of the next pause, which is a second.
        pass(Duration.ofSeconds(2).minusNanos(1));
        machine.onLost(LOST);
        assertThat(untilNext()).isEqualTo(Duration.ofSeconds(1));
        finishRecovery();
        pass(Duration.ofSeconds(4));
        machine.onLost(LOST);
        assertThat(untilNext()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void aLossWhileRestoringIsAFailedAttempt() {
        machine.onLost(LOST);
        nextDeadline();
        machine.onDialed();
        pass(Duration.ofSeconds(1));
        machine.onLost(LOST);
        nextDeadline();
        machine.onDialed();
        machine.onReplayed();

        assertThat(calls)
                .containsExactly(
                        "dial", "replay", "failed 1, next PT1S", "dial", "replay", "recovered in 2 after PT2.5S");
    }

    // ---- a broker that shuts down -----------------------------------------------------------------------------------

    @Test
    void whenTheBrokerShutsDownAnotherAddressIsDialledAtOnce() {
        machine.onLost(FORCED);
        deadlines.runDue();
        assertThat(calls).containsExactly("dial elsewhere");

        machine.onDialFailed(DOWN);
        nextDeadline();
        assertThat(calls).containsExactly("dial elsewhere", "failed 1, next PT1S", "dial elsewhere");
    }

    @Test
    void aBrokerThatShutsOutEachConnectionIsNotFallenUpon() {
        recover(FORCED);
        machine.onLost(FORCED);

        assertThat(untilNext()).isEqualTo(Duration.ofSeconds(1));
        nextDeadline();
        assertThat(calls).last().isEqualTo("dial elsewhere");
    }

    @Test
    void theNextLossDoesNotAvoidAnAddressForTheLastOnesSake() {
        recover(FORCED);
        recover(LOST);

        assertThat(calls).filteredOn(it -> it.startsWith("dial")).containsExactly("dial elsewhere", "dial");
    }

    // ---- giving up --------------------------------------------------------------------------------------------------

    static Stream<AmqpException> refusals() {
        return Stream.of(BAD_PASSWORD, NO_VHOST);
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void refusalsInARowEndIt(AmqpException refusal) {
        machine.onLost(LOST);
        for (int i = 0; i < 3; i++) {
            nextDeadline();
            machine.onDialFailed(refusal);
        }

        assertThat(machine.state()).isEqualTo(RecoveryState.GAVE_UP);
        assertThat(calls).last().asString().startsWith("gave up");
        assertThat(reason)
                .isInstanceOf(refusal.getClass())
                .hasCause(refusal)
                .hasMessageContaining("refused it 3 times in a row")
                .hasMessageContaining(refusal.getMessage());
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void refusalsThatAreNotInARowDoNot() {
        machine.onLost(LOST);
        for (AmqpException failure : List.of(BAD_PASSWORD, NO_VHOST, DOWN, NO_VHOST, BAD_PASSWORD)) {
            nextDeadline();
            machine.onDialFailed(failure);
        }
        assertThat(machine.state()).isEqualTo(RecoveryState.WAITING);
        finishRecovery();
        machine.onLost(LOST);
        nextDeadline();
        machine.onDialFailed(BAD_PASSWORD);

        assertThat(machine.state()).isEqualTo(RecoveryState.WAITING);
    }

    @Test
    void oneRefusalEndsItWhereOneIsTheLimit() {
        machine = machine(options.withRefusals(1));
        machine.onLost(LOST);
        nextDeadline();
        machine.onDialFailed(BAD_PASSWORD);

        assertThat(reason).hasMessageContaining("the broker refused").isInstanceOf(AuthenticationException.class);
    }

    @Test
    void whenTheTimeIsUpWhileDiallingTheRoundIsCancelled() {
        machine = machine(options.withGivingUpAfter(Duration.ofSeconds(2)));
        machine.onLost(LOST);
        nextDeadline();
        machine.onDialFailed(DOWN);
        nextDeadline();
        assertThat(machine.state()).isEqualTo(RecoveryState.DIALLING);
        pass(Duration.ofSeconds(1));

        assertThat(calls).endsWith("cancel", "gave up");
        assertThat(reason)
                .isInstanceOf(ConnectFailedException.class)
                .hasMessageContaining("within PT2S, in 2 attempts")
                .hasMessageContaining("refused");
        assertThat(((ConnectFailedException) reason).attempts()).hasSize(1);
        assertThat(machine.onDialed()).as("too late").isFalse();
        assertThat(deadlines.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whenTheTimeIsUpBetweenAttemptsOrWhileRestoringItIsOver(boolean restoring) {
        machine = machine(options.withGivingUpAfter(restoring ? Duration.ofSeconds(2) : Duration.ofMillis(400)));
        machine.onLost(LOST);
        if (restoring) {
            nextDeadline();
            machine.onDialed();
        }
        pass(Duration.ofSeconds(3));

        assertThat(machine.state()).isEqualTo(RecoveryState.GAVE_UP);
        assertThat(calls).last().isEqualTo("gave up");
        assertThat(calls).doesNotContain("cancel");
        assertThat(reason).isInstanceOf(ConnectionLostException.class).hasMessageContaining("the network broke");
    }

    @Test
    void theTimeToGiveUpBeginsWithEachLoss() {
        machine = machine(options.withGivingUpAfter(Duration.ofSeconds(2)));
        for (int i = 0; i < 10; i++) {
            recover(LOST);
            pass(Duration.ofMinutes(1));
        }
        assertThat(machine.state()).isEqualTo(RecoveryState.CONNECTED);
    }

    @Test
    void theSameCauseAgainAndAgainEndsItWhereverItStrikes() {
        machine = machine(options.withSameCauseLimit(4, Duration.ofMinutes(1)));
        recover(closed(541));
        recover(closed(504));
        recover(closed(541));
        machine.onLost(LOST);
        nextDeadline();
        machine.onDialed();
        machine.onLost(closed(541));
        nextDeadline();
        machine.onDialed();
        assertThat(machine.state()).isEqualTo(RecoveryState.REPLAYING);
        machine.onLost(closed(541));

        assertThat(machine.state()).isEqualTo(RecoveryState.GAVE_UP);
        assertThat(reason)
                .isInstanceOf(ConnectionClosedException.class)
                .hasMessageContaining("same cause 4 times within PT1M")
                .hasMessageContaining("code 541");
        assertThat(((ConnectionClosedException) reason).replyCode()).isEqualTo(541);
    }

    @Test
    void aProtocolErrorOfTheBrokersIsSuchACause() {
        machine = machine(options.withSameCauseLimit(2, Duration.ofMinutes(1)));
        AmqpException error = new ConnectionClosedException("the peer broke the protocol", 505, false);
        recover(error);
        recover(closed(505));
        machine.onLost(error);

        assertThat(machine.state()).isEqualTo(RecoveryState.GAVE_UP);
    }

    @Test
    void lossesWithoutAWordAndShutdownsMayComeAsOftenAsTheyLike() {
        for (int i = 0; i < 50; i++) {
            recover(LOST);
            recover(FORCED);
        }
        assertThat(machine.state()).isEqualTo(RecoveryState.CONNECTED);
    }

    @Test
    void theSameCauseNowAndThenIsRecovered() {
        for (int i = 0; i < 50; i++) {
            recover(closed(541));
            pass(Duration.ofMinutes(1));
        }
        assertThat(machine.state()).isEqualTo(RecoveryState.CONNECTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 0})
    void whatThisSideClosedOnRequestIsNotRecovered(int code) {
        AmqpException closing = new ConnectionClosedException("closed by this side", code, false);
        machine.onLost(closing);

        assertThat(machine.state()).isEqualTo(RecoveryState.GAVE_UP);
        assertThat(reason).isSameAs(closing);
    }

    // ---- every state and every input --------------------------------------------------------------------------------

    private enum Input {
        LOST_CONNECTION,
        DIALED,
        DIAL_FAILED,
        REPLAYED,
        STOP
    }

    @ParameterizedTest
    @EnumSource(RecoveryState.class)
    void anInputThatIsNotAwaitedChangesNothing(RecoveryState state) {
        for (Input input : Input.values()) {
            bring(state);
            List<String> before = List.copyOf(calls);
            int waiting = deadlines.size();
            RecoveryState expected = after(state, input);

            apply(input);

            assertThat(machine.state()).as("%s in %s", input, state).isEqualTo(expected);
            if (expected == state) {
                assertThat(calls).as("%s in %s", input, state).isEqualTo(before);
                assertThat(deadlines.size()).isEqualTo(waiting);
            } else {
                assertThat(state.next()).contains(expected);
            }
            machine.stop();
        }
    }

    private static RecoveryState after(RecoveryState state, Input input) {
        return switch (input) {
            case LOST_CONNECTION ->
                state == RecoveryState.CONNECTED || state == RecoveryState.REPLAYING ? RecoveryState.WAITING : state;
            case DIALED -> state == RecoveryState.DIALLING ? RecoveryState.REPLAYING : state;
            case DIAL_FAILED -> state == RecoveryState.DIALLING ? RecoveryState.WAITING : state;
            case REPLAYED -> state == RecoveryState.REPLAYING ? RecoveryState.CONNECTED : state;
            case STOP -> state.isFinal() ? state : RecoveryState.STOPPED;
        };
    }

    @ParameterizedTest
    @EnumSource(RecoveryState.class)
    void afterAStopNothingIsCalledAndNothingWaits(RecoveryState state) {
        bring(state);
        calls.clear();

        machine.stop();
        machine.stop();
        pass(Duration.ofDays(1));
        for (Input input : Input.values()) {
            apply(input);
        }

        assertThat(calls).isEqualTo(state == RecoveryState.DIALLING ? List.of("cancel") : List.of());
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void aDriverMayAnswerFromWithinItsCalls() {
        List<Integer> rounds = new ArrayList<>();
        whenDialling = it -> {
            rounds.add(rounds.size());
            if (rounds.size() < 3) {
                it.onDialFailed(DOWN);
            } else {
                it.onDialed();
                it.onReplayed();
            }
        };
        machine.onLost(LOST);
        while (deadlines.next().isPresent()) {
            nextDeadline();
        }

        assertThat(calls)
                .containsExactly(
                        "dial",
                        "failed 1, next PT1S",
                        "dial",
                        "failed 2, next PT2S",
                        "dial",
                        "replay",
                        "recovered in 3 after PT3.5S");
    }

    private void bring(RecoveryState state) {
        machine = machine(options);
        if (state == RecoveryState.STOPPED) {
            machine.stop();
            return;
        }
        if (state == RecoveryState.GAVE_UP) {
            machine.onLost(new ConnectionClosedException("closed by this side", 200, false));
            return;
        }
        if (state != RecoveryState.CONNECTED) {
            machine.onLost(LOST);
        }
        if (state == RecoveryState.DIALLING || state == RecoveryState.REPLAYING) {
            nextDeadline();
        }
        if (state == RecoveryState.REPLAYING) {
            machine.onDialed();
        }
    }

    private void apply(Input input) {
        switch (input) {
            case LOST_CONNECTION -> machine.onLost(LOST);
            case DIALED -> {
                boolean awaited = machine.state() == RecoveryState.DIALLING;
                assertThat(machine.onDialed()).isEqualTo(awaited);
            }
            case DIAL_FAILED -> machine.onDialFailed(DOWN);
            case REPLAYED -> machine.onReplayed();
            case STOP -> machine.stop();
        }
    }

    // ---- rig --------------------------------------------------------------------------------------------------------

    private RecoveryMachine machine(RecoveryOptions options) {
        return new RecoveryMachine(options, deadlines, LONGEST, new RecoveryMachine.Driver() {
            @Override
            public void dial(boolean avoidLastAddress) {
                calls.add(avoidLastAddress ? "dial elsewhere" : "dial");
                whenDialling.accept(machine);
            }

            @Override
            public void cancelDial() {
                calls.add("cancel");
            }

            @Override
            public void replay() {
                calls.add("replay");
            }

            @Override
            public void onRecovered(int attempts, Duration downtime) {
                calls.add("recovered in " + attempts + " after " + downtime);
            }

            @Override
            public void onAttemptFailed(int attempt, AmqpException cause, Duration next) {
                calls.add("failed " + attempt + ", next " + next);
            }

            @Override
            public void giveUp(AmqpException cause) {
                calls.add("gave up");
                reason = cause;
            }
        });
    }

    private void recover(AmqpException cause) {
        machine.onLost(cause);
        finishRecovery();
    }

    private void finishRecovery() {
        nextDeadline();
        machine.onDialed();
        machine.onReplayed();
        assertThat(machine.state()).isEqualTo(RecoveryState.CONNECTED);
    }

    private Duration untilNext() {
        return Duration.ofNanos(deadlines.next().orElseThrow() - deadlines.now());
    }

    private void nextDeadline() {
        deadlines.advance(deadlines.next().orElseThrow());
    }

    private void pass(Duration time) {
        deadlines.advance(deadlines.now() + time.toNanos());
    }

    private static ConnectionClosedException closed(int code) {
        return new ConnectionClosedException("the broker closed the connection: code " + code, code, true);
    }

    private static Attempt attempt(Phase phase, Throwable cause) {
        return new Attempt(new Endpoint("broker", 5672), "10.0.0.1", phase, cause);
    }
}
