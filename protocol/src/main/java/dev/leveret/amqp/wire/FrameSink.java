package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;

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

    /** A heartbeat; {@code channel} is 0, the reader has checked it. */
    void onHeartbeat(int channel);
}
