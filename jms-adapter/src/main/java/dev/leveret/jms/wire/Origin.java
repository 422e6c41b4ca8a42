package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;

/**
 * The header by which a message of a topic tells the connection that sent it, so that subscriptions can leave out their own
 * connection's ({@code noLocal}), which brokers of AMQP 0-9-1 do not.
 */
public final class Origin {

    private Origin() {}

    /** The same with the header. */
    public static BasicProperties mark(BasicProperties properties, String connection) {
        return properties.toBuilder().header(WireNames.CONNECTION, connection).build();
    }

    /** Whether this connection sent it. */
    public static boolean is(BasicProperties properties, String connection) {
        return connection.equals(properties.header(WireNames.CONNECTION));
    }
}
