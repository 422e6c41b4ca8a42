package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameType;
import dev.leveret.amqp.wire.MalformedFrameException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the client says while a connection is opened (specification section 2.2.4): broker's {@code start}, {@code secure}
 * and {@code tune} in, our answers out.
 */
final class Handshake {

    private final HandshakeOptions options;
    private @Nullable Credentials chosen;
    private @Nullable ServerInfo serverInfo;
    private @Nullable Negotiated negotiated;

    Handshake(HandshakeOptions options) {
        this.options = options;
    }

    ConnectionMethod.StartOk start(ConnectionMethod.Start start) {
        if (start.versionMajor() != 0 || start.versionMinor() != 9) {
            throw new MalformedFrameException(
                    ReplyCode.NOT_ALLOWED,
                    "the broker speaks AMQP " + start.versionMajor() + "-" + start.versionMinor() + ", not 0-9-1");
        }
        Map<String, @Nullable Object> properties = start.serverProperties();
        serverInfo = new ServerInfo(text(properties.get("product")), text(properties.get("version")), properties);
        Credentials credentials = choose(start.mechanisms());
        chosen = credentials;
        return new ConnectionMethod.StartOk(
                options.clientProperties(), credentials.mechanism(), response(credentials, null), options.locale());
    }

    /** The first of ours that the broker offers. */
    private Credentials choose(String mechanisms) {
        List<String> offered =
                Arrays.stream(mechanisms.split(" ")).filter(it -> !it.isEmpty()).toList();
        for (Credentials each : options.credentials()) {
            if (offered.contains(each.mechanism())) {
                return each;
            }
        }
        List<String> ours =
                options.credentials().stream().map(Credentials::mechanism).toList();
        throw new AuthenticationException(
                "the broker offers none of the SASL mechanisms that the credentials are for, which are " + ours
                        + "; it offers " + offered,
                null);
    }

    ConnectionMethod.SecureOk secure(ConnectionMethod.Secure secure) {
        if (chosen == null) {
            throw new IllegalStateException("a challenge before connection.start");
        }
        return new ConnectionMethod.SecureOk(response(chosen, secure.challenge()));
    }

    private static byte[] response(Credentials credentials, byte @Nullable [] challenge) {
        try {
            return credentials.response(challenge);
        } catch (RuntimeException e) {
            throw new AuthenticationException("the credentials failed to make a response", e);
        }
    }

    ConnectionMethod.TuneOk tune(ConnectionMethod.Tune tune) {
        if (tune.frameMax() != 0 && tune.frameMax() < FrameType.MIN_FRAME_MAX) {
            throw new MalformedFrameException(
                    ReplyCode.NOT_ALLOWED,
                    "the broker's frame-max of " + tune.frameMax() + " is below AMQP's minimum of "
                            + FrameType.MIN_FRAME_MAX);
        }
        int channelMax = (int) lower(tune.channelMax(), options.channelMax());
        long frameMax = lower(tune.frameMax(), options.frameMax());
        int heartbeat = heartbeat(tune.heartbeat());
        negotiated = new Negotiated(
                channelMax == 0 ? 65535 : channelMax,
                frameMax == 0 ? Integer.MAX_VALUE : (int) Math.min(frameMax, Integer.MAX_VALUE),
                Duration.ofSeconds(heartbeat));
        return new ConnectionMethod.TuneOk(channelMax, frameMax, heartbeat);
    }

    ConnectionMethod.Open open() {
        return new ConnectionMethod.Open(options.virtualHost());
    }

    /** Known from {@code connection.start} on. */
    @Nullable
    ServerInfo serverInfo() {
        return serverInfo;
    }

    /** Known from {@code connection.tune} on. */
    @Nullable
    Negotiated negotiated() {
        return negotiated;
    }

    /** The lower of two limits where 0 means none. A broker drops a client that answers an offered limit with none. */
    private static long lower(long offered, long wished) {
        if (offered == 0 || wished == 0) {
            return Math.max(offered, wished);
        }
        return Math.min(offered, wished);
    }

    /** Who wants no heartbeats gets none; otherwise the shorter interval, or ours where the broker proposes none. */
    private int heartbeat(int offered) {
        if (options.heartbeatChoice() != null) {
            return chosenHeartbeat(options.heartbeatChoice(), offered);
        }
        int wished = (int) options.heartbeat().toSeconds();
        return wished == 0 || offered == 0 ? wished : Math.min(offered, wished);
    }

    /** The user's code: what is wrong with it ends the connection, not the event loop. */
    private static int chosenHeartbeat(UnaryOperator<Duration> choice, int offered) {
        Duration chosen;
        try {
            chosen = choice.apply(Duration.ofSeconds(offered));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("the choice of a heartbeat failed on the broker's " + offered + " s", e);
        }
        if (chosen == null || chosen.isNegative() || chosen.toSeconds() > 65535 || chosen.getNano() != 0) {
            throw new IllegalArgumentException(
                    "the choice of a heartbeat made " + chosen + ", not a whole number of 0..65535 seconds");
        }
        return (int) chosen.toSeconds();
    }

    private static String text(@Nullable Object property) {
        return property instanceof String text ? text : "";
    }
}
