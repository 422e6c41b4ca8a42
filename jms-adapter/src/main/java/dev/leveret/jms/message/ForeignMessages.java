package dev.leveret.jms.message;

import jakarta.jms.BytesMessage;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages that another provider made and an application sends through this one (Jakarta Messaging 3.1, section 3.12): what
 * the sender had set is copied over, and what sending sets is written back.
 */
public final class ForeignMessages {

    private static final int PART = 8 * 1024;

    private ForeignMessages() {}

    /**
     * The message itself if it is ours, otherwise a copy of ours.
     *
     * @throws MessageFormatException if there is no message, or it holds what no message can
     */
    public static JmsMessage adopt(@Nullable Message message) throws JMSException {
        if (message == null) {
            throw new MessageFormatException("no message to send");
        }
        if (message instanceof JmsMessage ours) {
            return ours;
        }
        JmsMessage copy = copyOfBody(message);
        copy.setJMSCorrelationID(message.getJMSCorrelationID());
        copy.setJMSReplyTo(message.getJMSReplyTo());
        copy.setJMSType(message.getJMSType());
        for (Enumeration<?> names = message.getPropertyNames(); names.hasMoreElements(); ) {
            String name = (String) names.nextElement();
            copy.properties().set(name, message.getObjectProperty(name));
        }
        return copy;
    }

    /** Writes the headers that sending has set back into the message that the application holds. */
    public static void writeBack(JmsMessage sent, Message original, Destination destination) throws JMSException {
        if (sent != original) {
            original.setJMSDestination(destination);
            original.setJMSDeliveryMode(sent.getJMSDeliveryMode());
            original.setJMSPriority(sent.getJMSPriority());
            original.setJMSMessageID(sent.getJMSMessageID());
            original.setJMSTimestamp(sent.getJMSTimestamp());
            original.setJMSExpiration(sent.getJMSExpiration());
            original.setJMSDeliveryTime(sent.getJMSDeliveryTime());
        }
    }

    private static JmsMessage copyOfBody(Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return new JmsTextMessage(text.getText());
        }
        if (message instanceof BytesMessage bytes) {
            return new JmsBytesMessage(contentOf(bytes));
        }
        if (message instanceof MapMessage map) {
            return new JmsMapMessage(contentOf(map));
        }
        if (message instanceof StreamMessage stream) {
            return new JmsStreamMessage(contentOf(stream));
        }
        if (message instanceof ObjectMessage object) {
            JmsObjectMessage copy = new JmsObjectMessage();
            copy.setObject(object.getObject());
            return copy;
        }
        return new JmsMessage();
    }

    private static byte[] contentOf(BytesMessage message) throws JMSException {
        message.reset();
        // Not by getBodyLength, of which some classes know nothing.
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        byte[] part = new byte[PART];
        for (int read = message.readBytes(part); read > 0; read = message.readBytes(part)) {
            content.write(part, 0, read);
        }
        return content.toByteArray();
    }

    private static Map<String, @Nullable Object> contentOf(MapMessage message) throws JMSException {
        Map<String, @Nullable Object> content = new LinkedHashMap<>();
        for (Enumeration<?> names = message.getMapNames(); names.hasMoreElements(); ) {
            String name = (String) names.nextElement();
            content.put(name, message.getObject(name));
        }
        return content;
    }

    private static List<@Nullable Object> contentOf(StreamMessage message) throws JMSException {
        List<@Nullable Object> content = new ArrayList<>();
        message.reset();
        while (true) {
            try {
                content.add(message.readObject());
            } catch (MessageEOFException e) {
                // The only way to learn that there are no more.
                return content;
            }
        }
    }
}
