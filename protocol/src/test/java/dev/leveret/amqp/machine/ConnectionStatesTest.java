package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.testing.AllMethods;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state of a connection × every method on channel 0. */
class ConnectionStatesTest {

    private static final String IGNORED = "ignored";
    private static final String COMMAND_INVALID = "ends with 503";

    /** What is accepted in a state, and the state that follows; what is not listed is the state's last column. */
    private static final Map<ConnectionState, Map<String, String>> ACCEPTED = Map.of(
            ConnectionState.STARTING,
            Map.of("connection.start", "SECURING", "connection.close", "CLOSED", "else", COMMAND_INVALID),
            ConnectionState.SECURING,
            Map.of(
                    "connection.secure", "SECURING",
                    "connection.tune", "OPENING",
                    "connection.close", "CLOSED",
                    "else", COMMAND_INVALID),
            ConnectionState.OPENING,
            Map.of("connection.open-ok", "OPEN", "connection.close", "CLOSED", "else", COMMAND_INVALID),
            ConnectionState.OPEN,
            Map.of(
                    "connection.blocked", "OPEN",
                    "connection.unblocked", "OPEN",
                    "connection.close", "CLOSED",
                    "else", COMMAND_INVALID),
            ConnectionState.CLOSING,
            Map.of("connection.close-ok", "CLOSED", "connection.close", "CLOSED", "else", IGNORED),
            ConnectionState.CLOSED,
            Map.of("else", IGNORED));

    static List<Arguments> everyStateAndMethod() {
        List<Arguments> all = new ArrayList<>();
        for (ConnectionState state : ConnectionState.values()) {
            for (Method method : AllMethods.examples()) {
                Map<String, String> accepted = ACCEPTED.get(state);
                all.add(Arguments.of(
                        state,
                        method.name(),
                        accepted.getOrDefault(method.name(), Objects.requireNonNull(accepted.get("else")))));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{1} in {0}: {2}")
    @MethodSource("everyStateAndMethod")
    void everyMethodIsAcceptedIgnoredOrRefused(ConnectionState state, String name, String expected) {
        MachineRig rig = in(state);
        rig.takeSent();
        int events = rig.events().size();

        rig.feed(0, valid(AllMethods.example(name)));

        switch (expected) {
            case IGNORED -> {
                assertThat(rig.machine().state()).isEqualTo(state);
                assertThat(rig.takeSent()).isEmpty();
                assertThat(rig.events()).hasSize(events);
            }
            case COMMAND_INVALID -> {
                assertThat(rig.machine().state()).isEqualTo(ConnectionState.CLOSED);
                assertThat(rig.machine().stateAtEnd()).isEqualTo(state);
                assertThat(rig.isTransportClosed()).isTrue();
                assertThat(rig.endCause()).isInstanceOf(ConnectionClosedException.class);
                ConnectionClosedException cause = (ConnectionClosedException) Objects.requireNonNull(rig.endCause());
                assertThat(cause.replyCode()).isEqualTo(503);
                assertThat(cause).hasMessageContaining(name);
                assertToldThePeer(rig, state, name);
            }
            default -> assertThat(rig.machine().state()).isEqualTo(ConnectionState.valueOf(expected));
        }
    }

    /** A peer that has not let us in need not be told why we leave. */
    private static void assertToldThePeer(MachineRig rig, ConnectionState state, String name) {
        List<Method> sent = rig.takeSentMethods();
        if (state == ConnectionState.OPENING || state == ConnectionState.OPEN) {
            assertThat(sent).hasSize(1);
            assertThat(sent.get(0)).isInstanceOfSatisfying(ConnectionMethod.Close.class, close -> {
                assertThat(close.replyCode()).isEqualTo(503);
                assertThat(close.replyText()).contains(name);
            });
        } else {
            assertThat(sent).isEmpty();
        }
    }

    /** The example with the values that a broker would send. */
    private static Method valid(Method example) {
        if (example instanceof ConnectionMethod.Start) {
            return FakeBroker.START;
        }
        return example instanceof ConnectionMethod.Tune ? FakeBroker.TUNE : example;
    }

    private static MachineRig in(ConnectionState state) {
        MachineRig rig = MachineRig.alone().start();
        if (state.compareTo(ConnectionState.SECURING) >= 0) {
            rig.feed(0, FakeBroker.START);
        }
        if (state.compareTo(ConnectionState.OPENING) >= 0) {
            rig.feed(0, FakeBroker.TUNE);
        }
        if (state.compareTo(ConnectionState.OPEN) >= 0) {
            rig.feed(0, new ConnectionMethod.OpenOk());
        }
        if (state.compareTo(ConnectionState.CLOSING) >= 0) {
            rig.machine().close(Duration.ofSeconds(5));
            rig.pump();
        }
        if (state == ConnectionState.CLOSED) {
            rig.feed(0, new ConnectionMethod.CloseOk());
        }
        assertThat(rig.machine().state()).isEqualTo(state);
        return rig;
    }

    @ParameterizedTest
    @EnumSource(
            value = ConnectionState.class,
            names = {"STARTING", "SECURING", "OPENING", "OPEN"})
    void theBrokersCloseIsAnsweredInEveryState(ConnectionState state) {
        MachineRig rig = in(state);
        rig.takeSent();
        rig.feed(0, new ConnectionMethod.Close(320, "CONNECTION_FORCED - bye", 0, 0));
        assertThat(rig.takeSentMethods()).containsExactly(new ConnectionMethod.CloseOk());
        assertThat(rig.isTransportClosed()).isTrue();
        assertThat(rig.endCause()).hasMessageContaining("bye");
    }

    @ParameterizedTest
    @EnumSource(ConnectionState.class)
    void aConnectionEndsOnceWhateverHappensThen(ConnectionState state) {
        MachineRig rig = in(state);
        rig.lose(null);
        rig.machine().lost(new IllegalStateException("again"));
        rig.machine().close(Duration.ofSeconds(5));
        rig.advance(Duration.ofMinutes(5));
        assertThat(rig.events().stream().filter(it -> it.startsWith("end"))).hasSize(1);
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.CLOSED);
    }

    @Test
    void everyStateIsReachedFromTheFirstAndLeadsToTheLast() {
        EnumSet<ConnectionState> reached = EnumSet.of(ConnectionState.STARTING);
        while (reached.addAll(reached.stream().flatMap(it -> it.next().stream()).toList())) {
            assertThat(reached).isNotEmpty();
        }
        assertThat(reached).containsExactly(ConnectionState.values());
        for (ConnectionState state : ConnectionState.values()) {
            boolean last = state == ConnectionState.CLOSED;
            assertThat(state.next().contains(ConnectionState.CLOSED)).isEqualTo(!last);
        }
    }
}
