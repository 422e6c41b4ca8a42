package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a content header (specification section 4.2.6.1): 16 flags that tell which of the 14 of class
 * {@code basic} are there, highest bit first, then their values in the same order.
 *
 * <p>Bit 0 announces 16 more flags. Class {@code basic} needs none, so more flags are accepted if all are clear; a flag
 * that no property belongs to, bit 1 included, cannot be read over and is refused.
 */
public final class PropertiesCodec {

    static final int CONTENT_TYPE = 1 << 15;
    static final int CONTENT_ENCODING = 1 << 14;
    static final int HEADERS = 1 << 13;
    static final int DELIVERY_MODE = 1 << 12;
    static final int PRIORITY = 1 << 11;
    static final int CORRELATION_ID = 1 << 10;
    static final int REPLY_TO = 1 << 9;
    static final int EXPIRATION = 1 << 8;
    static final int MESSAGE_ID = 1 << 7;
    static final int TIMESTAMP = 1 << 6;
    static final int TYPE = 1 << 5;
    static final int USER_ID = 1 << 4;
    static final int APP_ID = 1 << 3;
    static final int CLUSTER_ID = 1 << 2;

    private PropertiesCodec() {}

    /**
     * Bytes that {@link #write} will append.
     *
     * @throws IllegalArgumentException if a value cannot be encoded
     */
    public static int size(BasicProperties properties) {
        return Short.BYTES
                + size(properties.contentType())
                + size(properties.contentEncoding())
                + (properties.headers().isEmpty() ? 0 : TableCodec.size(properties.headers()))
                + (properties.deliveryMode() == null ? 0 : 1)
                + (properties.priority() == null ? 0 : 1)
                + size(properties.correlationId())
                + size(properties.replyTo())
                + size(properties.expiration())
                + size(properties.messageId())
                + (properties.timestamp() == null ? 0 : Long.BYTES)
                + size(properties.type())
                + size(properties.userId())
                + size(properties.appId())
                + size(properties.clusterId());
    }

    private static int size(@Nullable String value) {
        return value == null ? 0 : WireWriter.shortStringSize(value);
    }

    /**
     * Appends flags and values. An empty table of headers is left out.
     *
     * @throws IllegalArgumentException if a value cannot be encoded
     */
    public static void write(BasicProperties properties, ByteBuf out) {
        int start = out.writerIndex();
        out.writeShort(0);
        int flags = put(CONTENT_TYPE, properties.contentType(), out)
                | put(CONTENT_ENCODING, properties.contentEncoding(), out);
        if (!properties.headers().isEmpty()) {
            flags |= HEADERS;
            TableCodec.write(properties.headers(), out);
        }
        flags |= put(DELIVERY_MODE, properties.deliveryMode(), out)
                | put(PRIORITY, properties.priority(), out)
                | put(CORRELATION_ID, properties.correlationId(), out)
                | put(REPLY_TO, properties.replyTo(), out)
                | put(EXPIRATION, properties.expiration(), out)
                | put(MESSAGE_ID, properties.messageId(), out);
        if (properties.timestamp() != null) {
            flags |= TIMESTAMP;
            out.writeLong(properties.timestamp().getEpochSecond());
        }
        flags |= put(TYPE, properties.type(), out)
                | put(USER_ID, properties.userId(), out)
                | put(APP_ID, properties.appId(), out)
                | put(CLUSTER_ID, properties.clusterId(), out);
        out.setShort(start, flags);
    }

    private static int put(int flag, @Nullable String value, ByteBuf out) {
        if (value == null) {
            return 0;
        }
        WireWriter.putShortString(out, value);
        return flag;
    }

    private static int put(int flag, @Nullable Integer value, ByteBuf out) {
        if (value == null) {
            return 0;
        }
        out.writeByte(value);
        return flag;
    }

    /**
     * Decodes the readable bytes of {@code in}, all of them; its indices stay where they are.
     *
     * @throws MalformedFrameException as {@link #check}
     */
    public static BasicProperties read(ByteBuf in) {
        return read(Octets.copy(in, in.readerIndex(), in.readableBytes()));
    }

    /**
     * Decodes properties.
     *
     * @throws MalformedFrameException as {@link #check}
     */
    public static BasicProperties read(byte[] encoded) {
        PropertiesDecoder.check(encoded);
        return PropertiesDecoder.readChecked(encoded);
    }

    /** As {@link #read}, of what {@link #check} has passed. */
    public static BasicProperties readChecked(byte[] encoded) {
        return PropertiesDecoder.readChecked(encoded);
    }

    /**
     * Checks the structure of encoded properties: all that {@link #read} would refuse, without an allocation, so that
     * decoding can wait until somebody looks.
     *
     * @throws MalformedFrameException (502) if values end early or late, a flag is unknown or a header cannot be
     *     decoded
     */
    public static void check(byte[] encoded) {
        PropertiesDecoder.check(encoded);
    }
}
