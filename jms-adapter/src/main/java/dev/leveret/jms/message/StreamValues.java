package dev.leveret.jms.message;

import jakarta.jms.JMSException;
import jakarta.jms.MessageEOFException;
import jakarta.jms.MessageFormatException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values of a stream message while they are read, one after another (Jakarta Messaging 3.1, section 3.11). A read that
 * fails leaves the position where it was.
 *
 * <p>Bytes may be read in pieces. From the first piece to the end of the value nothing else can be read.
 */
final class StreamValues {

    private final List<@Nullable Object> values;
    private int position;

    /** How many bytes of the value at the position have been read; negative if it is not being read in pieces. */
    private int pieces = -1;

    /** One conversion. */
    interface Conversion<T> {
        T of(@Nullable Object value) throws JMSException;
    }

    /** One conversion that may give nothing. */
    interface Query<T> {
        @Nullable
        T of(@Nullable Object value) throws JMSException;
    }

    StreamValues(List<@Nullable Object> values) {
        this.values = values;
    }

    /** The same values from the first. */
    StreamValues rewound() {
        return new StreamValues(values);
    }

    List<@Nullable Object> all() {
        return values;
    }

    <T> T next(Conversion<T> conversion) throws JMSException {
        T value = conversion.of(whole());
        position++;
        return value;
    }

    <T> @Nullable T ask(Query<T> conversion) throws JMSException {
        T value = conversion.of(whole());
        position++;
        return value;
    }

    private @Nullable Object whole() throws JMSException {
        if (pieces >= 0) {
            throw new MessageFormatException(
                    "bytes are being read: readBytes until it returns fewer than it could, or -1");
        }
        return current();
    }

    /** The next piece of bytes: how many, fewer than there is room for if they are the last; -1 if there are none. */
    int nextBytes(byte[] into) throws JMSException {
        byte[] bytes = Conversions.toBytes(current());
        int from = Math.max(pieces, 0);
        if (bytes == null || (pieces >= 0 && from == bytes.length)) {
            advance();
            return -1;
        }
        int length = Math.min(into.length, bytes.length - from);
        System.arraycopy(bytes, from, into, 0, length);
        if (length < into.length) {
            advance();
        } else {
            pieces = from + length;
        }
        return length;
    }

    private void advance() {
        pieces = -1;
        position++;
    }

    private @Nullable Object current() throws MessageEOFException {
        if (position == values.size()) {
            throw new MessageEOFException("the message has no more than " + position + " values");
        }
        return values.get(position);
    }
}
