package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Appends frames to a buffer. A content is three kinds of frames: its method, a header with its size and properties,
 * and as many bodies as the frame-max makes necessary, none if it is empty; only the last can be split, so whoever
 * publishes asks {@link #publishSize} and {@link #contentHeaderSize} before the first frame is written.
 *
 * <p>Whatever throws leaves the buffer's writer index where it was.
 */
public final class FrameWriter {

    private static final int BODY_SIZE_BYTES = 12; // class, weight and body size in a content header
    private static final byte[] PROTOCOL_HEADER = "AMQP\0\0\11\1".getBytes(StandardCharsets.US_ASCII);

    private FrameWriter() {}

    /** The first bytes of a connection (specification section 4.2.2): {@code AMQP 0 0 9 1}. */
    public static void protocolHeader(ByteBuf out) {
        out.writeBytes(PROTOCOL_HEADER);
    }

    /** A method frame, however large. */
    public static void method(ByteBuf out, int channel, Method method) {
        method(out, channel, method, 0);
    }

    /**
     * A method frame.
     *
     * @param frameMax bytes that the frame may have, overhead included; 0 = no limit
     * @throws IllegalArgumentException if it would have more, or an argument does not fit its field
     */
    public static void method(ByteBuf out, int channel, Method method, int frameMax) {
        int start = out.writerIndex();
        try {
            begin(out, FrameType.METHOD, channel).writeInt(method.id());
            WireWriter arguments = new WireWriter().wrap(out);
            method.write(arguments);
            arguments.finish();
            end(out, start);
            requireSize(out.writerIndex() - start, frameMax, method.name());
        } catch (RuntimeException e) {
            out.writerIndex(start);
            throw e;
        }
    }

    /**
     * The same frame as {@link BasicMethod.Publish} with {@code immediate=false}, without an object in between.
     *
     * @throws IllegalArgumentException if a name is longer than 255 bytes
     */
    public static void publish(ByteBuf out, int channel, String exchange, String routingKey, boolean mandatory) {
        int start = out.writerIndex();
        try {
            begin(out, FrameType.METHOD, channel)
                    .writeInt(BasicMethod.Publish.ID)
                    .writeShort(0);
            WireWriter.putShortString(out, exchange);
            WireWriter.putShortString(out, routingKey);
            out.writeByte(mandatory ? 1 : 0);
            end(out, start);
        } catch (RuntimeException e) {
            out.writerIndex(start);
            throw e;
        }
    }

    /** The same frame as {@link BasicMethod.Ack}, without an object in between. */
    public static void ack(ByteBuf out, int channel, long deliveryTag, boolean multiple) {
        int start = out.writerIndex();
        begin(out, FrameType.METHOD, channel)
                .writeInt(BasicMethod.Ack.ID)
                .writeLong(deliveryTag)
                .writeByte(multiple ? 1 : 0);
        end(out, start);
    }

    /** Bytes of the frame that {@link #publish} appends. */
    public static int publishSize(String exchange, String routingKey) {
        return FrameType.OVERHEAD
                + Integer.BYTES // class and method
                + Short.BYTES // reserved
                + WireWriter.shortStringSize(exchange)
                + WireWriter.shortStringSize(routingKey)
                + 1; // bits
    }

    /**
     * A content header frame. It cannot be split: {@link #contentHeaderSize} tells what it takes.
     *
     * @param bodySize bytes of the whole body
     * @throws IllegalArgumentException if a property cannot be encoded
     */
    public static void contentHeader(ByteBuf out, int channel, int classId, long bodySize, BasicProperties properties) {
        int start = out.writerIndex();
        try {
            begin(out, FrameType.HEADER, channel)
                    .writeShort(classId)
                    .writeShort(0)
                    .writeLong(bodySize);
            PropertiesCodec.write(properties, out);
            end(out, start);
        } catch (RuntimeException e) {
            out.writerIndex(start);
            throw e;
        }
    }

    /**
     * Bytes of the frame that {@link #contentHeader} appends.
     *
     * @throws IllegalArgumentException if a property cannot be encoded
     */
    public static int contentHeaderSize(BasicProperties properties) {
        return FrameType.OVERHEAD + BODY_SIZE_BYTES + PropertiesCodec.size(properties);
    }

    /** One body frame of {@code length} bytes: at least one, at most the frame-max minus {@link FrameType#OVERHEAD}. */
    public static void body(ByteBuf out, int channel, byte[] body, int offset, int length) {
        out.ensureWritable(FrameType.OVERHEAD + length);
        out.writeByte(FrameType.BODY).writeShort(channel).writeInt(length);
        out.writeBytes(body, offset, length).writeByte(FrameType.FRAME_END);
    }

    /** A heartbeat frame. */
    public static void heartbeat(ByteBuf out) {
        int start = out.writerIndex();
        begin(out, FrameType.HEARTBEAT, 0);
        end(out, start);
    }

    private static ByteBuf begin(ByteBuf out, int type, int channel) {
        return out.writeByte(type).writeShort(channel).writeInt(0);
    }

    private static void end(ByteBuf out, int start) {
        out.setInt(start + 3, out.writerIndex() - start - FrameType.HEADER_SIZE);
        out.writeByte(FrameType.FRAME_END);
    }

    private static void requireSize(int size, int frameMax, String what) {
        if (frameMax > 0 && size > frameMax) {
            throw new IllegalArgumentException(
                    what + " takes a frame of " + size + " bytes, the limit of this connection is " + frameMax);
        }
    }
}
