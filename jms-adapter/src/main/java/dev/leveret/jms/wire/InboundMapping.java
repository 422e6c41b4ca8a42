package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.PropertyNames;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a delivery, whoever sent it, into a message: see the package documentation.
 *
 * <p>Every delivery can be shown as some message; a doubtful one becomes a bytes message.
 */
public final class InboundMapping {

    static final int HIGHEST_PRIORITY = 9;

    private InboundMapping() {}

    /**
     * Decodes a delivery; each call makes a new message.
     *
     * @param consumedFrom {@code JMSDestination} of a message that does not tell its own
     * @param earlierAttempts how often this client has delivered it before, besides what the broker counts
     */
    public static JmsMessage decode(Delivery delivery, JmsDestination consumedFrom, int earlierAttempts)
            throws JMSException {
        BasicProperties from = delivery.properties();
        Optional<JmsMessage> enveloped = RabbitMqJmsReader.read(from, delivery.body());
        if (enveloped.isPresent()) {
            JmsMessage message = enveloped.get();
            PropertyHeaders.readAnnotations(from.headers(), message.properties());
            attempts(delivery, earlierAttempts, message);
            sender(from, message);
            return message;
        }
        JmsMessage message = InboundBody.decode(from, delivery.body());
        PropertyHeaders.read(from.headers(), message.properties());
        identity(from, message);
        times(from, message);
        destinations(from, consumedFrom, message);
        attempts(delivery, earlierAttempts, message);
        provided(from, message);
        return message;
    }

    private static void identity(BasicProperties from, JmsMessage to) {
        String toldId = text(from, WireNames.MESSAGE_ID);
        to.setJMSMessageID(from.messageId() == null ? toldId : from.messageId());
        String longCorrelationId = text(from, WireNames.CORRELATION_ID);
        to.setJMSCorrelationID(longCorrelationId == null ? from.correlationId() : longCorrelationId);
        String longType = text(from, WireNames.JMS_TYPE);
        to.setJMSType(longType == null ? from.type() : longType);
        to.setJMSDeliveryMode(from.persistent() ? DeliveryMode.PERSISTENT : DeliveryMode.NON_PERSISTENT);
        Integer priority = from.priority();
        to.setJMSPriority(priority == null ? JmsMessage.DEFAULT_PRIORITY : Math.min(priority, HIGHEST_PRIORITY));
    }

    private static void times(BasicProperties from, JmsMessage to) {
        Instant seconds = from.timestamp();
        long timestamp = number(from, WireNames.TIMESTAMP, seconds == null ? 0 : seconds.toEpochMilli());
        to.setJMSTimestamp(timestamp);
        to.setJMSDeliveryTime(number(from, WireNames.DELIVERY_TIME, timestamp));
        to.setJMSExpiration(number(from, WireNames.EXPIRATION, latestExpiration(from)));
    }

    /**
     * When a message of another client will have expired for certain. How long it has waited is not known: its timestamp may
     * be any time that meant something to its sender.
     */
    private static long latestExpiration(BasicProperties from) {
        String timeToLive = from.expiration();
        if (timeToLive == null || timeToLive.isEmpty() || !timeToLive.chars().allMatch(Character::isDigit)) {
            return 0;
        }
        return timeToLive.length() > 15 ? 0 : System.currentTimeMillis() + Long.parseLong(timeToLive);
    }

    private static void destinations(BasicProperties from, JmsDestination consumedFrom, JmsMessage to)
            throws JMSException {
        String sentTo = text(from, WireNames.DESTINATION);
        to.setJMSDestination(
                sentTo == null || sentTo.equals(consumedFrom.toString())
                        ? consumedFrom
                        : JmsDestination.parse(sentTo).orElse(consumedFrom));
        Optional<JmsDestination> told = destination(from, WireNames.REPLY_TO);
        String queue = from.replyTo();
        if (told.isPresent()) {
            to.setJMSReplyTo(told.get());
        } else if (queue != null && !queue.isEmpty()) {
            // As it is: what another client calls topic://x is a queue too.
            to.setJMSReplyTo(JmsQueue.named(queue));
        }
    }

    private static Optional<JmsDestination> destination(BasicProperties from, String header) {
        return Optional.ofNullable(text(from, header)).flatMap(JmsDestination::parse);
    }

    /**
     * From 4.3 on RabbitMQ tells failures (which count) from mere returns; before, and in classic queues, the mark
     * "redelivered" may stand for a delivery that no application has seen.
     */
    private static void attempts(Delivery delivery, int earlierAttempts, JmsMessage to) {
        BasicProperties from = delivery.properties();
        boolean exact = from.header(WireNames.ACQUIRED_COUNT) instanceof Number
                || from.header(WireNames.DELIVERY_COUNT) instanceof Number;
        long before = exact ? number(from, WireNames.DELIVERY_COUNT, 0) : delivery.redelivered() ? 1 : 0;
        long attempt = before + earlierAttempts + 1;
        to.setJMSRedelivered(attempt > 1);
        to.properties().put(PropertyNames.DELIVERY_COUNT, (int) Math.min(attempt, Integer.MAX_VALUE));
    }

    private static void provided(BasicProperties from, JmsMessage to) {
        sender(from, to);
        put(to, PropertyNames.CONTENT_ENCODING, from.contentEncoding());
        String contentType = from.contentType();
        if (contentType != null && !contentType.equals(OutboundBody.usualContentType(to))) {
            put(to, PropertyNames.CONTENT_TYPE, contentType);
        }
    }

    private static void sender(BasicProperties from, JmsMessage to) {
        put(to, PropertyNames.USER_ID, from.userId());
        put(to, PropertyNames.APP_ID, from.appId());
    }

    private static void put(JmsMessage to, String name, @Nullable String value) {
        if (value != null) {
            to.properties().put(name, value);
        }
    }

    private static @Nullable String text(BasicProperties from, String header) {
        return from.header(header) instanceof String text ? text : null;
    }

    private static long number(BasicProperties from, String header, long otherwise) {
        return from.header(header) instanceof Number number ? number.longValue() : otherwise;
    }
}
