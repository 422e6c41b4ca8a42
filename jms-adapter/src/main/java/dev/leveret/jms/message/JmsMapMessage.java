package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.MessageFormatException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is named values (Jakarta Messaging 3.1, section 3.11), which are read by the same conversions as
 * properties. Keeps the order in which names were first set.
 */
public final class JmsMapMessage extends JmsMessage implements MapMessage {

    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

    /** An empty message to be written. */
    public JmsMapMessage() {}

    /**
     * A message with this body.
     *
     * @throws MessageFormatException if a value is of no type that a body can hold
     */
    public JmsMapMessage(Map<String, ? extends @Nullable Object> body) throws MessageFormatException {
        for (Map.Entry<String, ? extends @Nullable Object> entry : body.entrySet()) {
            values.put(entry.getKey(), BodyValues.copyOf(entry.getValue()));
        }
    }

    /** The body as it is; a view. Its arrays may not be changed. */
    public Map<String, @Nullable Object> content() {
        return Collections.unmodifiableMap(values);
    }

    @Override
    public boolean getBoolean(@Nullable String name) throws JMSException {
        return Conversions.toBoolean(values.get(name));
    }

    @Override
    public byte getByte(@Nullable String name) throws JMSException {
        return Conversions.toByte(values.get(name));
    }

    @Override
    public short getShort(@Nullable String name) throws JMSException {
        return Conversions.toShort(values.get(name));
    }

    @Override
    public char getChar(@Nullable String name) throws JMSException {
        return Conversions.toChar(values.get(name));
    }

    @Override
    public int getInt(@Nullable String name) throws JMSException {
        return Conversions.toInt(values.get(name));
    }

    @Override
    public long getLong(@Nullable String name) throws JMSException {
        return Conversions.toLong(values.get(name));
    }

    @Override
    public float getFloat(@Nullable String name) throws JMSException {
        return Conversions.toFloat(values.get(name));
    }

    @Override
    public double getDouble(@Nullable String name) throws JMSException {
        return Conversions.toDouble(values.get(name));
    }

    @Override
    public @Nullable String getString(@Nullable String name) throws JMSException {
        return Conversions.toText(values.get(name));
    }

    @Override
    public byte @Nullable [] getBytes(@Nullable String name) throws JMSException {
        byte[] bytes = Conversions.toBytes(values.get(name));
        return bytes == null ? null : bytes.clone();
    }

    @Override
    public @Nullable Object getObject(@Nullable String name) throws JMSException {
        return BodyValues.copyOf(values.get(name));
    }

    /** A snapshot: values may be set while it is walked through. */
    @Override
    public Enumeration<String> getMapNames() {
        return Collections.enumeration(List.copyOf(values.keySet()));
    }

    @Override
    public boolean itemExists(@Nullable String name) {
        return values.containsKey(name);
    }

    @Override
    public void setBoolean(@Nullable String name, boolean value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setByte(@Nullable String name, byte value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setShort(@Nullable String name, short value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setChar(@Nullable String name, char value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setInt(@Nullable String name, int value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setLong(@Nullable String name, long value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setFloat(@Nullable String name, float value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setDouble(@Nullable String name, double value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setString(@Nullable String name, @Nullable String value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setBytes(@Nullable String name, byte @Nullable [] value) throws JMSException {
        set(name, value);
    }

    @Override
    public void setBytes(@Nullable String name, byte[] value, int offset, int length) throws JMSException {
        Objects.checkFromIndexSize(offset, length, value.length);
        set(name, Arrays.copyOfRange(value, offset, offset + length));
    }

    @Override
    public void setObject(@Nullable String name, @Nullable Object value) throws JMSException {
        set(name, value);
    }

    private void set(@Nullable String name, @Nullable Object value) throws JMSException {
        requireWritableBody();
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("a value of a map message needs a name");
        }
        values.put(name, BodyValues.copyOf(value));
    }

    /** {@inheritDoc} A map of no entries counts as none. The map is a copy that the caller may change. */
    @Override
    @Nullable
    Object body() throws JMSException {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
            copy.put(entry.getKey(), BodyValues.copyOf(entry.getValue()));
        }
        return copy.isEmpty() ? null : copy;
    }

    @Override
    boolean isReadableAs(Class<?> type, Object body) {
        return type.isAssignableFrom(Map.class);
    }

    @Override
    void emptyBody() {
        values.clear();
    }
}
