package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
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

    /** A remembered string; beginning and end are in numbers, as most names are no longer than the two together. */
    private record Entry(byte[] bytes, long head, long tail, String value) {

        boolean is(ByteBuf buffer, int index, int length, long otherHead, long otherTail) {
            return head == otherHead
                    && tail == otherTail
                    && bytes.length == length
                    && (length <= 2 * Long.BYTES || sameMiddle(buffer, index));
        }

        private boolean sameMiddle(ByteBuf buffer, int index) {
            for (int i = Long.BYTES; i < bytes.length - Long.BYTES; i++) {
                if (bytes[i] != buffer.getByte(index + i)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final @Nullable Entry[] entries = new Entry[2 << SET_BITS];

    /** The string that these bytes are; the same object as before if it is remembered. */
    String get(ByteBuf buffer, int index, int length) {
        long head = head(buffer, index, length);
        long tail = length < Long.BYTES ? 0 : buffer.getLong(index + length - Long.BYTES);
        int place = place(head, tail, length);
        Entry first = entries[place];
        if (first != null && first.is(buffer, index, length, head, tail)) {
            return first.value;
        }
        Entry second = entries[place + 1];
        if (second == null || !second.is(buffer, index, length, head, tail)) {
            byte[] bytes = new byte[length];
            buffer.getBytes(index, bytes);
            second = new Entry(bytes, head, tail, Utf8.decode(bytes));
        }
        entries[place + 1] = first;
        entries[place] = second;
        return second.value;
    }

    /** The first eight bytes, or all of a shorter name; overlapping, where no number has its size. */
    private static long head(ByteBuf buffer, int index, int length) {
        if (length >= Long.BYTES) {
            return buffer.getLong(index);
        }
        if (length >= Integer.BYTES) {
            return (long) buffer.getInt(index) << Integer.SIZE | buffer.getUnsignedInt(index + length - Integer.BYTES);
        }
        long head = 0;
        for (int i = 0; i < length; i++) {
            head = head << Byte.SIZE | buffer.getUnsignedByte(index + i);
        }
        return head;
    }

    /** The first of a name's two places: length, beginning and end decide, names seldom differ only between. */
    private static int place(long head, long tail, int length) {
        long hash = head * 31 + tail + length;
        return (int) (hash * MIX >>> Long.SIZE - SET_BITS) << 1;
    }
}
