package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotReadableException;
import jakarta.jms.StreamMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is values in a row (Jakarta Messaging 3.1, section 3.11): written first, then read after
 * {@link #reset} or on receipt, by the same conversions as properties.
 */
public final class JmsStreamMessage extends JmsMessage implements StreamMessage {

    private List<@Nullable Object> written = new ArrayList<>();

    /** Null while the message is being written. */
    private @Nullable StreamValues reader;

    /** An empty message to be written. */
    public JmsStreamMessage() {}

    /**
     * A message to be read.
     *
     * @throws MessageFormatException if a value is of no type that a body can hold
     */
    public JmsStreamMessage(List<? extends @Nullable Object> body) throws MessageFormatException {
        for (Object value : body) {
            written.add(BodyValues.copyOf(value));
        }
        closeBody();
    }

    /** The values, whether they are being written or read; a view. Its arrays may not be changed. */
    public List<@Nullable Object> content() {
        return Collections.unmodifiableList(reader == null ? written : reader.all());
    }

    @Override
    public boolean readBoolean() throws JMSException {
        return reader().next(Conversions::toBoolean);
    }

    @Override
    public byte readByte() throws JMSException {
        return reader().next(Conversions::toByte);
    }

    @Override
    public short readShort() throws JMSException {
        return reader().next(Conversions::toShort);
    }

    @Override
    public char readChar() throws JMSException {
        return reader().next(Conversions::toChar);
    }

    @Override
    public int readInt() throws JMSException {
        return reader().next(Conversions::toInt);
    }

    @Override
    public long readLong() throws JMSException {
        return reader().next(Conversions::toLong);
    }

    @Override
    public float readFloat() throws JMSException {
        return reader().next(Conversions::toFloat);
    }

    @Override
    public double readDouble() throws JMSException {
        return reader().next(Conversions::toDouble);
    }

    @Override
    public @Nullable String readString() throws JMSException {
        return reader().ask(Conversions::toText);
    }

    @Override
    public int readBytes(byte[] value) throws JMSException {
        return reader().nextBytes(value);
    }

    @Override
    public @Nullable Object readObject() throws JMSException {
        return reader().ask(BodyValues::copyOf);
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        write(value);
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        write(value);
    }

    @Override
    public void writeShort(short value) throws JMSException {
        write(value);
    }

    @Override
    public void writeChar(char value) throws JMSException {
        write(value);
    }

    @Override
    public void writeInt(int value) throws JMSException {
        write(value);
    }

    @Override
    public void writeLong(long value) throws JMSException {
        write(value);
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        write(value);
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        write(value);
    }

    @Override
    public void writeString(@Nullable String value) throws JMSException {
        write(value);
    }

    @Override
    public void writeBytes(byte @Nullable [] value) throws JMSException {
        write(value);
    }

    @Override
    public void writeBytes(byte[] value, int offset, int length) throws JMSException {
        Objects.checkFromIndexSize(offset, length, value.length);
        write(Arrays.copyOfRange(value, offset, offset + length));
    }

    @Override
    public void writeObject(@Nullable Object value) throws JMSException {
        write(value);
    }

    @Override
    public void reset() {
        closeBody();
    }

    @Override
    void closeBody() {
        super.closeBody();
        reader = reader == null ? new StreamValues(written) : reader.rewound();
    }

    @Override
    void emptyBody() {
        written = new ArrayList<>();
        reader = null;
    }

    /** {@inheritDoc} A stream cannot be had as one object, not even an empty one (section 3.13). */
    @Override
    Object body() throws JMSException {
        throw new MessageFormatException("the body of a stream message is read value by value");
    }

    private StreamValues reader() throws MessageNotReadableException {
        if (reader == null) {
            throw new MessageNotReadableException("the body is being written: call reset() first");
        }
        return reader;
    }

    private void write(@Nullable Object value) throws JMSException {
        requireWritableBody();
        written.add(BodyValues.copyOf(value));
    }
}
