package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UTFDataFormatException;
import org.jspecify.annotations.Nullable;

/** Collects the body of a bytes message, in the formats of {@link DataOutputStream} as the specification prescribes. */
final class BytesWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);

    /** One write operation. */
    interface Write {
        void to(DataOutputStream out) throws IOException;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }

    void write(Write operation) throws JMSException {
        try {
            operation.to(out);
        } catch (UTFDataFormatException e) {
            throw Causes.with(e, new MessageFormatException("a string of more than 65535 bytes: use writeBytes"));
        } catch (IOException e) {
            throw Causes.with(e, new JMSException("the value could not be written: " + e.getMessage()));
        }
    }

    /** Writes a value by its own type. */
    void writeObject(@Nullable Object value) throws JMSException {
        if (value == null) {
            throw new NullPointerException("a bytes message cannot hold null");
        }
        write(writeOf(value));
    }

    private static Write writeOf(Object value) throws MessageFormatException {
        if (value instanceof byte[] it) {
            return out -> out.write(it);
        }
        if (value instanceof String it) {
            return out -> out.writeUTF(it);
        }
        if (value instanceof Boolean it) {
            return out -> out.writeBoolean(it);
        }
        if (value instanceof Character it) {
            return out -> out.writeChar(it);
        }
        if (value instanceof Number it) {
            return writeOfNumber(it);
        }
        throw refused(value);
    }

    private static Write writeOfNumber(Number value) throws MessageFormatException {
        if (value instanceof Byte) {
            return out -> out.writeByte(value.byteValue());
        }
        if (value instanceof Short) {
            return out -> out.writeShort(value.shortValue());
        }
        if (value instanceof Integer) {
            return out -> out.writeInt(value.intValue());
        }
        if (value instanceof Long) {
            return out -> out.writeLong(value.longValue());
        }
        if (value instanceof Float) {
            return out -> out.writeFloat(value.floatValue());
        }
        if (value instanceof Double) {
            return out -> out.writeDouble(value.doubleValue());
        }
        throw refused(value);
    }

    private static MessageFormatException refused(Object value) {
        return new MessageFormatException(
                "a bytes message cannot hold a " + value.getClass().getName());
    }
}
