package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import java.util.Optional;

/**
 * Who sent a message of a topic: headers by which subscriptions can leave out their own connection's messages ({@code
 * noLocal}), which brokers of AMQP 0-9-1 do not.
 *
 * @param connection the connection
 * @param clientId its client identifier; as that stays the same from one connection to the next, durable subscriptions go by
 *     it
 */
public record Origin(String connection, Optional<String> clientId) {

    /** The connection alone. */
    public static Origin of(String connection) {
        return new Origin(connection, Optional.empty());
    }

    /** The same with the headers. */
    public BasicProperties mark(BasicProperties properties) {
        BasicProperties.Builder marked = properties.toBuilder().header(WireNames.CONNECTION, connection);
        clientId.ifPresent(it -> marked.header(WireNames.CLIENT, it));
        return marked.build();
    }

    /** Whether a message has come from this connection, or one with this client identifier. */
    public boolean sent(BasicProperties properties) {
        return connection.equals(properties.header(WireNames.CONNECTION))
                || clientId.filter(it -> it.equals(properties.header(WireNames.CLIENT)))
                        .isPresent();
    }
}
