package dev.leveret.amqp.api;

/**
 * A mandatory message that the broker sent back because no queue took it ({@code basic.return}).
 *
 * @param replyCode why, such as 312 (no route)
 * @param replyText the broker's words
 * @param exchange where it had been published to
 * @param routingKey its routing key
 * @param properties its properties, as they were published
 * @param body its payload
 */
public record ReturnedMessage(
        int replyCode, String replyText, String exchange, String routingKey, BasicProperties properties, byte[] body) {

    @Override
    public String toString() {
        return replyCode + " " + replyText + " (exchange '" + exchange + "', routing key '" + routingKey + "', "
                + body.length + " bytes)";
    }
}
