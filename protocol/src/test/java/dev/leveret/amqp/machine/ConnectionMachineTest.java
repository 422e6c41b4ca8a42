package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.QueueMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a connection does beyond its table of states. */
class ConnectionMachineTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final MachineRig rig = MachineRig.alone();

    private static HandshakeOptions options(Credentials credentials, Map<String, @Nullable Object> clientProperties) {
        return new HandshakeOptions("/", List.of(credentials), clientProperties, Duration.ZERO, 0, 0, 1024);
    }

    private void assertEndedWith(int code, String words) {
        assertThat(rig.endCause()).isInstanceOf(ConnectionClosedException.class).hasMessageContaining(words);
        assertThat(((ConnectionClosedException) Objects.requireNonNull(rig.endCause())).replyCode())
                .isEqualTo(code);
    }

    // ---- hostile and broken peers ---------------------------------------------------------------------------------

    @Test
    void aContentHeaderOnTheConnectionsOwnNumberIsRefused() {
        rig.open();
        ByteBuf header = Unpooled.buffer();
        FrameWriter.contentHeader(header, 0, 60, 5, BasicProperties.EMPTY);
        rig.feed(header);
        assertEndedWith(504, "content header on channel 0");
    }

    @Test
    void aContentBodyOnTheConnectionsOwnNumberIsRefused() {
        rig.open();
        ByteBuf body = Unpooled.buffer();
        FrameWriter.body(body, 0, new byte[5], 0, 5);
        rig.feed(body);
        assertEndedWith(504, "content body on channel 0");
    }

    @Test
    void aHeartbeatIsNoWayToBegin() {
        rig.start();
        ByteBuf heartbeat = Unpooled.buffer();
        FrameWriter.heartbeat(heartbeat);
        rig.feed(heartbeat);
        assertEndedWith(505, "heartbeat before connection.start");
    }

    @Test
    void heartbeatsThatNobodyAskedForAreNoMistake() {
        rig.open();
        ByteBuf heartbeats = Unpooled.buffer();
        FrameWriter.heartbeat(heartbeats);
        FrameWriter.heartbeat(heartbeats);
        rig.feed(heartbeats);
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
        assertThat(rig.takeSent()).as("a heartbeat is never answered").isEmpty();
        assertThat(rig.heartbeatsSent()).isZero();
    }

    @Test
    void channelsDoNotExistBeforeTheConnectionIsOpen() {
        rig.start();
        rig.feed(0, FakeBroker.START);
        rig.feed(1, new ChannelMethod.OpenOk());
        assertEndedWith(504, "never opened");
    }

    @Test
    void theReasonOfAProtocolErrorIsShortenedForTheBroker() {
        rig.open();
        String longName = "x".repeat(78) + "\uD83D\uDC07 and more"; // a pair where the cut falls
        rig.machine()
                .protocolError(new dev.leveret.amqp.wire.MalformedFrameException(
                        dev.leveret.amqp.api.ReplyCode.SYNTAX_ERROR, "a" + longName + "\uDBFF"));
        rig.pump();
        ConnectionMethod.Close close =
                (ConnectionMethod.Close) rig.takeSentMethods().get(0);
        assertThat(close.replyText()).hasSizeBetween(70, 80).startsWith("axxx");
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.CLOSED);
    }

    // ---- credentials and identity ---------------------------------------------------------------------------------

    @Test
    void credentialsThatThrowAreAnAuthenticationFailure() {
        RuntimeException bug = new IllegalStateException("the vault is sealed");
        Credentials broken = new Credentials() {
            @Override
            public String mechanism() {
                return "PLAIN";
            }

            @Override
            public byte[] response(byte @Nullable [] challenge) {
                throw bug;
            }
        };
        MachineRig refused = MachineRig.alone(options(broken, Map.of())).start();
        refused.feed(0, FakeBroker.START);
        assertThat(refused.endCause())
                .isInstanceOf(AuthenticationException.class)
                .hasRootCause(bug);
        assertThat(refused.isTransportClosed()).isTrue();
    }

    @Test
    void anIdentityThatNoFieldCanCarryIsToldBeforeItIsSent() {
        MachineRig broken = MachineRig.alone(options(Credentials.plain("u", "p"), Map.of("x".repeat(300), "long")))
                .start();
        broken.feed(0, FakeBroker.START);
        assertThat(broken.takeSent()).isEmpty();
        assertThat(broken.isTransportClosed()).isTrue();
        assertThat(broken.endCause())
                .isInstanceOf(ConnectionClosedException.class)
                .hasMessageContaining("client properties");
    }

    @Test
    void aLargeIdentityIsSentAsTheBrokerMayBeConfiguredForIt() {
        MachineRig large = MachineRig.alone(options(Credentials.plain("u", "p"), Map.of("novel", "x".repeat(100_000))))
                .start();
        large.feed(0, FakeBroker.START);
        assertThat(large.takeSentMethods()).hasSize(1).first().isInstanceOf(ConnectionMethod.StartOk.class);
        large.feed(0, FakeBroker.TUNE);
        assertThat(large.endCause()).isNull();
    }

    @Test
    void aChoiceOfAHeartbeatThatThrowsEndsTheConnectionAndNotTheLoop() {
        RuntimeException bug = new IllegalStateException("a bug of the user's");
        MachineRig refused = MachineRig.alone(new HandshakeOptions(
                        "/",
                        List.of(Credentials.plain("u", "p")),
                        Map.of(),
                        Duration.ZERO,
                        0,
                        0,
                        1024,
                        offered -> {
                            throw bug;
                        },
                        "en_US"))
                .start();
        refused.feed(0, FakeBroker.START);
        refused.feed(0, FakeBroker.TUNE);
        assertThat(refused.endCause())
                .isInstanceOf(ConnectionClosedException.class)
                .hasMessageContaining("heartbeat")
                .hasRootCause(bug);
        assertThat(refused.isTransportClosed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"3900, false", "4100, true", "20000, true"})
    void lossAfterALargeIdentityIsProbablyItsSize(int size, boolean large) {
        MachineRig dropped = MachineRig.alone(options(Credentials.plain("u", "p"), Map.of("novel", "x".repeat(size))))
                .start();
        dropped.feed(0, FakeBroker.START);
        dropped.lose(null);
        if (large) {
            assertThat(dropped.endCause())
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining("initial_frame_max")
                    .hasMessageFindingMatch("a frame of [0-9]{4,5} bytes");
        } else {
            assertThat(dropped.endCause()).isInstanceOf(AuthenticationException.class);
        }
    }

    // ---- loss
    // ---------------------------------------------------------------------------------------------------------

    @Test
    void lossBeforeTheBrokersStartIsAPeerThatSpeaksSomethingElse() {
        rig.start().lose(null);
        assertThat(rig.endCause())
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("AMQP 0-9-1 header");
    }

    @Test
    void lossAfterTheCredentialsIsProbablyTheirRefusal() {
        rig.start();
        rig.feed(0, FakeBroker.START);
        rig.lose(null);
        assertThat(rig.endCause()).isInstanceOf(AuthenticationException.class).hasMessageContaining("probably");
    }

    @Test
    void lossAfterTheVirtualHostIsProbablyItsRefusalOrTheLimits() {
        rig.start();
        rig.feed(0, FakeBroker.START);
        rig.feed(0, FakeBroker.TUNE);
        rig.lose(null);
        assertThat(rig.endCause())
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("virtual host '/'")
                .hasMessageContaining("limits");
    }

    @Test
    void lossInUseTellsItsCause() {
        rig.open();
        Throwable reset = new java.io.IOException("Connection reset");
        rig.lose(reset);
        assertThat(rig.endCause())
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("Connection reset")
                .hasCause(reset);
    }

    @Test
    void lossWhileClosingIsWhatWasWanted() {
        rig.open();
        rig.machine().close(TIMEOUT);
        rig.pump();
        rig.lose(null);
        assertThat(rig.events()).containsExactly("open", "end");
        assertThat(rig.endCause()).isNull();
    }

    // ---- closing --------------------------------------------------------------------------------------------------

    @Test
    void closingEndsWhenTheBrokerAnswers() {
        rig.open();
        rig.machine().close(TIMEOUT);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new ConnectionMethod.Close(200, "goodbye", 0, 0));
        assertThat(rig.events()).containsExactly("open");
        rig.feed(0, new ConnectionMethod.CloseOk());
        assertThat(rig.events()).containsExactly("open", "end");
        assertThat(rig.isTransportClosed()).isTrue();
    }

    @Test
    void closingEndsAtTheTimeoutWhenTheBrokerDoesNotAnswer() {
        rig.open();
        rig.machine().close(TIMEOUT);
        rig.advance(TIMEOUT.minusMillis(1));
        assertThat(rig.isTransportClosed()).isFalse();
        rig.advance(Duration.ofMillis(1));
        assertThat(rig.events()).containsExactly("open", "end");
        assertThat(rig.isTransportClosed()).isTrue();
    }

    @Test
    void bothSidesMayCloseAtOnce() {
        rig.open();
        rig.machine().close(TIMEOUT);
        rig.pump();
        rig.takeSent();
        rig.feed(0, new ConnectionMethod.Close(320, "CONNECTION_FORCED - bye", 0, 0));
        assertThat(rig.takeSentMethods()).containsExactly(new ConnectionMethod.CloseOk());
        assertThat(rig.events()).containsExactly("open", "end");
        assertThat(rig.endCause()).as("ours was wanted and stays the reason").isNull();
    }

    @Test
    void closingBeforeTheConnectionIsOpenSaysNothingMore() {
        rig.start();
        rig.feed(0, FakeBroker.START);
        rig.takeSent();
        rig.machine().close(TIMEOUT);
        assertThat(rig.takeSent()).isEmpty();
        assertThat(rig.isTransportClosed()).isTrue();
        assertThat(rig.events()).containsExactly("end");
    }

    @Test
    void closingEndsTheChannelsAndWhatTheyWaitFor() {
        rig.open();
        ChannelLog channel = rig.channel();
        ReplyLog reply = channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        rig.machine().close(TIMEOUT);
        assertThat(reply.failure())
                .isInstanceOf(ConnectionClosedException.class)
                .hasMessageContaining("by this side");
        assertThat(channel.ends()).isEqualTo(1);
        rig.feed(1, new QueueMethod.PurgeOk(3));
        assertThat(reply.outcomes()).isEqualTo(1);
        ReplyLog late = new ReplyLog();
        assertThat(rig.machine().openChannel(new ChannelLog(), late)).isNull();
        assertThat(late.failure()).isInstanceOf(ConnectionClosedException.class);
    }

    // ---- channels -------------------------------------------------------------------------------------------------

    @Test
    void thereAreAsManyChannelsAsWereNegotiated() {
        rig.open(new ConnectionMethod.Tune(2, 131072, 0));
        ChannelLog first = rig.channel();
        rig.channel();
        ReplyLog refused = new ReplyLog();
        assertThat(rig.machine().openChannel(new ChannelLog(), refused)).isNull();
        assertThat(refused.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("all 2 channels");
        first.machine().close();
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(rig.channel().number()).isEqualTo(1);
    }

    @Test
    void theEndOfAnInputReachesEveryChannelThatHasSomethingToTell() {
        rig.open();
        ChannelLog one = rig.channel();
        ChannelLog two = rig.channel();
        var sinks = new dev.leveret.amqp.testing.SinkLog[] {one.consume("a", false), two.consume("b", false)};
        rig.pump();
        for (int channel = 1; channel <= 2; channel++) {
            rig.feed(channel, new BasicMethod.QosOk());
            rig.feed(channel, new BasicMethod.ConsumeOk(channel == 1 ? "a" : "b"));
        }
        rig.deliver(1, "a", 1, "x");
        rig.deliver(2, "b", 1, "y");
        assertThat(sinks[0].events()).containsExactly("delivery 1", "batch end");
        assertThat(sinks[1].events()).containsExactly("delivery 1", "batch end");
    }

    // ---- the rest -------------------------------------------------------------------------------------------------

    @Test
    void blockedAndUnblockedAreToldWithTheReason() {
        rig.open();
        rig.feed(0, new ConnectionMethod.Blocked("low on memory"));
        rig.feed(0, new ConnectionMethod.Unblocked());
        assertThat(rig.events()).containsExactly("open", "blocked low on memory", "unblocked");
    }

    @Test
    void heartbeatsBeginWhenTheConnectionIsOpen() {
        rig.open(new ConnectionMethod.Tune(0, 131072, 10));
        assertThat(Objects.requireNonNull(rig.negotiated()).heartbeat()).isZero();
        MachineRig wishing = MachineRig.alone(new HandshakeOptions(
                "/", List.of(Credentials.plain("u", "p")), Map.of(), Duration.ofSeconds(10), 0, 0, 1024));
        wishing.open(new ConnectionMethod.Tune(0, 131072, 10));
        wishing.advance(Duration.ofSeconds(16));
        assertThat(wishing.heartbeatsSent()).isEqualTo(3);
        wishing.advance(Duration.ofSeconds(4));
        assertThat(wishing.endCause())
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("two heartbeats (20 s)");
        wishing.advance(Duration.ofMinutes(5));
        assertThat(wishing.heartbeatsSent()).isEqualTo(3);
    }

    @Test
    void whatIsWrittenTakesAHeartbeatsPlace() {
        MachineRig wishing = MachineRig.alone(new HandshakeOptions(
                "/", List.of(Credentials.plain("u", "p")), Map.of(), Duration.ofSeconds(10), 0, 0, 1024));
        wishing.open(new ConnectionMethod.Tune(0, 131072, 10));
        ChannelLog channel = wishing.channel();
        for (int i = 0; i < 20; i++) {
            wishing.advance(Duration.ofSeconds(4));
            channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
            wishing.pump();
            wishing.feed(1, new QueueMethod.PurgeOk(0));
        }
        assertThat(wishing.heartbeatsSent()).isZero();
        assertThat(wishing.endCause()).isNull();
    }

    @Test
    void aFailureOfThisSideEndsTheConnectionWithIt() {
        rig.open();
        AmqpException cause = new ConnectionLostException("deadline", null);
        rig.machine().fail(cause);
        assertThat(rig.endCause()).isSameAs(cause);
        assertThat(rig.isTransportClosed()).isTrue();
    }
}
