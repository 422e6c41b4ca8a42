package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the arguments of a frame, to be used again for the next one. Every read is checked against the end of
 * the frame, whatever else the buffer holds, and no length from the wire is allocated before the bytes are known to be
 * there.
 *
 * <p>Neither index of the buffer is moved. Short strings that repeat come as the same {@code String} object, recognised
 * by their bytes.
 *
 * <p>Text on the wire is UTF-8 by the specification but any bytes in fact. What is not valid UTF-8 is kept: such a byte
 * {@code b} is read as the char {@code U+DC00 + b}, which no valid text contains, and {@link WireWriter} writes that
 * char as the byte it was. So a name is never altered on its way through, and never the reason to end a connection.
 */
public final class WireReader {

    private static final byte[] NO_BYTES = {};

    private final ShortStringCache cache = new ShortStringCache();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int position;
    private int limit;
    private int bits;
    private int bitsLeft;

    /** Starts over at the buffer's reader index; no more than {@code length} bytes can be read. */
    public WireReader wrap(ByteBuf buffer, int length) {
        return wrap(buffer, buffer.readerIndex(), length);
    }

    WireReader wrap(ByteBuf buffer, int index, int length) {
        if (this.buffer != buffer) { // a reference that is written is work for the collector
            this.buffer = buffer;
        }
        this.position = index;
        this.limit = index + length;
        this.bitsLeft = 0;
        return this;
    }

    /** Lets go of the buffer. */
    void unwrap() {
        wrap(Unpooled.EMPTY_BUFFER, 0, 0);
    }

    /** Bytes left to read. */
    public int remaining() {
        return limit - position;
    }

    /** 8 bits, unsigned. */
    public int octet() {
        return buffer.getUnsignedByte(take(1, "an octet"));
    }

    /** 16 bits, unsigned. */
    public int shortInt() {
        return buffer.getUnsignedShort(take(2, "a short integer"));
    }

    /** 32 bits, unsigned. */
    public long longInt() {
        return buffer.getUnsignedInt(take(4, "a long integer"));
    }

    /** 64 bits; from 2^63 on they come out negative. */
    public long longLong() {
        return buffer.getLong(take(8, "a long long integer"));
    }

    /** One bit; bits in a row share octets, the first in the lowest place. */
    public boolean bit() {
        if (bitsLeft == 0) {
            bits = buffer.getUnsignedByte(take(1, "bits"));
            bitsLeft = Byte.SIZE;
        }
        boolean value = (bits & 1) != 0;
        bits >>= 1;
        bitsLeft--;
        return value;
    }

    /** Up to 255 bytes of text. */
    public String shortString() {
        int length = buffer.getUnsignedByte(take(1, "the length of a short string"));
        int index = take(length, "a short string");
        if (length == 0) {
            return "";
        }
        return cache.get(buffer, index, length);
    }

    /** Up to 2^32 - 1 bytes by the specification, in fact what one frame has room for. */
    public byte[] longString() {
        long length = buffer.getUnsignedInt(take(4, "the length of a long string"));
        int index = take(length, "a long string");
        return bytes(index, (int) length);
    }

    /** A long string that is text. */
    public String longStringUtf8() {
        return Utf8.decode(longString());
    }

    /** Whole seconds since 1970; a moment beyond what {@link Instant} can hold becomes the nearest that it can. */
    public Instant timestamp() {
        return TableCodec.instant(buffer.getLong(take(8, "a timestamp")));
    }

    /** A field table, unmodifiable: see {@link TableCodec}. */
    public Map<String, @Nullable Object> table() {
        int start = position;
        skipTable();
        return TableCodec.readChecked(buffer, start);
    }

    /** Passes over a table after the same checks. */
    void skipTable() {
        bitsLeft = 0;
        position = TableCodec.skip(buffer, position, limit);
    }

    /** Passes over {@code count} bytes. */
    public void skip(int count) {
        take(count, "reserved bytes");
    }

    /** Passes over a short string. */
    void skipShortString() {
        take(buffer.getUnsignedByte(take(1, "the length of a short string")), "a short string");
    }

    /** Passes over a long string. */
    void skipLongString() {
        take(buffer.getUnsignedInt(take(4, "the length of a long string")), "a long string");
    }

    private byte[] bytes(int index, int length) {
        if (length == 0) {
            return NO_BYTES;
        }
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return bytes;
    }

    /** Moves on by {@code count} bytes if they are there; returns where they start. */
    private int take(long count, String what) {
        int start = position;
        if (count > limit - start) {
            throw MalformedFrameException.syntaxError(
                    what + " of " + count + " bytes, but " + (limit - start) + " are left");
        }
        position = start + (int) count;
        bitsLeft = 0;
        return start;
    }
}
