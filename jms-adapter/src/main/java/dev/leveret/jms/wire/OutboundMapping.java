package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsTextMessage;
import dev.leveret.jms.message.PropertyNames;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.nio.charset.Charset;
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
    public record Encoded(BasicProperties properties, byte[] body) {}

    private OutboundMapping() {}

    /**
     * Encodes a message.
     *
     * @param timeToLive in milliseconds; zero for none
     * @throws MessageFormatException if the text cannot be written in the character set that the message names
     */
    public static Encoded encode(JmsMessage message, long timeToLive) throws JMSException {
        BasicProperties.Builder to = BasicProperties.builder();
        PropertyHeaders.write(message, to);
        headers(message, timeToLive, to);
        String contentType = message.getStringProperty(PropertyNames.CONTENT_TYPE);
        to.contentEncoding(message.getStringProperty(PropertyNames.CONTENT_ENCODING));
        byte[] body = body(message, contentType, to);
        return new Encoded(to.build(), body);
    }

    private static byte[] body(JmsMessage message, @Nullable String contentType, BasicProperties.Builder to)
            throws JMSException {
        if (message instanceof JmsTextMessage text) {
            to.header(WireNames.TYPE, WireNames.TYPE_TEXT);
            String value = text.getText();
            if (value == null) {
                // Told from the empty string by the content type that is missing.
                return new byte[0];
            }
            to.contentType(contentType == null ? ContentType.TEXT : contentType);
            return TextBody.encode(value, charset(contentType));
        }
        to.contentType(contentType);
        if (message instanceof JmsBytesMessage bytes) {
            to.header(WireNames.TYPE, WireNames.TYPE_BYTES);
            to.contentType(contentType == null ? ContentType.BYTES : contentType);
            return bytes.content();
        }
        to.header(WireNames.TYPE, WireNames.TYPE_MESSAGE);
        return new byte[0];
    }

    private static Charset charset(@Nullable String contentType) throws MessageFormatException {
        return ContentType.parse(contentType)
                .charset()
                .orElseThrow(() -> new MessageFormatException(
                        PropertyNames.CONTENT_TYPE + " names a character set that is not known: " + contentType));
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
