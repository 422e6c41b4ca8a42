package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends arguments to a buffer. Bits in a row are packed into octets, which appear when another type follows or with
 * {@link #finish}. A value that does not fit its field is an {@link IllegalArgumentException}: nothing is cut, and no
 * character replaced (an unpaired surrogate is refused, unless it stands for a byte: see {@link WireReader}).
 */
public final class WireWriter {

    private static final int MAX_SHORT_STRING = 255;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int bits;
    private int bitCount;

    /** Starts over at the buffer's writer index. */
    public WireWriter wrap(ByteBuf buffer) {
        this.buffer = buffer;
        this.bits = 0;
        this.bitCount = 0;
        return this;
    }

    /** 8 bits, unsigned. */
    public WireWriter octet(int value) {
        require(value >>> 8 == 0, "octet", value);
        flushed().buffer.writeByte(value);
        return this;
    }

    /** 16 bits, unsigned. */
    public WireWriter shortInt(int value) {
        require(value >>> 16 == 0, "short integer", value);
        flushed().buffer.writeShort(value);
        return this;
    }

    /** 32 bits, unsigned. */
    public WireWriter longInt(long value) {
        require(value >>> 32 == 0, "long integer", value);
        flushed().buffer.writeInt((int) value);
        return this;
    }

    /** 64 bits. */
    public WireWriter longLong(long value) {
        flushed().buffer.writeLong(value);
        return this;
    }

    /** One bit, packed with those before it. */
    public WireWriter bit(boolean value) {
        if (bitCount == Byte.SIZE) {
            flushed();
        }
        bits |= (value ? 1 : 0) << bitCount++;
        return this;
    }

    /** At most 255 bytes of UTF-8. */
    public WireWriter shortString(String value) {
        putShortString(flushed().buffer, value);
        return this;
    }

    /** A length of 32 bits and the bytes. */
    public WireWriter longString(byte[] value) {
        flushed().buffer.writeInt(value.length).writeBytes(value);
        return this;
    }

    /** A long string that is text. */
    public WireWriter longStringUtf8(String value) {
        putLongString(flushed().buffer, value);
        return this;
    }

    /** Whole seconds since 1970; the rest of a second is lost. */
    public WireWriter timestamp(Instant value) {
        return longLong(value.getEpochSecond());
    }

    /** A field table: see {@link TableCodec}. */
    public WireWriter table(Map<String, ? extends @Nullable Object> value) {
        TableCodec.write(value, flushed().buffer);
        return this;
    }

    /** Writes the bits that still wait for their octet. */
    public void finish() {
        flushed();
    }

    private WireWriter flushed() {
        if (bitCount > 0) {
            buffer.writeByte(bits);
            bits = 0;
            bitCount = 0;
        }
        return this;
    }

    /** Bytes of {@code value} as a short string, with its length octet; refuses what cannot be one. */
    static int shortStringSize(String value) {
        int length = Utf8.length(value);
        if (length > MAX_SHORT_STRING) {
            throw tooLong(value, length);
        }
        return 1 + length;
    }

    static void putShortString(ByteBuf out, String value) {
        if (value.length() > MAX_SHORT_STRING) { // no char takes less than a byte: refuse before the buffer grows
            throw tooLong(value, Utf8.length(value));
        }
        int start = out.writerIndex();
        out.writeByte(0);
        Utf8.write(out, value);
        int length = out.writerIndex() - start - 1;
        if (length > MAX_SHORT_STRING) {
            out.writerIndex(start);
            throw tooLong(value, length);
        }
        out.setByte(start, length);
    }

    static void putLongString(ByteBuf out, String value) {
        int start = out.writerIndex();
        out.writeInt(0);
        Utf8.write(out, value);
        out.setInt(start, out.writerIndex() - start - 4);
    }

    private static IllegalArgumentException tooLong(String value, int length) {
        return new IllegalArgumentException("a name of " + length + " bytes of UTF-8, AMQP allows " + MAX_SHORT_STRING
                + ": '" + value.substring(0, Math.min(40, value.length())) + "...'");
    }

    private static void require(boolean fits, String type, long value) {
        if (!fits) {
            throw new IllegalArgumentException(value + " does not fit an AMQP " + type);
        }
    }
}
