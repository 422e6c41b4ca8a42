package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.Causes;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UTFDataFormatException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes messages as rabbitmq-jms does, so that its consumers can read them: see {@link RabbitMqJmsReader}. */
final class RabbitMqJmsWriter {

    private static final byte[] NOTHING = {};

    private final String topicExchange;
    private final JavaStreamWriter to;

    private RabbitMqJmsWriter(String topicExchange) throws IOException {
        this.topicExchange = topicExchange;
        to = new JavaStreamWriter();
    }

    /**
     * The body of a message.
     *
     * @throws MessageFormatException if it has a string that their format cannot hold
     */
    static byte[] body(JmsMessage message, String topicExchange) throws JMSException {
        try {
            return new RabbitMqJmsWriter(topicExchange).write(message);
        } catch (UTFDataFormatException e) {
            throw Causes.with(
                    e,
                    new MessageFormatException(
                            "a name, property or value of more than 65535 bytes, which rabbitmq-jms cannot read"));
        } catch (IOException impossible) {
            throw new AssertionError("an array cannot fail to be written", impossible);
        }
    }

    /** The headers by which their selectors work. */
    static void headers(JmsMessage message, BasicProperties.Builder to) throws JMSException {
        to.contentType(ContentType.BYTES);
        boolean persistent = message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT;
        to.header("JMSDeliveryMode", persistent ? "PERSISTENT" : "NON_PERSISTENT");
        to.header(WireNames.MESSAGE_ID, message.getJMSMessageID());
        to.header(WireNames.TIMESTAMP, message.getJMSTimestamp());
        to.header("JMSPriority", message.getJMSPriority());
        if (message.getJMSCorrelationID() != null) {
            to.header(WireNames.CORRELATION_ID, message.getJMSCorrelationID());
        }
        if (message.getJMSType() != null) {
            to.header(WireNames.JMS_TYPE, message.getJMSType());
        }
    }

    private byte[] write(JmsMessage message) throws IOException, JMSException {
        DataOutputStream out = to.values();
        out.writeUTF(classOf(message));
        String id = message.getJMSMessageID();
        // Their messages are equal when these are.
        out.writeUTF(id == null ? UUID.randomUUID().toString() : id.substring(id.startsWith("ID:") ? 3 : 0));
        entries(headers(message));
        Map<String, @Nullable Object> properties = present(message.properties().asMap());
        properties.keySet().removeIf(it -> !PropertyHeaders.isSent(it));
        entries(properties);
        to.endBlock();
        return to.toByteArray(body(message, out));
    }

    private static Map<String, @Nullable Object> headers(JmsMessage message) {
        Map<String, @Nullable Object> headers = new LinkedHashMap<>();
        headers.put(RabbitMqJmsNames.MESSAGE_ID, message.getJMSMessageID());
        headers.put(RabbitMqJmsNames.TIMESTAMP, message.getJMSTimestamp());
        headers.put(RabbitMqJmsNames.DELIVERY_MODE, message.getJMSDeliveryMode());
        headers.put(RabbitMqJmsNames.PRIORITY, message.getJMSPriority());
        headers.put(RabbitMqJmsNames.EXPIRATION, message.getJMSExpiration());
        headers.put(RabbitMqJmsNames.DELIVERY_TIME, message.getJMSDeliveryTime());
        headers.put(RabbitMqJmsNames.CORRELATION_ID, message.getJMSCorrelationID());
        headers.put(RabbitMqJmsNames.TYPE, message.getJMSType());
        headers.put(RabbitMqJmsNames.DESTINATION, message.getJMSDestination());
        headers.put(RabbitMqJmsNames.REPLY_TO, message.getJMSReplyTo());
        return present(headers);
    }

    /** They have no null among headers and properties. */
    private static Map<String, @Nullable Object> present(Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> present = new LinkedHashMap<>(values);
        present.values().removeIf(it -> it == null);
        return present;
    }

    private void entries(Map<String, @Nullable Object> entries) throws IOException {
        to.values().writeInt(entries.size());
        for (Map.Entry<String, @Nullable Object> entry : entries.entrySet()) {
            to.values().writeUTF(entry.getKey());
            value(entry.getValue());
        }
    }

    private void value(@Nullable Object value) throws IOException {
        DataOutputStream out = to.values();
        if (value instanceof JmsDestination destination) {
            out.writeByte(127);
            RabbitMqJmsDestinations.write(destination, topicExchange, to);
        } else {
            value(value, out);
        }
    }

    private static void value(@Nullable Object value, DataOutputStream out) throws IOException {
        if (value == null) {
            out.writeByte(-1);
        } else if (value instanceof Boolean it) {
            out.writeByte(1);
            out.writeBoolean(it);
        } else if (value instanceof String it) {
            out.writeByte(8);
            out.writeUTF(it);
        } else if (value instanceof Character it) {
            out.writeByte(9);
            out.writeChar(it);
        } else if (value instanceof byte[] it) {
            out.writeByte(10);
            out.writeInt(it.length);
            out.write(it);
        } else {
            number((Number) value, out);
        }
    }

    private static void number(Number value, DataOutputStream out) throws IOException {
        if (value instanceof Byte) {
            out.writeByte(2);
            out.writeByte(value.byteValue());
        } else if (value instanceof Short) {
            out.writeByte(3);
            out.writeShort(value.shortValue());
        } else if (value instanceof Integer) {
            out.writeByte(4);
            out.writeInt(value.intValue());
        } else if (value instanceof Long) {
            out.writeByte(5);
            out.writeLong(value.longValue());
        } else if (value instanceof Float) {
            out.writeByte(6);
            out.writeFloat(value.floatValue());
        } else {
            out.writeByte(7);
            out.writeDouble(value.doubleValue());
        }
    }

    private static String classOf(JmsMessage message) {
        if (message instanceof JmsTextMessage) {
            return RabbitMqJmsNames.TEXT;
        }
        if (message instanceof JmsBytesMessage) {
            return RabbitMqJmsNames.BYTES;
        }
        if (message instanceof JmsMapMessage) {
            return RabbitMqJmsNames.MAP;
        }
        if (message instanceof JmsStreamMessage) {
            return RabbitMqJmsNames.STREAM;
        }
        return message instanceof JmsObjectMessage ? RabbitMqJmsNames.OBJECT : RabbitMqJmsNames.MESSAGE;
    }

    /** Writes the body among the values, but for that of a bytes message, which comes behind everything. */
    private byte[] body(JmsMessage message, DataOutputStream out) throws IOException, JMSException {
        if (message instanceof JmsBytesMessage bytes) {
            return bytes.content();
        }
        if (message instanceof JmsTextMessage text) {
            String value = text.getText();
            octets(value == null ? null : TextBody.encode(value, StandardCharsets.UTF_8), out);
        } else if (message instanceof JmsObjectMessage object) {
            octets(object.content(), out);
        } else if (message instanceof JmsMapMessage map) {
            entries(map.content());
        } else if (message instanceof JmsStreamMessage stream) {
            byte[] inner = stream(stream);
            out.writeInt(inner.length);
            out.write(inner);
        }
        return NOTHING;
    }

    private static byte[] stream(JmsStreamMessage message) throws IOException {
        JavaStreamWriter inner = new JavaStreamWriter();
        for (Object value : message.content()) {
            value(value, inner.values());
        }
        return inner.toByteArray(NOTHING);
    }

    private static void octets(byte @Nullable [] octets, DataOutputStream out) throws IOException {
        out.writeBoolean(octets == null);
        if (octets != null) {
            out.writeInt(octets.length);
            out.write(octets);
        }
    }
}
