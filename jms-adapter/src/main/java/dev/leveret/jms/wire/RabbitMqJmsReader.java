package dev.leveret.jms.wire;

import static dev.leveret.jms.wire.RabbitMqJmsNames.CLASSES;
import static dev.leveret.jms.wire.RabbitMqJmsNames.PACKAGE;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.message.Conversions;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import dev.leveret.jms.message.PropertyNames;
import jakarta.jms.JMSException;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages of rabbitmq-jms, RabbitMQ's own JMS client, whose body is a stream of Java objects that holds
 * everything: the class of the message, its headers, its properties, and what it says.
 *
 * <p>Values have a tag before them. Destinations are serialized objects between the blocks of values. A bytes message has
 * its octets behind the stream, a stream message another stream inside, an object message the application's object, which
 * stays octets here.
 */
final class RabbitMqJmsReader {

    private static final String DIRECT_REPLY_TO = "amq.rabbitmq.reply-to";

    private final JavaStreamReader in;

    private RabbitMqJmsReader(JavaStreamReader in) {
        this.in = in;
    }

    /** The message, or empty if it is not one of theirs, or is broken: then it is shown as the octets that it is. */
    static Optional<JmsMessage> read(BasicProperties from, byte[] body) throws JMSException {
        if (from.header(WireNames.TYPE) != null
                || body.length < 4
                || body[0] != (byte) 0xAC
                || body[1] != (byte) 0xED) {
            return Optional.empty();
        }
        try {
            JavaStreamReader in = new JavaStreamReader(body, CLASSES);
            String className = in.readUtf();
            if (!className.startsWith(PACKAGE)) {
                return Optional.empty();
            }
            JmsMessage message = new RabbitMqJmsReader(in).message(className);
            String replyTo = from.replyTo();
            if (replyTo != null && replyTo.startsWith(DIRECT_REPLY_TO)) {
                // The broker has put the requester's address there; what the requester has written is only a word.
                message.setJMSReplyTo(JmsQueue.named(replyTo));
            }
            return Optional.of(message);
        } catch (IOException e) {
            // The sender's mistake, not a failure to receive.
            return Optional.empty();
        }
    }

    private JmsMessage message(String className) throws IOException, JMSException {
        in.readUtf();
        Map<String, @Nullable Object> headers = entries(true);
        Map<String, @Nullable Object> properties = entries(true);
        JmsMessage message = body(className);
        headers(headers, message);
        properties.forEach((name, value) -> property(name, value, message));
        return message;
    }

    private Map<String, @Nullable Object> entries(boolean objects) throws IOException {
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            entries.put(in.readUtf(), value(in, objects));
        }
        return entries;
    }

    private static @Nullable Object value(JavaStreamReader in, boolean objects) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case 0xFF -> null;
            case 1 -> in.readBoolean();
            case 2 -> (byte) in.readByte();
            case 3 -> (short) in.readUnsignedShort();
            case 4 -> in.readInt();
            case 5 -> in.readLong();
            case 6 -> Float.intBitsToFloat(in.readInt());
            case 7 -> Double.longBitsToDouble(in.readLong());
            case 8 -> in.readUtf();
            case 9 -> (char) in.readUnsignedShort();
            case 10 -> in.readBytes(in.readInt());
            case 127 -> {
                if (!objects) {
                    throw new StreamCorruptedException("an object in a body that holds none");
                }
                yield in.readObject();
            }
            default -> throw new StreamCorruptedException("no type of a value");
        };
    }

    private JmsMessage body(String className) throws IOException, JMSException {
        return switch (className) {
            case RabbitMqJmsNames.TEXT -> text();
            case RabbitMqJmsNames.BYTES -> new JmsBytesMessage(in.rest());
            case RabbitMqJmsNames.MAP -> new JmsMapMessage(entries(false));
            case RabbitMqJmsNames.STREAM -> new JmsStreamMessage(values(in.readBytes(in.readInt())));
            case RabbitMqJmsNames.OBJECT -> new JmsObjectMessage(in.readBoolean() ? null : in.readBytes(in.readInt()));
            case RabbitMqJmsNames.MESSAGE -> new JmsMessage();
            default -> throw new StreamCorruptedException("no type of a message");
        };
    }

    private JmsMessage text() throws IOException {
        if (in.readBoolean()) {
            return new JmsTextMessage();
        }
        byte[] octets = in.readBytes(in.readInt());
        return new JmsTextMessage(TextBody.decode(octets, StandardCharsets.UTF_8)
                .orElseThrow(() -> new StreamCorruptedException("a text that is none")));
    }

    private static List<@Nullable Object> values(byte[] stream) throws IOException {
        JavaStreamReader in = new JavaStreamReader(stream, Set.of());
        List<@Nullable Object> values = new ArrayList<>();
        while (!in.isAtEnd()) {
            values.add(value(in, false));
        }
        return values;
    }

    private static void headers(Map<String, @Nullable Object> from, JmsMessage to) throws JMSException {
        to.setJMSMessageID(text(from, RabbitMqJmsNames.MESSAGE_ID));
        to.setJMSCorrelationID(text(from, RabbitMqJmsNames.CORRELATION_ID));
        to.setJMSType(text(from, RabbitMqJmsNames.TYPE));
        long timestamp = number(from, RabbitMqJmsNames.TIMESTAMP, 0);
        to.setJMSTimestamp(timestamp);
        to.setJMSDeliveryTime(number(from, RabbitMqJmsNames.DELIVERY_TIME, timestamp));
        to.setJMSExpiration(number(from, RabbitMqJmsNames.EXPIRATION, 0));
        to.setJMSDeliveryMode((int) number(from, RabbitMqJmsNames.DELIVERY_MODE, JmsMessage.DEFAULT_DELIVERY_MODE));
        to.setJMSPriority((int) number(from, RabbitMqJmsNames.PRIORITY, JmsMessage.DEFAULT_PRIORITY));
        to.setJMSReplyTo(RabbitMqJmsDestinations.read(from.get(RabbitMqJmsNames.REPLY_TO))
                .orElse(null));
        to.setJMSDestination(RabbitMqJmsDestinations.read(from.get(RabbitMqJmsNames.DESTINATION))
                .orElse(null));
    }

    private static void property(String name, @Nullable Object value, JmsMessage to) {
        if (!Conversions.isPropertyType(value)) {
            return;
        }
        if (PropertyNames.isValid(name)) {
            to.properties().put(name, value);
        } else {
            to.properties().annotate(name, value);
        }
    }

    private static @Nullable String text(Map<String, @Nullable Object> from, String name) {
        return from.get(name) instanceof String text ? text : null;
    }

    private static long number(Map<String, @Nullable Object> from, String name, long otherwise) {
        return from.get(name) instanceof Number number ? number.longValue() : otherwise;
    }
}
