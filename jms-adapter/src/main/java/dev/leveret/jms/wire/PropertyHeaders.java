package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.jms.message.Conversions;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.MessageProperties;
import dev.leveret.jms.message.PropertyNames;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Message properties as AMQP headers, under their own names and with their own types, and AMQP headers as properties. */
final class PropertyHeaders {

    /** BasicProperties that have a field of their own, or that only a receiver gets. */
    private static final Set<String> NOT_HEADERS = Set.of(
            PropertyNames.DELIVERY_COUNT,
            PropertyNames.USER_ID,
            PropertyNames.APP_ID,
            PropertyNames.CONTENT_TYPE,
            PropertyNames.CONTENT_ENCODING);

    private PropertyHeaders() {}

    /** Whether a property goes out under its own name. */
    static boolean isSent(String name) {
        return !NOT_HEADERS.contains(name);
    }

    static void write(JmsMessage from, BasicProperties.Builder to) {
        from.properties().asMap().forEach((name, value) -> {
            if (isSent(name)) {
                to.header(name, value);
            }
        });
    }

    static void read(Map<String, @Nullable Object> headers, MessageProperties to) {
        headers.forEach((name, value) -> {
            Object property = propertyOf(value);
            if (name.startsWith(WireNames.PREFIX)
                    || name.equals(WireNames.DELAY)
                    || NOT_HEADERS.contains(name)
                    || !Conversions.isPropertyType(property)) {
                return;
            }
            if (PropertyNames.isValid(name)) {
                to.put(name, property);
            } else {
                to.annotate(name, property);
            }
        });
    }

    /** What brokers and shovels add, of a message that has told its properties itself. */
    static void readAnnotations(Map<String, @Nullable Object> headers, MessageProperties to) {
        headers.forEach((name, value) -> {
            Object property = propertyOf(value);
            boolean told = name.startsWith("JMS") || name.startsWith(WireNames.PREFIX) || name.equals(WireNames.DELAY);
            if (!told && !PropertyNames.isValid(name) && Conversions.isPropertyType(property)) {
                to.annotate(name, property);
            }
        });
    }

    static @Nullable Object propertyOf(@Nullable Object header) {
        if (header instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return header instanceof Instant instant ? (Long) instant.toEpochMilli() : header;
    }
}
