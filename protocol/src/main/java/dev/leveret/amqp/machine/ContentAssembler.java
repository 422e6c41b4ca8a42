package dev.leveret.amqp.machine;

import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.wire.MalformedFrameException;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.PropertiesCodec;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a method, its content header and its body frames together (specification section 2.3.5.2).
 *
 * <p>What a peer declares is never believed for memory: a body's array grows with the bytes that arrive.
 */
final class ContentAssembler {

    /** Takes complete contents. */
    interface Receiver {
        void onContent(Method method, byte[] properties, byte[] body);
    }

    /** A body that is declared larger than this gets its memory as it arrives. */
    private static final int TRUSTED_SIZE = 128 * 1024;

    private static final int CLASS_BASIC = 60;
    private static final byte[] EMPTY = {};

    private final Receiver receiver;
    private @Nullable Method method;
    private byte @Nullable [] properties;
    private byte[] body = EMPTY;
    private int size;
    private int received;

    ContentAssembler(Receiver receiver) {
        this.receiver = receiver;
    }

    /** A method that has content. */
    void begin(Method contentMethod) {
        requireIdle(contentMethod.name());
        method = contentMethod;
    }

    /** Whether no content is unfinished. */
    boolean isIdle() {
        return method == null;
    }

    /** Fails if a content is unfinished: no other method may come in between. */
    void requireIdle(String arrived) {
        if (method != null) {
            throw unexpected(arrived + " within the content of " + method.name());
        }
    }

    /** Fails if it is not a header's turn, or not one of this class. */
    void requireHeaderDue(int classId) {
        if (method == null || properties != null) {
            throw unexpected("a content header that no method announced");
        }
        if (classId != CLASS_BASIC) {
            throw unexpected("a content header of class " + classId + " after " + method.name());
        }
    }

    /** The header that is due; the caller has held the size against its limit. */
    void header(long bodySize, ByteBuf encodedProperties) {
        properties = checked(encodedProperties);
        size = (int) bodySize;
        received = 0;
        body = size == 0 ? EMPTY : new byte[Math.min(size, TRUSTED_SIZE)];
        if (size == 0) {
            complete();
        }
    }

    /** A copy of encoded properties that can be decoded. */
    static byte[] checked(ByteBuf encodedProperties) {
        byte[] copy = new byte[encodedProperties.readableBytes()];
        encodedProperties.getBytes(encodedProperties.readerIndex(), copy);
        PropertiesCodec.check(copy);
        return copy;
    }

    /** Takes {@code length} bytes of the body. */
    void body(ByteBuf in, int length) {
        if (properties == null) {
            throw unexpected("a content body without a header");
        }
        if (length > size - received) {
            throw new MalformedFrameException(
                    ReplyCode.UNEXPECTED_FRAME, "a body of " + size + " bytes was announced and more arrived");
        }
        if (received + length > body.length) {
            long doubled = Math.max(2L * body.length, (long) received + length);
            body = Arrays.copyOf(body, (int) Math.min(size, doubled));
        }
        in.readBytes(body, received, length);
        received += length;
        if (received == size && length > 0) {
            complete();
        }
    }

    /** Forgets an unfinished content. */
    void reset() {
        method = null;
        properties = null;
        body = EMPTY;
    }

    /** How much memory the body takes that is being received. */
    int capacity() {
        return body.length;
    }

    private void complete() {
        Method complete = method;
        byte[] encodedProperties = properties;
        byte[] completeBody = body;
        reset();
        if (complete != null && encodedProperties != null) {
            receiver.onContent(complete, encodedProperties, completeBody);
        }
    }

    private static MalformedFrameException unexpected(String what) {
        return new MalformedFrameException(ReplyCode.UNEXPECTED_FRAME, "unexpected: " + what);
    }
}
