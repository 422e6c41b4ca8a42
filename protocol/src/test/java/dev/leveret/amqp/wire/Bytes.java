package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;

/** Buffers from hexadecimal text, which may have blanks, line breaks and {@code 'characters'} in it, and back. */
final class Bytes {

    private Bytes() {}

    static ByteBuf of(String text) {
        return Unpooled.wrappedBuffer(array(text));
    }

    static byte[] array(String text) {
        StringBuilder hex = new StringBuilder();
        boolean quoted = false;
        for (char c : text.toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
            } else if (quoted) {
                hex.append(String.format("%02x", (int) c));
            } else if (!Character.isWhitespace(c)) {
                hex.append(c);
            }
        }
        return ByteBufUtil.decodeHexDump(hex);
    }

    static String hex(ByteBuf buffer) {
        return ByteBufUtil.hexDump(buffer);
    }

    static String hex(String text) {
        return ByteBufUtil.hexDump(array(text));
    }

    /** What is written to an empty buffer. */
    static byte[] written(Consumer<ByteBuf> writing) {
        ByteBuf out = Unpooled.buffer();
        writing.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    static byte[] frame(int type, int channel, byte[] payload) {
        return written(out -> out.writeByte(type)
                .writeShort(channel)
                .writeInt(payload.length)
                .writeBytes(payload)
                .writeByte(FrameType.FRAME_END));
    }

    static byte[] method(int channel, Method method) {
        return written(out -> FrameWriter.method(out, channel, method));
    }

    /** A content header frame of class basic with these encoded properties. */
    static byte[] header(int channel, long bodySize, byte[] properties) {
        byte[] payload = written(out -> out.writeShort(BasicMethod.CLASS_ID)
                .writeShort(0)
                .writeLong(bodySize)
                .writeBytes(properties));
        return frame(FrameType.HEADER, channel, payload);
    }

    static byte[] join(byte[]... parts) {
        return written(out -> {
            for (byte[] part : parts) {
                out.writeBytes(part);
            }
        });
    }
}
