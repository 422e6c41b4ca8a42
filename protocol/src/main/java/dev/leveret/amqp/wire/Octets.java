package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in an array of bytes. What is looked at often is cheaper there than in a {@link ByteBuf}, which checks more. */
final class Octets {

    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Octets() {}

    static int unsignedByte(byte[] in, int index) {
        return in[index] & 0xFF;
    }

    static int unsignedShort(byte[] in, int index) {
        return (short) SHORTS.get(in, index) & 0xFFFF;
    }

    static int signedInt(byte[] in, int index) {
        return (int) INTS.get(in, index);
    }

    static long unsignedInt(byte[] in, int index) {
        return signedInt(in, index) & 0xFFFF_FFFFL;
    }

    static long signedLong(byte[] in, int index) {
        return (long) LONGS.get(in, index);
    }

    /** A copy of a part of a buffer. */
    static byte[] copy(ByteBuf in, int index, int length) {
        byte[] copy = new byte[length];
        in.getBytes(index, copy);
        return copy;
    }
}
