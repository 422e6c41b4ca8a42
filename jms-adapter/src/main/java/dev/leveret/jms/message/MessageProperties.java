package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one message: names that are checked, values of nine types, and a lock that closes on receipt.
 *
 * <p>A received message may also carry <em>annotations</em>: headers of other AMQP clients and of the broker whose names no
 * property can have, such as {@code x-first-death-queue}. They can be read by their exact name. They are not among
 * {@link #names}, and so are not carried on by programs that copy properties by name, which could not set them, nor when
 * the message is sent again.
 */
public final class MessageProperties {

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
    /** Few messages have any. */
    private Map<String, @Nullable Object> annotations = Map.of();

    private boolean readOnly;

    MessageProperties() {}

    /**
     * Sets a property as an application may.
     *
     * @throws IllegalArgumentException if there is no name
     * @throws MessageNotWriteableException if the message was received and its properties not cleared
     * @throws MessageFormatException if the value is of no property type
     * @throws JMSException if no property may be called so
     */
    void set(@Nullable String name, @Nullable Object value) throws JMSException {
        String checked = PropertyNames.require(name);
        if (readOnly) {
            throw new MessageNotWriteableException(
                    "the properties of a received message are read-only until clearProperties()");
        }
        if (!Conversions.isPropertyType(value)) {
            throw new MessageFormatException("property '" + checked + "' cannot be a "
                    + (value == null ? null : value.getClass().getName())
                    + ": only a boxed primitive other than Character, or a String");
        }
        values.put(checked, value);
    }

    /** Sets what came with the message, or what the provider adds; the name is valid, the value of a property type. */
    public void put(String name, @Nullable Object value) {
        values.put(name, value);
    }

    /** Keeps a header that can be read but is no property. */
    public void annotate(String name, @Nullable Object value) {
        if (annotations.isEmpty()) {
            annotations = new LinkedHashMap<>();
        }
        annotations.put(name, value);
    }

    /** The value of a property or annotation; null if there is none, or if it is null. */
    public @Nullable Object get(@Nullable String name) {
        Object value = values.get(name);
        return value == null && name != null ? annotations.get(name) : value;
    }

    boolean has(@Nullable String name) {
        return name != null && (values.containsKey(name) || annotations.containsKey(name));
    }

    /** The properties' names, without annotations; a view. */
    Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** The properties in the order they were set, without annotations; a view. */
    public Map<String, @Nullable Object> asMap() {
        return Collections.unmodifiableMap(values);
    }

    void clear() {
        values.clear();
        annotations = Map.of();
        readOnly = false;
    }

    void close() {
        readOnly = true;
    }
}
