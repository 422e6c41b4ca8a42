package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.Credentials;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a connection wants of its handshake.
 *
 * @param virtualHost as named by the broker
 * @param credentials the preferred first: asked are those whose mechanism the broker offers
 * @param clientProperties what {@code connection.start-ok} tells of the client
 * @param heartbeat wished; zero for none
 * @param channelMax wished; 0 for the broker's
 * @param frameMax wished, in bytes; 0 for the broker's
 * @param maxInboundBody the largest body accepted, in bytes
 * @param heartbeatChoice makes the heartbeat from the broker's proposal; {@code null} to agree on the shorter one
 * @param locale for the broker's error texts
 */
public record HandshakeOptions(
        String virtualHost,
        List<Credentials> credentials,
        Map<String, @Nullable Object> clientProperties,
        Duration heartbeat,
        int channelMax,
        int frameMax,
        int maxInboundBody,
        @Nullable UnaryOperator<Duration> heartbeatChoice,
        String locale) {

    /** With the heartbeat wished, in English. */
    public HandshakeOptions(
            String virtualHost,
            List<Credentials> credentials,
            Map<String, @Nullable Object> clientProperties,
            Duration heartbeat,
            int channelMax,
            int frameMax,
            int maxInboundBody) {
        this(
                virtualHost,
                credentials,
                clientProperties,
                heartbeat,
                channelMax,
                frameMax,
                maxInboundBody,
                null,
                "en_US");
    }
}
