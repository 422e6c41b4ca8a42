package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import dev.leveret.jms.message.PropertyNames;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The body of a message as octets, with the content type and the header that tell what they are. */
final class OutboundBody {

    private static final byte[] NONE = {};

    private OutboundBody() {}

    /** The content type unless the application chooses another; null for messages that have no body. */
    static @Nullable String usualContentType(JmsMessage message) {
        if (message instanceof JmsTextMessage) {
            return ContentType.TEXT;
        }
        if (message instanceof JmsBytesMessage) {
            return ContentType.BYTES;
        }
        if (message instanceof JmsMapMessage || message instanceof JmsStreamMessage) {
            return ContentType.JSON;
        }
        return message instanceof JmsObjectMessage ? ContentType.OBJECT : null;
    }

    /**
     * Encodes a body.
     *
     * @throws MessageFormatException if the text cannot be written in the character set that the message names
     */
    static byte[] encode(JmsMessage message, BasicProperties.Builder to) throws JMSException {
        to.header(WireNames.TYPE, typeOf(message));
        String chosen = message.getStringProperty(PropertyNames.CONTENT_TYPE);
        byte[] body = octets(message, chosen);
        if (body == null) {
            // Told from an empty body by the content type that is missing.
            return NONE;
        }
        to.contentType(chosen == null ? usualContentType(message) : chosen);
        return body;
    }

    private static String typeOf(JmsMessage message) {
        if (message instanceof JmsTextMessage) {
            return WireNames.TYPE_TEXT;
        }
        if (message instanceof JmsBytesMessage) {
            return WireNames.TYPE_BYTES;
        }
        if (message instanceof JmsMapMessage) {
            return WireNames.TYPE_MAP;
        }
        if (message instanceof JmsStreamMessage) {
            return WireNames.TYPE_STREAM;
        }
        return message instanceof JmsObjectMessage ? WireNames.TYPE_OBJECT : WireNames.TYPE_MESSAGE;
    }

    /** Null if there is none, which is not the same as an empty one. */
    private static byte @Nullable [] octets(JmsMessage message, @Nullable String contentType) throws JMSException {
        if (message instanceof JmsTextMessage text) {
            String value = text.getText();
            return value == null ? null : TextBody.encode(value, charset(contentType));
        }
        if (message instanceof JmsBytesMessage bytes) {
            return bytes.content();
        }
        if (message instanceof JmsMapMessage map) {
            return TextBody.encode(TypedJsonWriter.ofMap(map.content()), StandardCharsets.UTF_8);
        }
        if (message instanceof JmsStreamMessage stream) {
            return TextBody.encode(TypedJsonWriter.ofList(stream.content()), StandardCharsets.UTF_8);
        }
        return message instanceof JmsObjectMessage object ? object.content() : NONE;
    }

    private static Charset charset(@Nullable String contentType) throws MessageFormatException {
        return ContentType.parse(contentType)
                .charset()
                .orElseThrow(() -> new MessageFormatException(
                        PropertyNames.CONTENT_TYPE + " names a character set that is not known: " + contentType));
    }
}
