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

    /** Headers by which the broker routes; to an application they are names as any other. */
    private static final Set<String> ROUTING = Set.of("CC", "BCC");

    /** BasicProperties that have a field of their own, or that only a receiver gets. */
    private static final Set<String> NOT_HEADERS = Set.of(
            PropertyNames.DELIVERY_COUNT,
            PropertyNames.USER_ID,
            PropertyNames.APP_ID,
            PropertyNames.CONTENT_TYPE,
            PropertyNames.CONTENT_ENCODING);

    private PropertyHeaders() {}

    /** Whether a property goes out as a header. */
    static boolean isSent(String name) {
        return !NOT_HEADERS.contains(name);
    }

    static void write(JmsMessage from, BasicProperties.Builder to) {
        from.properties().asMap().forEach((name, value) -> {
            if (isSent(name)) {
                to.header(ROUTING.contains(name) ? WireNames.PROPERTY + name : name, value);
            }
        });
    }

    static void read(Map<String, @Nullable Object> headers, MessageProperties to) {
        headers.forEach((header, value) -> {
            String name = nameOf(header);
            Object property = propertyOf(value);
            if (name == null || !Conversions.isPropertyType(property)) {
                return;
            }
            if (!PropertyNames.isValid(name)) {
                to.annotate(name, property);
            } else if (!NOT_HEADERS.contains(name)) {
                to.put(name, property);
            }
        });
    }

    /** What a header is called as a property; null if it tells what a message has another place for. */
    private static @Nullable String nameOf(String header) {
        if (!header.startsWith(WireNames.PROPERTY)) {
            return isOurs(header) ? null : header;
        }
        String name = header.substring(WireNames.PROPERTY.length());
        return ROUTING.contains(name) ? name : null;
    }

    /** Of all that a message has: what {@link #read} would make the property. */
    static @Nullable Object property(BasicProperties from, String name) {
        Object header = ROUTING.contains(name) ? from.header(WireNames.PROPERTY + name) : null;
        Object property = propertyOf(header == null ? from.header(name) : header);
        return Conversions.isPropertyType(property) ? property : null;
    }

    /** Whether a header tells what a message has another place for. */
    private static boolean isOurs(String header) {
        return header.startsWith(WireNames.PREFIX)
                || header.equals(WireNames.DELAY)
                || (header.startsWith("JMS") && PropertyNames.isReserved(header));
    }

    /** What brokers and shovels add, of a message that has told its properties itself. */
    static void readAnnotations(Map<String, @Nullable Object> headers, MessageProperties to) {
        headers.forEach((name, value) -> {
            Object property = propertyOf(value);
            if (!isOurs(name) && !PropertyNames.isValid(name) && Conversions.isPropertyType(property)) {
                to.annotate(name, property);
            }
        });
    }

    private static @Nullable Object propertyOf(@Nullable Object header) {
        if (header instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return header instanceof Instant instant ? (Long) instant.toEpochMilli() : header;
    }
}
