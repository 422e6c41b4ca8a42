package dev.leveret.amqp.api;

/**
 * A message to publish, and where to.
 *
 * <p>The body is <em>not copied</em>: it must not change until the publish is confirmed (or, for a fire-and-forget send,
 * never again). Apart from that it is immutable and may be published any number of times.
 *
 * @param exchange the exchange's name; the empty name is the default exchange, which routes to the queue that is called
 *     as the routing key
 * @param routingKey up to 255 bytes of UTF-8
 * @param mandatory whether the broker shall return the message when no queue takes it; without it an unroutable message
 *     is confirmed and gone
 * @param properties the message's properties; {@code CC} and {@code BCC} among its headers are lists of strings
 * @param body the payload; its size is the broker's to limit (16 MiB from RabbitMQ 4.0 on, 128 MiB before)
 */
public record OutboundMessage(
        String exchange, String routingKey, boolean mandatory, BasicProperties properties, byte[] body) {

    public OutboundMessage {
        ShortString.require("exchange", exchange);
        ShortString.require("routing key", routingKey);
        properties.requirePublishable();
    }

    /** A message without properties that may be unroutable. */
    public static OutboundMessage of(String exchange, String routingKey, byte[] body) {
        return new OutboundMessage(exchange, routingKey, false, BasicProperties.EMPTY, body);
    }

    /** A message to one queue through the default exchange; returned if there is no such queue. */
    public static OutboundMessage toQueue(String queue, byte[] body) {
        return new OutboundMessage("", queue, true, BasicProperties.EMPTY, body);
    }

    public OutboundMessage withProperties(BasicProperties value) {
        return new OutboundMessage(exchange, routingKey, mandatory, value, body);
    }

    public OutboundMessage withMandatory(boolean value) {
        return new OutboundMessage(exchange, routingKey, value, properties, body);
    }

    /** Names where it goes and how large it is, not what it says. */
    @Override
    public String toString() {
        return "OutboundMessage[exchange='" + exchange + "', routingKey='" + routingKey + "', mandatory=" + mandatory
                + ", " + body.length + " bytes]";
    }
}
