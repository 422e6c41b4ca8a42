package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.FrameType;
import dev.leveret.amqp.wire.FrameWriter;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes the messages of one channel.
 *
 * <p>Publishers repeat themselves: from the second message on that has the names and the properties object of the one
 * before it, everything up to the body is a copy of bytes that were encoded then.
 */
final class ContentWriter {

    private static final byte[] NONE = {};
    /** Where a content header frame has the size of the body. */
    private static final int BODY_SIZE_OFFSET = FrameType.HEADER_SIZE + 4;

    private final Outbound out;
    private final int channel;
    private final int frameMax;

    private @Nullable BasicProperties properties;
    private String exchange = "";
    private String routingKey = "";
    private boolean mandatory;
    /** Method and header frame of such a message; empty until there was a second one. */
    private byte[] head = NONE;
    /** Where in them the body's size stands. */
    private int bodySizeAt;

    /** @param frameMax bytes that a frame may have, overhead included */
    ContentWriter(Outbound out, int channel, int frameMax) {
        this.out = out;
        this.channel = channel;
        this.frameMax = frameMax;
    }

    /** Why a message cannot be sent; {@code null} if it can. */
    @Nullable
    RuntimeException refusal(OutboundMessage message) {
        return isLikeLast(message) ? null : refusal(message, frameMax);
    }

    /**
     * Why a message cannot be sent with frames of this size; {@code null} if it can. A content header cannot be split.
     */
    static @Nullable RuntimeException refusal(OutboundMessage message, int frameMax) {
        int size = FrameWriter.contentHeaderSize(message.properties());
        return size <= frameMax
                ? null
                : new IllegalArgumentException("the properties of the message to exchange '" + message.exchange()
                        + "' with routing key '" + message.routingKey() + "' take a header frame of " + size
                        + " bytes; the broker accepts " + frameMax);
    }

    /** Writes a message for which there is no {@link #refusal}. */
    void write(OutboundMessage message) {
        byte[] body = message.body();
        if (!isLikeLast(message)) {
            remember(message);
            writeHead(message);
        } else if (head.length == 0) {
            head = encodeHead(message);
        } else {
            ByteBuf buffer = out.reserve(head.length);
            int start = buffer.writerIndex();
            buffer.writeBytes(head);
            buffer.setLong(start + bodySizeAt, body.length);
        }
        int payloadMax = frameMax - FrameType.OVERHEAD;
        for (int offset = 0; offset < body.length; offset += payloadMax) {
            int length = Math.min(payloadMax, body.length - offset);
            FrameWriter.body(out.reserve(FrameType.OVERHEAD + length), channel, body, offset, length);
        }
    }

    private ByteBuf writeHead(OutboundMessage message) {
        int method = FrameWriter.publishSize(message.exchange(), message.routingKey());
        bodySizeAt = method + BODY_SIZE_OFFSET;
        ByteBuf buffer = out.reserve(method + FrameWriter.contentHeaderSize(message.properties()));
        FrameWriter.publish(buffer, channel, message.exchange(), message.routingKey(), message.mandatory());
        FrameWriter.contentHeader(buffer, channel, BasicMethod.CLASS_ID, message.body().length, message.properties());
        return buffer;
    }

    /** Writes the frames and returns what was written. */
    private byte[] encodeHead(OutboundMessage message) {
        ByteBuf buffer = writeHead(message);
        byte[] written = new byte
                [FrameWriter.publishSize(message.exchange(), message.routingKey())
                        + FrameWriter.contentHeaderSize(message.properties())];
        buffer.getBytes(buffer.writerIndex() - written.length, written);
        return written;
    }

    private boolean isLikeLast(OutboundMessage message) {
        return message.properties() == properties
                && message.mandatory() == mandatory
                && message.routingKey().equals(routingKey)
                && message.exchange().equals(exchange);
    }

    private void remember(OutboundMessage message) {
        properties = message.properties();
        exchange = message.exchange();
        routingKey = message.routingKey();
        mandatory = message.mandatory();
        head = NONE;
    }
}
