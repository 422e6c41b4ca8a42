package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMapMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.JmsStreamMessage;
import dev.leveret.jms.message.JmsTextMessage;
import jakarta.jms.JMSException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What type of message a delivery is, and its body. Whatever is not what it says it is becomes a bytes message. */
final class InboundBody {

    /** The header that messages of rabbitmq-jms to "AMQP destinations" have, and its value for text. */
    private static final String RABBITMQ_JMS_TEXT = "TextMessage";

    private InboundBody() {}

    static JmsMessage decode(BasicProperties from, byte[] body) throws JMSException {
        String marker = from.header(WireNames.TYPE) instanceof String type ? type : unmarked(from);
        boolean none = from.contentType() == null && body.length == 0;
        return switch (marker) {
            case WireNames.TYPE_TEXT -> none ? new JmsTextMessage() : text(from, body);
            case WireNames.TYPE_MAP -> map(body);
            case WireNames.TYPE_STREAM -> stream(body);
            case WireNames.TYPE_OBJECT -> new JmsObjectMessage(none ? null : body);
            case WireNames.TYPE_MESSAGE -> body.length == 0 ? new JmsMessage() : new JmsBytesMessage(body);
            default -> new JmsBytesMessage(body);
        };
    }

    /** The type of a message that another client has sent. */
    private static String unmarked(BasicProperties from) {
        ContentType type = ContentType.parse(from.contentType());
        boolean text = type.isText() || RABBITMQ_JMS_TEXT.equals(from.header(WireNames.JMS_TYPE));
        if (text && isPlain(from.contentEncoding())) {
            return WireNames.TYPE_TEXT;
        }
        return type.mediaType().equals(ContentType.OBJECT) && isPlain(from.contentEncoding())
                ? WireNames.TYPE_OBJECT
                : WireNames.TYPE_BYTES;
    }

    private static JmsMessage text(BasicProperties from, byte[] body) {
        Optional<Charset> charset = ContentType.parse(from.contentType()).charset();
        return charset.flatMap(it -> TextBody.decode(body, it))
                .<JmsMessage>map(JmsTextMessage::new)
                .orElseGet(() -> new JmsBytesMessage(body));
    }

    private static JmsMessage map(byte[] body) throws JMSException {
        Optional<Map<String, @Nullable Object>> map =
                TextBody.decode(body, StandardCharsets.UTF_8).flatMap(TypedJsonReader::map);
        return map.isPresent() ? new JmsMapMessage(map.get()) : new JmsBytesMessage(body);
    }

    private static JmsMessage stream(byte[] body) throws JMSException {
        Optional<List<@Nullable Object>> list =
                TextBody.decode(body, StandardCharsets.UTF_8).flatMap(TypedJsonReader::list);
        return list.isPresent() ? new JmsStreamMessage(list.get()) : new JmsBytesMessage(body);
    }

    private static boolean isPlain(@Nullable String contentEncoding) {
        return contentEncoding == null
                || contentEncoding.isEmpty()
                || contentEncoding.equalsIgnoreCase("identity")
                // What some clients put there although it is a character set.
                || contentEncoding.equalsIgnoreCase("utf-8");
    }
}
