package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;

/** Counts the frames of one direction of a connection, in whatever pieces its bytes come. Looks at nothing but their sizes. */
public final class FrameCounter {

    private static final int SIZE_FIELD = 3; // after type and channel

    /** Bytes to skip before the next frame begins, or before the current one ends. */
    private long skip;
    /** How much of a frame's header has been seen; 0 between frames and in a payload. */
    private int headerSeen;

    private long size;
    private boolean inFrame;

    /** @param preamble bytes before the first frame, such as the protocol header's */
    public FrameCounter(int preamble) {
        skip = preamble;
    }

    /** Takes the next bytes, without consuming them; how many frames end in them. */
    public int count(ByteBuf bytes) {
        int frames = 0;
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end) {
            if (skip > 0) {
                long step = Math.min(skip, end - at);
                skip -= step;
                at += (int) step;
                if (skip == 0 && inFrame) {
                    inFrame = false;
                    frames++;
                }
            } else {
                header(bytes.getUnsignedByte(at++));
            }
        }
        return frames;
    }

    private void header(int octet) {
        size = headerSeen < SIZE_FIELD ? 0 : size << 8 | octet;
        headerSeen++;
        if (headerSeen == FrameType.HEADER_SIZE) {
            headerSeen = 0;
            inFrame = true;
            skip = size + 1; // the payload and the frame-end octet
        }
    }
}
