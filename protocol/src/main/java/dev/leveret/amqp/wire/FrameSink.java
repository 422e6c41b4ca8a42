package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What a {@link FrameReader} reports, in the order of arrival. Nothing is checked between frames: whether a channel is
 * open or a body expected is for the sink to know. An exception passes through the reader, which then accepts nothing
 * more.
 */
public interface FrameSink {

    /** A method frame. */
    void onMethod(int channel, Method method);

    /**
     * A content header frame.
     *
     * @param bodySize bytes of the body that follows, as announced: not negative, otherwise unchecked
     * @param properties its readable bytes are the encoded properties, not yet looked at (see
     *     {@link PropertiesCodec#check}); valid during the call only, not to be kept, released or written to
     */
    void onHeader(int channel, int classId, long bodySize, ByteBuf properties);

    /**
     * A piece of body. One body frame comes in as many pieces as it takes to arrive, at least one.
     *
     * @param in where to read exactly {@code length} bytes from; more may follow that are not this sink's
     * @param length 0 only for a frame with an empty payload
     */
    void onBody(int channel, ByteBuf in, int length);

    /**
     * A method with its whole content, of which header and body came in one frame each and in the same read: the same as
     * these three one after the other. Whoever receives many messages does better to take them together.
     *
     * @param properties as {@link #onHeader} has them
     * @param body not empty; the sink may keep it
     */
    default void onContent(int channel, Method method, int classId, ByteBuf properties, byte[] body) {
        onMethod(channel, method);
        onHeader(channel, classId, body.length, properties);
        onBody(channel, Unpooled.wrappedBuffer(body), body.length);
    }

    /** A heartbeat; {@code channel} is 0, the reader has checked it. */
    void onHeartbeat(int channel);
}
