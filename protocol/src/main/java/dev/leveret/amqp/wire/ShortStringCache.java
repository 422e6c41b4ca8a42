package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Recognises short strings that repeat, by their bytes: consumer tag, exchange and routing key come with every delivery
 * and are the same most of the time. 32 sets of two places; a newcomer pushes out the one of its set that was not asked
 * for last, so names that come once (a routing key per message) do not displace those that come always, and a peer can
 * fill no more than 64 times 255 bytes.
 */
final class ShortStringCache {

    private static final int SET_BITS = 5;
    private static final long MIX = 0x9E3779B97F4A7C15L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] @Nullable [] keys = new byte[2 << SET_BITS][];
    private final @Nullable String[] values = new String[2 << SET_BITS];

    /** The string that these bytes are; the same object as before if it is remembered. */
    String get(ByteBuf buffer, int index, int length) {
        int place = place(buffer, index, length);
        String value = lookUp(place, buffer, index, length);
        if (value != null) {
            return value;
        }
        value = lookUp(place + 1, buffer, index, length);
        byte[] key = keys[place + 1];
        if (value == null || key == null) {
            key = new byte[length];
            buffer.getBytes(index, key);
            value = Utf8.decode(key);
        }
        putFirst(place, key, value);
        return value;
    }

    private @Nullable String lookUp(int place, ByteBuf buffer, int index, int length) {
        byte[] key = keys[place];
        return key != null && key.length == length && sameBytes(key, buffer, index) ? values[place] : null;
    }

    private void putFirst(int place, byte[] key, String value) {
        keys[place + 1] = keys[place];
        values[place + 1] = values[place];
        keys[place] = key;
        values[place] = value;
    }

    /**
     * The first of the two places of these bytes: length, beginning and end decide, names seldom differ only between.
     */
    private static int place(ByteBuf buffer, int index, int length) {
        long hash = length;
        if (length >= Long.BYTES) {
            hash += buffer.getLong(index) * 31 + buffer.getLong(index + length - Long.BYTES);
        } else {
            for (int i = 0; i < length; i++) {
                hash = hash * 31 + buffer.getByte(index + i);
            }
        }
        return (int) (hash * MIX >>> Long.SIZE - SET_BITS) << 1;
    }

    private static boolean sameBytes(byte[] key, ByteBuf buffer, int index) {
        int i = 0;
        for (; i + Long.BYTES <= key.length; i += Long.BYTES) {
            if ((long) LONGS.get(key, i) != buffer.getLong(index + i)) {
                return false;
            }
        }
        for (; i < key.length; i++) {
            if (key[i] != buffer.getByte(index + i)) {
                return false;
            }
        }
        return true;
    }
}
