package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Cuts received bytes into frames and reports them to a {@link FrameSink}, reading in place. Only a method or header
 * frame that ends in a later read is copied, byte by byte as it arrives; a body is passed on piece by piece. A method
 * whose content is there as well is passed on together with it.
 *
 * <pre>
 *   between frames --7 octets--> METHOD, HEADER, HEARTBEAT --payload, end--> between frames
 *                                BODY --> in body --pieces, end------------> between frames
 *   any --exception or release()--> closed
 * </pre>
 */
public final class FrameReader {

    private static final int NO_BODY = -1;
    private static final int CONTENT_HEADER_SIZE = 12; // class, weight and body size, before the properties
    private static final int FIRST_CAPACITY = 256;
    private static final int KEPT_CAPACITY = 64 * 1024;

    private final FrameSink sink;
    private final WireReader arguments = new WireReader();
    private int frameMax = FrameType.INITIAL_FRAME_MAX;
    private ByteBuf partial = Unpooled.EMPTY_BUFFER; // a frame's beginning, up to what an earlier read ended with
    private int bodyLeft = NO_BODY; // bytes of the current body frame that are to come; 0 = only its end
    private int bodyChannel;
    private boolean started; // the peer has sent something that begins like a frame
    private boolean reading;
    private boolean closed;

    /** A reader that accepts {@link FrameType#INITIAL_FRAME_MAX} until {@link #frameMax} says more. */
    public FrameReader(FrameSink sink) {
        this.sink = sink;
    }

    /** Bytes that a frame may have from now on, overhead included; 0 = no limit. */
    public void frameMax(int bytes) {
        frameMax = bytes;
    }

    /**
     * Reads all that is readable; the caller keeps the buffer. What the sink throws passes through.
     *
     * @throws MalformedFrameException if the peer breaks the rules of framing, or of a method's arguments
     * @throws IllegalStateException after an exception, or {@link #release}
     */
    public void read(ByteBuf in) {
        if (closed) {
            throw new IllegalStateException("the frame reader has failed before or was released");
        }
        boolean complete = false;
        reading = true;
        try {
            while (in.isReadable() && !closed) {
                step(in);
            }
            in.skipBytes(in.readableBytes());
            complete = true;
        } finally {
            reading = false;
            if (closed || !complete) {
                release();
            }
        }
    }

    /** Gives up: frees what is buffered and reports nothing more, also when a sink calls it. */
    public void release() {
        closed = true;
        if (!reading) {
            arguments.unwrap();
            partial.release();
            partial = Unpooled.EMPTY_BUFFER;
        }
    }

    /** What the internal buffer holds at most before it grows. */
    int bufferCapacity() {
        return partial.capacity();
    }

    private void step(ByteBuf in) {
        if (bodyLeft != NO_BODY) {
            readBody(in);
        } else if (partial.isReadable()) {
            resumePartial(in);
        } else {
            readFrame(in);
        }
    }

    private void readFrame(ByteBuf in) {
        int index = in.readerIndex();
        int needed = needed(in, index, in.readableBytes());
        if (in.readableBytes() < needed) {
            startPartial(in);
        } else {
            in.readerIndex(index + needed);
            onFrame(in, index, needed);
        }
    }

    private void startPartial(ByteBuf in) {
        if (partial.capacity() == 0) {
            partial = Unpooled.buffer(FIRST_CAPACITY);
        }
        partial.writeBytes(in);
    }

    private void resumePartial(ByteBuf in) {
        int missing = needed(partial, 0, partial.readableBytes()) - partial.readableBytes();
        partial.writeBytes(in, Math.min(missing, in.readableBytes()));
        int length = partial.readableBytes();
        if (length < needed(partial, 0, length)) {
            return;
        }
        onFrame(partial, 0, length);
        if (partial.capacity() > KEPT_CAPACITY && !closed) {
            partial.release();
            partial = Unpooled.EMPTY_BUFFER;
        } else {
            partial.clear();
        }
    }

    /**
     * How many of a frame's bytes must be there for the next step; checks those that are. At least one is available.
     */
    private int needed(ByteBuf in, int index, int available) {
        int type = in.getUnsignedByte(index);
        if (!FrameType.isKnown(type)) {
            if (started) {
                throw MalformedFrameException.frameError("unknown frame type " + type);
            }
            ForeignPeer.refuse(in, index, available);
            return available + 1;
        }
        started = true;
        if (available < FrameType.HEADER_SIZE) {
            return FrameType.HEADER_SIZE;
        }
        int size = checkedSize(type, in.getUnsignedShort(index + 1), in.getUnsignedInt(index + 3));
        return type == FrameType.BODY ? FrameType.HEADER_SIZE : size + FrameType.OVERHEAD;
    }

    private int checkedSize(int type, int channel, long size) {
        int limit = limit();
        if (size > limit - FrameType.OVERHEAD) {
            throw MalformedFrameException.frameError("a frame of " + (size + FrameType.OVERHEAD) + " bytes on channel "
                    + channel + ", the limit is " + limit);
        }
        if (type == FrameType.HEARTBEAT) {
            checkHeartbeat(channel, size);
        }
        return (int) size;
    }

    private void onFrame(ByteBuf in, int index, int length) {
        int type = in.getByte(index);
        int channel = in.getUnsignedShort(index + 1);
        int payload = index + FrameType.HEADER_SIZE;
        if (type == FrameType.BODY) {
            startBody(in, channel, in.getInt(index + 3));
            return;
        }
        requireEnd(in.getUnsignedByte(index + length - 1), channel);
        arguments.wrap(in, payload, length - FrameType.OVERHEAD);
        if (type == FrameType.METHOD) {
            Method method = MethodReader.read(arguments);
            if (!method.hasContent() || !readContent(in, index + length, channel, method)) {
                sink.onMethod(channel, method);
            }
        } else if (type == FrameType.HEADER) {
            onHeader(in, channel, payload);
        } else {
            sink.onHeartbeat(channel);
        }
    }

    /**
     * Reads the content of a method if all of it is there, in two frames without fault. Everything else is read frame by
     * frame, which tells what is wrong with it, too.
     */
    private boolean readContent(ByteBuf in, int headerAt, int channel, Method method) {
        int available = in.writerIndex() - headerAt;
        if (available < 2 * FrameType.OVERHEAD + CONTENT_HEADER_SIZE) {
            return false;
        }
        int headerSize = payloadSize(in, headerAt, FrameType.HEADER, channel);
        // Not the sum of sizes, which can overflow; and a body has one byte at least.
        if (headerSize < CONTENT_HEADER_SIZE || headerSize >= available - 2 * FrameType.OVERHEAD) {
            return false;
        }
        int bodyAt = headerAt + headerSize + FrameType.OVERHEAD;
        int bodySize = payloadSize(in, bodyAt, FrameType.BODY, channel);
        int end = bodyAt + bodySize + FrameType.OVERHEAD;
        int header = headerAt + FrameType.HEADER_SIZE;
        if (bodySize <= 0
                || bodySize > in.writerIndex() - bodyAt - FrameType.OVERHEAD
                || in.getUnsignedShort(header + Short.BYTES) != 0
                || in.getLong(header + 2 * Short.BYTES) != bodySize
                || in.getUnsignedByte(bodyAt - 1) != FrameType.FRAME_END
                || in.getUnsignedByte(end - 1) != FrameType.FRAME_END) {
            return false;
        }
        byte[] body = new byte[bodySize];
        in.getBytes(bodyAt + FrameType.HEADER_SIZE, body);
        int writerIndex = in.writerIndex();
        in.setIndex(header + CONTENT_HEADER_SIZE, bodyAt - 1);
        try {
            sink.onContent(channel, method, in.getUnsignedShort(header), in, body);
        } finally {
            in.setIndex(end, writerIndex);
        }
        return true;
    }

    /** What a frame says about its size if it is of this type and channel and may be so large, otherwise -1. */
    private int payloadSize(ByteBuf in, int index, int type, int channel) {
        long start = in.getLong(index); // a frame has eight bytes at least
        boolean expected = start >>> 40 == (type << Short.SIZE | channel);
        long size = start >>> Byte.SIZE & 0xFFFF_FFFFL;
        return expected && size <= limit() - FrameType.OVERHEAD ? (int) size : -1;
    }

    private int limit() {
        return frameMax == 0 ? Integer.MAX_VALUE : frameMax;
    }

    private void onHeader(ByteBuf in, int channel, int payload) {
        int classId;
        long bodySize;
        try {
            classId = arguments.shortInt();
            int weight = arguments.shortInt();
            bodySize = arguments.longLong();
            if (weight != 0 || bodySize < 0) {
                throw MalformedFrameException.syntaxError(
                        weight != 0 ? "weight is " + weight + ", not 0" : "a body of 2^63 bytes or more");
            }
        } catch (MalformedFrameException e) {
            throw e.in("content header", 0, 0);
        }
        // The frame's part of the buffer is lent out by moving the indices: a slice would be an object per message.
        int readerIndex = in.readerIndex();
        int writerIndex = in.writerIndex();
        int end = payload + CONTENT_HEADER_SIZE + arguments.remaining();
        in.setIndex(payload + CONTENT_HEADER_SIZE, end);
        try {
            sink.onHeader(channel, classId, bodySize, in);
        } finally {
            in.setIndex(readerIndex, writerIndex);
        }
    }

    private void startBody(ByteBuf in, int channel, int size) {
        bodyChannel = channel;
        bodyLeft = size;
        if (size == 0) {
            sink.onBody(channel, in, 0);
        }
    }

    private void readBody(ByteBuf in) {
        if (bodyLeft == 0) {
            bodyLeft = NO_BODY;
            requireEnd(in.readUnsignedByte(), bodyChannel);
            return;
        }
        int length = Math.min(bodyLeft, in.readableBytes());
        int end = in.readerIndex() + length;
        bodyLeft -= length;
        sink.onBody(bodyChannel, in, length);
        if (in.readerIndex() != end) {
            throw new IllegalStateException("the sink left " + (end - in.readerIndex()) + " of " + length + " bytes");
        }
    }

    private static void checkHeartbeat(int channel, long size) {
        if (channel != 0) { // specification section 4.2.3
            throw new MalformedFrameException(ReplyCode.COMMAND_INVALID, "a heartbeat on channel " + channel);
        }
        if (size != 0) { // specification section 4.2.7
            throw MalformedFrameException.frameError("a heartbeat with " + size + " bytes of payload");
        }
    }

    private static void requireEnd(int octet, int channel) {
        if (octet != FrameType.FRAME_END) {
            throw MalformedFrameException.frameError(
                    String.format("a frame on channel %d ends with 0x%02x in place of 0xce", channel, octet));
        }
    }
}
