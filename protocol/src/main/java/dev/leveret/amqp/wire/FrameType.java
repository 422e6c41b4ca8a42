package dev.leveret.amqp.wire;

/**
 * The numbers of AMQP's framing (specification section 4.2.3): a frame is {@code type:octet channel:short size:long},
 * {@code size} bytes of payload and the octet {@link #FRAME_END}.
 */
public final class FrameType {

    /** A method with its arguments. */
    public static final int METHOD = 1;

    /** A content header: class, body size and properties. */
    public static final int HEADER = 2;

    /** A piece of a content's body. */
    public static final int BODY = 3;

    /** A sign of life: empty, on channel 0. */
    public static final int HEARTBEAT = 8;

    /** The octet behind every payload. */
    public static final int FRAME_END = 0xCE;

    /** Bytes before the payload. */
    public static final int HEADER_SIZE = 7;

    /** Bytes that a frame adds to its payload. */
    public static final int OVERHEAD = HEADER_SIZE + 1;

    /** The specification's frame-min-size: bytes, with the overhead, that every peer must accept in one frame. */
    public static final int MIN_FRAME_MAX = 4096;

    /** What is accepted before a limit is negotiated: RabbitMQ 4.1 and later use this in place of the minimum. */
    public static final int INITIAL_FRAME_MAX = 8192;

    private FrameType() {}

    /** Whether AMQP has this type of frame. */
    static boolean isKnown(int type) {
        return type == METHOD || type == HEADER || type == BODY || type == HEARTBEAT;
    }
}
