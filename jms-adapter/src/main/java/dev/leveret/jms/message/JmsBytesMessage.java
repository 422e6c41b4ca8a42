package dev.leveret.jms.message;

import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.MessageNotReadableException;
import java.io.DataInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A message whose body is octets (Jakarta Messaging 3.1, section 3.11): written first, then read after {@link #reset} or on
 * receipt.
 */
public final class JmsBytesMessage extends JmsMessage implements BytesMessage {

    private BytesWriter writer = new BytesWriter();

    /** Null while the message is being written; otherwise it holds the body, not the writer. */
    private @Nullable BytesReader reader;

    /** An empty message to be written. */
    public JmsBytesMessage() {}

    /** A message to be read. The body is not copied; nobody may change it. */
    public JmsBytesMessage(byte[] body) {
        reader = new BytesReader(body);
        super.closeBody();
    }

    /** A copy of the whole body, whether it is being written or read. */
    public byte[] content() {
        return reader == null ? writer.toByteArray() : reader.toByteArray();
    }

    @Override
    public long getBodyLength() throws JMSException {
        return reader().length();
    }

    @Override
    public boolean readBoolean() throws JMSException {
        return reader().read(DataInputStream::readBoolean);
    }

    @Override
    public byte readByte() throws JMSException {
        return reader().read(DataInputStream::readByte);
    }

    @Override
    public int readUnsignedByte() throws JMSException {
        return reader().read(DataInputStream::readUnsignedByte);
    }

    @Override
    public short readShort() throws JMSException {
        return reader().read(DataInputStream::readShort);
    }

    @Override
    public int readUnsignedShort() throws JMSException {
        return reader().read(DataInputStream::readUnsignedShort);
    }

    @Override
    public char readChar() throws JMSException {
        return reader().read(DataInputStream::readChar);
    }

    @Override
    public int readInt() throws JMSException {
        return reader().read(DataInputStream::readInt);
    }

    @Override
    public long readLong() throws JMSException {
        return reader().read(DataInputStream::readLong);
    }

    @Override
    public float readFloat() throws JMSException {
        return reader().read(DataInputStream::readFloat);
    }

    @Override
    public double readDouble() throws JMSException {
        return reader().read(DataInputStream::readDouble);
    }

    @Override
    public String readUTF() throws JMSException {
        return reader().read(in -> in.readUTF());
    }

    @Override
    public int readBytes(byte[] value) throws JMSException {
        return readBytes(value, value.length);
    }

    @Override
    public int readBytes(byte[] value, int length) throws JMSException {
        BytesReader source = reader();
        if (length < 0 || length > value.length) {
            throw new IndexOutOfBoundsException("length " + length + " of an array of " + value.length);
        }
        return source.read(in -> in.read(value, 0, length));
    }

    @Override
    public void writeBoolean(boolean value) throws JMSException {
        write(it -> it.writeBoolean(value));
    }

    @Override
    public void writeByte(byte value) throws JMSException {
        write(it -> it.writeByte(value));
    }

    @Override
    public void writeShort(short value) throws JMSException {
        write(it -> it.writeShort(value));
    }

    @Override
    public void writeChar(char value) throws JMSException {
        write(it -> it.writeChar(value));
    }

    @Override
    public void writeInt(int value) throws JMSException {
        write(it -> it.writeInt(value));
    }

    @Override
    public void writeLong(long value) throws JMSException {
        write(it -> it.writeLong(value));
    }

    @Override
    public void writeFloat(float value) throws JMSException {
        write(it -> it.writeFloat(value));
    }

    @Override
    public void writeDouble(double value) throws JMSException {
        write(it -> it.writeDouble(value));
    }

    /** {@inheritDoc} The format cannot hold more than 65535 bytes of modified UTF-8. */
    @Override
    public void writeUTF(String value) throws JMSException {
        write(it -> it.writeUTF(value));
    }

    @Override
    public void writeBytes(byte[] value) throws JMSException {
        write(it -> it.write(value));
    }

    @Override
    public void writeBytes(byte[] value, int offset, int length) throws JMSException {
        write(it -> it.write(value, offset, length));
    }

    @Override
    public void writeObject(@Nullable Object value) throws JMSException {
        requireWritableBody();
        writer.writeObject(value);
    }

    @Override
    public void reset() {
        closeBody();
    }

    @Override
    void closeBody() {
        super.closeBody();
        reader = reader == null ? new BytesReader(writer.toByteArray()) : reader.rewound();
    }

    @Override
    void emptyBody() {
        writer = new BytesWriter();
        reader = null;
    }

    /** {@inheritDoc} A body of no octets counts as none. */
    @Override
    byte @Nullable [] body() {
        byte[] body = content();
        return body.length == 0 ? null : body;
    }

    private BytesReader reader() throws MessageNotReadableException {
        if (reader == null) {
            throw new MessageNotReadableException("the body is being written: call reset() first");
        }
        return reader;
    }

    private void write(BytesWriter.Write operation) throws JMSException {
        requireWritableBody();
        writer.write(operation);
    }
}
