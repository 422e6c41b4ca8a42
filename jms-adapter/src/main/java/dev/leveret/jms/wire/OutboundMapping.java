package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.Causes;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.PropertyNames;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Turns a message whose headers sending has set into AMQP properties and octets: see the package documentation. */
public final class OutboundMapping {

    /** AMQP's short strings hold so many bytes. */
    private static final int SHORT_STRING = 255;

    /** RabbitMQ takes no longer time to live; a message that lives longer expires by its header alone. */
    private static final long MAX_EXPIRATION_MILLIS = 0xFFFF_FFFFL;

    /**
     * A message as AMQP carries it.
     *
     * @param body a copy: the message may be changed and sent again
     */
    public record Encoded(BasicProperties properties, byte[] body) {

        /** The same, telling the connection that sends it. */
        public Encoded from(Origin origin) {
            return new Encoded(origin.mark(properties), body);
        }

        /** The same, naming the user who sends it, which the broker checks. */
        public Encoded by(String userId) {
            return new Encoded(properties.toBuilder().userId(userId).build(), body);
        }
    }

    private OutboundMapping() {}

    /**
     * Encodes a message in our own format.
     *
     * @param timeToLive in milliseconds; zero for none
     * @throws MessageFormatException if the text cannot be written in the character set that the message names, or AMQP
     *     cannot carry a header or property
     */
    public static Encoded encode(JmsMessage message, long timeToLive) throws JMSException {
        try {
            BasicProperties.Builder to = started(message, timeToLive);
            byte[] body = OutboundBody.encode(message, to);
            return new Encoded(to.build(), body);
        } catch (IllegalArgumentException e) {
            throw notCarried(e);
        }
    }

    /**
     * Encodes a message in the format of rabbitmq-jms.
     *
     * @param timeToLive in milliseconds; zero for none
     * @param topicExchange the exchange that topics live on
     * @throws MessageFormatException if the message has what that format cannot hold
     */
    public static Encoded encodeForRabbitMqJms(JmsMessage message, long timeToLive, String topicExchange)
            throws JMSException {
        try {
            BasicProperties.Builder to = started(message, timeToLive);
            RabbitMqJmsWriter.headers(message, to);
            return new Encoded(to.build(), RabbitMqJmsWriter.body(message, topicExchange));
        } catch (IllegalArgumentException e) {
            throw notCarried(e);
        }
    }

    private static JMSException notCarried(IllegalArgumentException e) {
        return Causes.with(
                e, new MessageFormatException("AMQP cannot carry a part of this message: " + e.getMessage()));
    }

    private static BasicProperties.Builder started(JmsMessage message, long timeToLive) throws JMSException {
        BasicProperties.Builder to = BasicProperties.builder();
        PropertyHeaders.write(message, to);
        headers(message, timeToLive, to);
        to.contentEncoding(message.getStringProperty(PropertyNames.CONTENT_ENCODING));
        return to;
    }

    private static void headers(JmsMessage message, long timeToLive, BasicProperties.Builder to) {
        to.persistent(message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT);
        to.priority(message.getJMSPriority());
        to.messageId(message.getJMSMessageID());
        String correlationId = message.getJMSCorrelationID();
        if (fitsShortString(correlationId)) {
            to.correlationId(correlationId);
        } else {
            to.header(WireNames.CORRELATION_ID, correlationId);
        }
        String type = message.getJMSType();
        if (fitsShortString(type)) {
            to.type(type);
        } else {
            to.header(WireNames.JMS_TYPE, type);
        }
        times(message, timeToLive, to);
        destinations(message, to);
    }

    private static void times(JmsMessage message, long timeToLive, BasicProperties.Builder to) {
        long timestamp = message.getJMSTimestamp();
        if (timestamp != 0) {
            to.timestamp(Instant.ofEpochMilli(timestamp));
            to.header(WireNames.TIMESTAMP, timestamp);
        }
        if (message.getJMSDeliveryTime() != timestamp) {
            to.header(WireNames.DELIVERY_TIME, message.getJMSDeliveryTime());
        }
        if (timeToLive != 0) {
            to.header(WireNames.EXPIRATION, message.getJMSExpiration());
            if (timeToLive <= MAX_EXPIRATION_MILLIS) {
                to.expiration(Duration.ofMillis(timeToLive));
            }
        }
    }

    private static void destinations(JmsMessage message, BasicProperties.Builder to) {
        JmsDestination destination = message.getJMSDestination();
        if (destination != null) {
            to.header(WireNames.DESTINATION, destination.toString());
        }
        JmsDestination replyTo = message.getJMSReplyTo();
        if (replyTo == null) {
            return;
        }
        if (replyTo.isQueue()) {
            to.replyTo(replyTo.name());
        }
        if (!replyTo.isQueue() || replyTo.temporaryOwner().isPresent()) {
            // A topic's name in reply-to would send other clients' replies to a queue of that name.
            to.header(WireNames.REPLY_TO, replyTo.toString());
        }
    }

    private static boolean fitsShortString(@Nullable String text) {
        return text == null
                || text.length() <= SHORT_STRING / 3
                || text.getBytes(StandardCharsets.UTF_8).length <= SHORT_STRING;
    }
}
