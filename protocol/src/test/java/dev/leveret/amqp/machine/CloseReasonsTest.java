package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloseReasonsTest {

    @Test
    void aChannelsReasonNamesTheRefusedMethodAndTheCodeOnce() {
        ChannelClosedException reason =
                CloseReasons.channel(7, new ChannelMethod.Close(404, "NOT_FOUND - no queue 'q'", 50, 10));
        assertThat(reason)
                .hasMessage("the broker closed channel 7 because of queue.declare: 404 NOT_FOUND - no queue 'q'");
        assertThat(reason.replyCode()).isEqualTo(404);
        assertThat(reason.method()).isEqualTo("queue.declare");
        assertThat(reason.byBroker()).isTrue();
    }

    @Test
    void aTextWithoutTheCodesNameGetsIt() {
        assertThat(CloseReasons.channel(1, new ChannelMethod.Close(406, "no", 60, 80)))
                .hasMessage("the broker closed channel 1 because of basic.ack: 406 PRECONDITION_FAILED, no");
    }

    @Test
    void noMethodMayBeToBlame() {
        ChannelClosedException reason = CloseReasons.channel(1, new ChannelMethod.Close(541, "INTERNAL_ERROR", 0, 0));
        assertThat(reason).hasMessage("the broker closed channel 1: 541 INTERNAL_ERROR");
        assertThat(reason.method()).isEmpty();
    }

    @Test
    void codesAndMethodsThatNobodyKnowsAreTheirNumbers() {
        ChannelClosedException reason = CloseReasons.channel(1, new ChannelMethod.Close(799, "odd", 250, 3));
        assertThat(reason.getMessage()).contains("799, odd").contains("250.3");
        assertThat(reason.replyCode()).isEqualTo(799);
    }

    @ParameterizedTest
    @ValueSource(ints = {403, 530})
    void refusedCredentialsAreAnAuthenticationFailure(int code) {
        AmqpException reason = CloseReasons.connection(
                ConnectionState.SECURING, new ConnectionMethod.Close(code, "Login was refused", 0, 0));
        assertThat(reason).isInstanceOf(AuthenticationException.class).hasMessageContaining("Login was refused");
    }

    @Test
    void anotherReasonBeforeTheConnectionIsTunedIsNoAuthenticationFailure() {
        assertThat(CloseReasons.connection(
                        ConnectionState.SECURING, new ConnectionMethod.Close(320, "CONNECTION_FORCED", 0, 0)))
                .isInstanceOf(ConnectionClosedException.class);
    }

    @Test
    void ofALongTextTheBrokerIsToldTheBeginning() {
        assertThat(CloseReasons.forBroker("short")).isEqualTo("short");
        assertThat(CloseReasons.forBroker("x".repeat(80))).hasSize(80);
        assertThat(CloseReasons.forBroker("x".repeat(81))).hasSize(80);
        assertThat(CloseReasons.forBroker("x".repeat(79) + "\uD83D\uDC07")).isEqualTo("x".repeat(79));
        assertThat(CloseReasons.forBroker("x".repeat(78) + "\uD83D\uDC07")).endsWith("\uD83D\uDC07");
        assertThat(CloseReasons.forBroker("half a pair \uD83D")).isEqualTo("half a pair ?");
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTING", "OPENING", "OPEN"})
    void accessRefusedLaterIsAboutSomethingElse(ConnectionState state) {
        assertThat(CloseReasons.connection(state, new ConnectionMethod.Close(403, "ACCESS_REFUSED - vhost", 10, 40)))
                .isInstanceOf(ConnectionClosedException.class);
    }

    @Test
    void aConnectionsReasonTellsTheBrokersWords() {
        ConnectionClosedException reason = (ConnectionClosedException) CloseReasons.connection(
                ConnectionState.OPEN, new ConnectionMethod.Close(320, "CONNECTION_FORCED - shutdown", 0, 0));
        assertThat(reason).hasMessage("the broker closed the connection: 320 CONNECTION_FORCED - shutdown");
        assertThat(reason.replyCode()).isEqualTo(320);
        assertThat(reason.byBroker()).isTrue();
    }
}
