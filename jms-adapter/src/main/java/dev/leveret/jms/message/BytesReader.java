package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UTFDataFormatException;

/**
 * Reads the body of a bytes message, in the formats of {@link DataInputStream} as the specification prescribes. A read that
 * fails leaves the position where it was.
 */
final class BytesReader {

    private final byte[] bytes;
    private final DataInputStream in;

    /** One read operation. */
    interface Read<T> {
        T from(DataInputStream in) throws IOException;
    }

    BytesReader(byte[] bytes) {
        this.bytes = bytes;
        this.in = new DataInputStream(new ByteArrayInputStream(bytes));
    }

    int length() {
        return bytes.length;
    }

    byte[] toByteArray() {
        return bytes.clone();
    }

    /** The same body from its start. */
    BytesReader rewound() {
        return new BytesReader(bytes);
    }

    <T> T read(Read<T> operation) throws JMSException {
        in.mark(0);
        try {
            return operation.from(in);
        } catch (IOException e) {
            rewind();
            throw failure(e);
        }
    }

    private void rewind() {
        try {
            in.reset();
        } catch (IOException impossible) {
            throw new AssertionError("an array cannot fail to be read again", impossible);
        }
    }

    private static JMSException failure(IOException cause) {
        JMSException failure;
        if (cause instanceof EOFException) {
            failure = new MessageEOFException("the body ends before the value does");
        } else if (cause instanceof UTFDataFormatException) {
            failure = new MessageFormatException("the bytes are not a string of readUTF's format");
        } else {
            failure = new JMSException(cause.getMessage());
        }
        return Causes.with(cause, failure);
    }
}
