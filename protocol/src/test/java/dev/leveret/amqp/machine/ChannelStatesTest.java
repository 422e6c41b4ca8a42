package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.testing.AllMethods;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import dev.leveret.amqp.wire.TxMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state of a channel × every method on its number. */
class ChannelStatesTest {

    private static final String IGNORED = "ignored";

    /** A situation of channel 1. Its machine's state is not all: what it waits for matters too. */
    private enum Situation {
        NEVER_OPENED,
        OPENING,
        OPENING_ON_A_USED_NUMBER,
        OPEN,
        OPEN_AND_CONFIRMING,
        CLOSING,
        CLOSED_BY_US,
        CLOSED_BY_BROKER
    }

    /** What is accepted, and the state that follows; what is not listed is "else". A number is the connection's end. */
    private static final Map<Situation, Map<String, String>> ACCEPTED = Map.of(
            Situation.NEVER_OPENED,
            Map.of("else", "504"),
            Situation.OPENING,
            Map.of("channel.open-ok", "OPEN", "channel.close", "CLOSED", "else", "504"),
            Situation.OPENING_ON_A_USED_NUMBER,
            Map.of("channel.open-ok", "OPEN", "channel.close", "CLOSED", "else", IGNORED),
            Situation.OPEN,
            Map.of(
                    "basic.deliver", "OPEN",
                    "basic.return", "OPEN",
                    "basic.cancel", "OPEN",
                    "channel.flow", "OPEN",
                    "channel.close", "CLOSED",
                    "basic.ack", "530",
                    "basic.nack", "530",
                    "else", "503"),
            Situation.OPEN_AND_CONFIRMING,
            Map.of(
                    "basic.deliver", "OPEN",
                    "basic.return", "OPEN",
                    "basic.cancel", "OPEN",
                    "channel.flow", "OPEN",
                    "channel.close", "CLOSED",
                    "basic.ack", "OPEN",
                    "basic.nack", "OPEN",
                    "else", "503"),
            Situation.CLOSING,
            Map.of("channel.close-ok", "CLOSED", "channel.close", "CLOSING", "else", IGNORED),
            Situation.CLOSED_BY_US,
            Map.of("else", IGNORED),
            Situation.CLOSED_BY_BROKER,
            Map.of("else", IGNORED));

    static List<Arguments> everySituationAndMethod() {
        List<Arguments> all = new ArrayList<>();
        for (Situation situation : Situation.values()) {
            for (Method method : AllMethods.examples()) {
                Map<String, String> accepted = ACCEPTED.get(situation);
                // The connection's methods have no business on a channel, whatever becomes of that.
                String otherwise =
                        method instanceof ConnectionMethod ? "503" : Objects.requireNonNull(accepted.get("else"));
                all.add(Arguments.of(situation, method.name(), accepted.getOrDefault(method.name(), otherwise)));
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{1} while {0}: {2}")
    @MethodSource("everySituationAndMethod")
    void everyMethodIsAcceptedIgnoredOrRefused(Situation situation, String name, String expected) {
        MachineRig rig = MachineRig.alone().open(new ConnectionMethod.Tune(1, 131072, 0));
        ChannelLog channel = bring(rig, situation);
        ChannelState before = channel == null ? null : channel.machine().state();
        rig.takeSent();

        rig.feed(1, AllMethods.example(name));

        if (Character.isDigit(expected.charAt(0))) {
            assertConnectionEnded(rig, Integer.parseInt(expected));
        } else if (expected.equals(IGNORED)) {
            assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
            assertThat(rig.takeSent()).isEmpty();
            assertThat(Objects.requireNonNull(channel).machine().state()).isEqualTo(before);
        } else {
            assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
            assertThat(Objects.requireNonNull(channel).machine().state()).isEqualTo(ChannelState.valueOf(expected));
        }
    }

    private static void assertConnectionEnded(MachineRig rig, int code) {
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.CLOSED);
        assertThat(rig.endCause()).isInstanceOf(ConnectionClosedException.class);
        ConnectionClosedException cause = (ConnectionClosedException) Objects.requireNonNull(rig.endCause());
        assertThat(cause.replyCode()).isEqualTo(code);
        assertThat(rig.takeSentMethods())
                .filteredOn(ConnectionMethod.Close.class::isInstance)
                .singleElement()
                .extracting(it -> ((ConnectionMethod.Close) it).replyCode())
                .isEqualTo(code);
    }

    private static ChannelLog bring(MachineRig rig, Situation situation) {
        if (situation == Situation.NEVER_OPENED) {
            return null;
        }
        if (situation == Situation.OPENING) {
            return rig.requestChannel();
        }
        ChannelLog channel = rig.channel();
        switch (situation) {
            case OPEN_AND_CONFIRMING -> {
                channel.publish(OutboundMessage.of("", "q", new byte[0]));
                rig.feed(1, new ConfirmMethod.SelectOk());
            }
            case OPENING_ON_A_USED_NUMBER -> {
                channel.machine().close();
                rig.feed(1, new ChannelMethod.CloseOk());
                channel = rig.requestChannel();
            }
            case CLOSING -> channel.machine().close();
            case CLOSED_BY_US -> {
                channel.machine().close();
                rig.feed(1, new ChannelMethod.CloseOk());
            }
            case CLOSED_BY_BROKER -> rig.feed(1, new ChannelMethod.Close(404, "NOT_FOUND", 0, 0));
            default -> {}
        }
        rig.pump();
        if (situation != Situation.CLOSING) {
            channel.consume("x", true);
            rig.pump();
            if (channel.machine().state() == ChannelState.OPEN) {
                rig.feed(1, new BasicMethod.QosOk());
                rig.feed(1, new BasicMethod.ConsumeOk("x"));
            }
        }
        return channel;
    }

    /** Each request, and the only answers to it. */
    static List<Arguments> requestsAndAnswers() {
        return List.of(
                request("queue.declare", QueueMethod.DeclareOk.ID, "queue.declare-ok"),
                request("queue.bind", QueueMethod.BindOk.ID, "queue.bind-ok"),
                request("queue.unbind", QueueMethod.UnbindOk.ID, "queue.unbind-ok"),
                request("queue.purge", QueueMethod.PurgeOk.ID, "queue.purge-ok"),
                request("queue.delete", QueueMethod.DeleteOk.ID, "queue.delete-ok"),
                request("exchange.declare", ExchangeMethod.DeclareOk.ID, "exchange.declare-ok"),
                request("exchange.delete", ExchangeMethod.DeleteOk.ID, "exchange.delete-ok"),
                request("exchange.bind", ExchangeMethod.BindOk.ID, "exchange.bind-ok"),
                request("exchange.unbind", ExchangeMethod.UnbindOk.ID, "exchange.unbind-ok"),
                request("basic.qos", BasicMethod.QosOk.ID, "basic.qos-ok"),
                request("basic.cancel", BasicMethod.CancelOk.ID, "basic.cancel-ok"),
                request("basic.recover", BasicMethod.RecoverOk.ID, "basic.recover-ok"),
                request("confirm.select", ConfirmMethod.SelectOk.ID, "confirm.select-ok"),
                request("tx.select", TxMethod.SelectOk.ID, "tx.select-ok"));
    }

    private static Arguments request(String name, int replyId, String answer) {
        return Arguments.of(name, replyId, answer);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requestsAndAnswers")
    void aRequestIsAnsweredByItsOwnAnswerOnly(String request, int replyId, String answer) {
        for (Method method : AllMethods.examples()) {
            boolean always = List.of("basic.deliver", "basic.return", "basic.cancel", "channel.flow", "channel.close")
                    .contains(method.name());
            if (always) {
                continue;
            }
            MachineRig rig = MachineRig.alone().open();
            var reply = rig.channel().request(AllMethods.example(request), replyId);
            rig.feed(1, method);
            if (method.name().equals(answer)) {
                assertThat(reply.reply()).isEqualTo(method);
                assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
            } else {
                assertThat(rig.machine().state()).as(method.name()).isEqualTo(ConnectionState.CLOSED);
                assertThat(reply.failure()).as(method.name()).isInstanceOf(ConnectionClosedException.class);
                assertThat(reply.outcomes()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("requestsAndAnswers")
    void aRequestThatTheBrokerRefusesFailsWithTheChannelsReason(String request, int replyId, String answer) {
        MachineRig rig = MachineRig.alone().open();
        ChannelLog channel = rig.channel();
        var reply = channel.request(AllMethods.example(request), replyId);
        rig.feed(1, new ChannelMethod.Close(403, "ACCESS_REFUSED - no", 0, 0));
        assertThat(reply.failure()).hasMessageContaining("ACCESS_REFUSED - no").isSameAs(channel.endCause());
        assertThat(reply.outcomes()).isEqualTo(1);
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
        rig.machine().close(Duration.ofSeconds(1));
    }
}
