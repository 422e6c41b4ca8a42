package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.MalformedFrameException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {

    private static final Credentials GUEST = Credentials.plain("guest", "secret");

    /** Answers a challenge with its reverse. */
    private static final Credentials CHALLENGED = new Credentials() {
        @Override
        public String mechanism() {
            return "REVERSE";
        }

        @Override
        public byte[] response(byte @Nullable [] challenge) {
            return challenge == null
                    ? new byte[0]
                    : new StringBuilder(new String(challenge, StandardCharsets.UTF_8))
                            .reverse()
                            .toString()
                            .getBytes(StandardCharsets.UTF_8);
        }
    };

    private static Handshake handshake(Credentials credentials, Duration heartbeat, int channelMax, int frameMax) {
        return new Handshake(new HandshakeOptions(
                "vhost", List.of(credentials), Map.of("product", "test"), heartbeat, channelMax, frameMax, 1));
    }

    private static Handshake handshake() {
        return handshake(GUEST, Duration.ofSeconds(60), 0, 0);
    }

    private static ConnectionMethod.Start start(int major, int minor, String mechanisms) {
        return new ConnectionMethod.Start(major, minor, Map.of("product", "P", "version", "V"), mechanisms, "en_US");
    }

    @ParameterizedTest
    @CsvSource({"0, 8", "1, 0", "8, 0", "0, 10", "9, 1"})
    void anotherVersionIsRefused(int major, int minor) {
        assertThatThrownBy(() -> handshake().start(start(major, minor, "PLAIN")))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("AMQP " + major + "-" + minor)
                .extracting(it -> ((MalformedFrameException) it).replyCode())
                .isEqualTo(ReplyCode.NOT_ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AMQPLAIN", "AMQPLAIN EXTERNAL", "PLAINTEXT", "plain"})
    void aMechanismThatIsNotOfferedIsNotUsed(String offered) {
        assertThatThrownBy(() -> handshake().start(start(0, 9, offered)))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("PLAIN")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PLAIN", "AMQPLAIN PLAIN", "PLAIN AMQPLAIN", "A  PLAIN"})
    void theMechanismIsFoundAmongThoseOffered(String offered) {
        ConnectionMethod.StartOk startOk = handshake().start(start(0, 9, offered));
        assertThat(startOk.mechanism()).isEqualTo("PLAIN");
        assertThat(startOk.response()).isEqualTo("\0guest\0secret".getBytes(StandardCharsets.UTF_8));
        assertThat(startOk.clientProperties()).containsEntry("product", "test");
        assertThat(startOk.locale()).isEqualTo("en_US");
    }

    @Test
    void challengesAreAnsweredOneByOne() {
        Handshake handshake = handshake(CHALLENGED, Duration.ZERO, 0, 0);
        assertThat(handshake.start(start(0, 9, "REVERSE")).response()).isEmpty();
        assertThat(handshake
                        .secure(new ConnectionMethod.Secure(new byte[] {'a', 'b'}))
                        .response())
                .containsExactly('b', 'a');
        assertThat(handshake
                        .secure(new ConnectionMethod.Secure(new byte[] {'x'}))
                        .response())
                .containsExactly('x');
    }

    @Test
    void theServerIsKnownFromItsStart() {
        Handshake handshake = handshake();
        assertThat(handshake.serverInfo()).isNull();
        handshake.start(start(0, 9, "PLAIN"));
        ServerInfo info = Objects.requireNonNull(handshake.serverInfo());
        assertThat(info).hasToString("P V");
    }

    @Test
    void aServerThatSaysNothingOfItselfIsUnknown() {
        Handshake handshake = handshake();
        handshake.start(new ConnectionMethod.Start(0, 9, Map.of("product", 7), "PLAIN", "en_US"));
        assertThat(handshake.serverInfo()).hasToString("unknown broker");
    }

    @ParameterizedTest(name = "offered {0}, wished {1}: sends {2}, keeps to {3}")
    @CsvSource({
        // an offer and no wish
        "131072, 0, 131072, 131072",
        // the lower of both
        "131072, 8192, 8192, 8192",
        "8192, 131072, 8192, 8192",
        // the specification's minimum may be offered
        "4096, 0, 4096, 4096",
        // no limit offered: ours, or none
        "0, 65536, 65536, 65536",
        "0, 0, 0, 2147483647",
        "4294967295, 0, 4294967295, 2147483647",
    })
    void theLowerFrameMaxHolds(long offered, int wished, long sent, int kept) {
        Handshake handshake = handshake(GUEST, Duration.ZERO, 0, wished);
        ConnectionMethod.TuneOk tuneOk = handshake.tune(new ConnectionMethod.Tune(0, offered, 0));
        assertThat(tuneOk.frameMax()).isEqualTo(sent);
        assertThat(negotiated(handshake).frameMax()).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 8, 4095})
    void aFrameMaxBelowTheMinimumIsRefused(long offered) {
        assertThatThrownBy(() -> handshake().tune(new ConnectionMethod.Tune(0, offered, 0)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining(Long.toString(offered))
                .extracting(it -> ((MalformedFrameException) it).replyCode())
                .isEqualTo(ReplyCode.NOT_ALLOWED);
    }

    @ParameterizedTest(name = "offered {0}, wished {1}: sends {2}, keeps to {3}")
    @CsvSource({
        "2047, 0, 2047, 2047",
        "2047, 10, 10, 10",
        "10, 2047, 10, 10",
        "0, 100, 100, 100",
        "0, 0, 0, 65535",
        "65535, 0, 65535, 65535",
    })
    void theLowerChannelMaxHolds(int offered, int wished, int sent, int kept) {
        Handshake handshake = handshake(GUEST, Duration.ZERO, wished, 0);
        ConnectionMethod.TuneOk tuneOk = handshake.tune(new ConnectionMethod.Tune(offered, 131072, 0));
        assertThat(tuneOk.channelMax()).isEqualTo(sent);
        assertThat(negotiated(handshake).channelMax()).isEqualTo(kept);
    }

    @ParameterizedTest(name = "offered {0} s, wished {1} s: {2} s")
    @CsvSource({"60, 60, 60", "60, 10, 10", "10, 60, 10", "0, 30, 30", "60, 0, 0", "0, 0, 0"})
    void theShorterHeartbeatHoldsAndOursMayBeNone(int offered, int wished, int agreed) {
        Handshake handshake = handshake(GUEST, Duration.ofSeconds(wished), 0, 0);
        ConnectionMethod.TuneOk tuneOk = handshake.tune(new ConnectionMethod.Tune(0, 131072, offered));
        assertThat(tuneOk.heartbeat()).isEqualTo(agreed);
        assertThat(negotiated(handshake).heartbeat()).isEqualTo(Duration.ofSeconds(agreed));
    }

    private static Handshake choosing(UnaryOperator<Duration> choice) {
        return new Handshake(new HandshakeOptions(
                "vhost", List.of(GUEST), Map.of(), Duration.ofSeconds(60), 0, 0, 1, choice, "de_DE"));
    }

    @ParameterizedTest(name = "offered {0} s: {1} s")
    @CsvSource({"60, 120", "10, 20", "0, 0"})
    void aChoiceMadeFromTheOfferHolds(int offered, int agreed) {
        Handshake handshake = choosing(it -> it.multipliedBy(2));
        ConnectionMethod.TuneOk tuneOk = handshake.tune(new ConnectionMethod.Tune(0, 131072, offered));
        assertThat(tuneOk.heartbeat()).isEqualTo(agreed);
        assertThat(negotiated(handshake).heartbeat()).isEqualTo(Duration.ofSeconds(agreed));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-1S", "PT1.5S", "PT65536S"})
    void aChoiceThatIsNoHeartbeatIsRefused(Duration chosen) {
        assertThatThrownBy(() -> choosing(it -> chosen).tune(new ConnectionMethod.Tune(0, 131072, 60)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(chosen.toString());
    }

    @Test
    void theLocaleIsTheOneAskedFor() {
        assertThat(choosing(it -> it).start(start(0, 9, "PLAIN")).locale()).isEqualTo("de_DE");
    }

    @Test
    void theVirtualHostIsAskedForByItsName() {
        assertThat(handshake().open().virtualHost()).isEqualTo("vhost");
    }

    private static Negotiated negotiated(Handshake handshake) {
        return Objects.requireNonNull(handshake.negotiated());
    }
}
