package dev.leveret.amqp.net;

import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.FrameSink;
import dev.leveret.amqp.wire.FrameType;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.PropertiesCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows each frame of a connection in the log, and keeps the last ones. There is one only where somebody wants that, asked when
 * a TCP connection is made: the logger at TRACE, or a history. Neither shows bodies, the values of headers, or secrets.
 *
 * <p>What is written is read back from the bytes that go out, so that the writing side knows nothing of this. On the event loop.
 */
public final class FrameTrace {

    /** The logger's name is part of the documentation. */
    private static final Logger LOG = LoggerFactory.getLogger("dev.leveret.amqp.frames");

    private static final int PROTOCOL_HEADER_SIZE = 8;
    private static final int CONTENT_HEADER_SIZE = 12;
    /** Names and passwords before the host of a URI, wherever one is quoted. */
    private static final Pattern USER_INFO = Pattern.compile("://[^/@\\s]*@");

    private record Entry(long at, boolean inbound, int channel, String what, int size) {}

    private final String connection;
    private final LongSupplier clock;
    private final int capacity;
    private final @Nullable Consumer<String> log;
    private final ArrayDeque<Entry> last = new ArrayDeque<>();
    private final FrameReader outbound = new FrameReader(new Show(false, null));
    private boolean headerWritten;
    private boolean broken;

    /** @param log takes lines; {@code null}: nobody wants any */
    FrameTrace(String connection, LongSupplier clock, int capacity, @Nullable Consumer<String> log) {
        this.connection = connection;
        this.clock = clock;
        this.capacity = capacity;
        this.log = log;
        outbound.frameMax(0);
    }

    /**
     * A trace, if somebody wants one.
     *
     * @param capacity how many frames to keep
     */
    public static @Nullable FrameTrace of(String connection, LongSupplier clock, int capacity) {
        boolean log = LOG.isTraceEnabled();
        return log || capacity > 0 ? new FrameTrace(connection, clock, capacity, log ? LOG::trace : null) : null;
    }

    /** A sink that shows what goes to another. */
    FrameSink inbound(FrameSink sink) {
        return new Show(true, sink);
    }

    /** Shows what goes out; the bytes are not consumed. */
    void written(ByteBuf bytes) {
        if (broken) {
            return;
        }
        ByteBuf copy = bytes.duplicate();
        if (!headerWritten) {
            headerWritten = true;
            copy.skipBytes(Math.min(PROTOCOL_HEADER_SIZE, copy.readableBytes()));
            show(false, 0, "protocol header", "AMQP 0-9-1", PROTOCOL_HEADER_SIZE);
        }
        try {
            outbound.read(copy);
        } catch (RuntimeException e) {
            // The broker will say more about it than can be said here.
            broken = true;
            LOG.warn("connection '{}': what is written cannot be read back, it is traced no more", connection, e);
        }
    }

    void release() {
        broken = true;
        outbound.release();
    }

    /** The last frames, oldest first. */
    public List<String> last() {
        long now = clock.getAsLong();
        return last.stream()
                .map(it -> Duration.ofNanos(now - it.at).toMillis() + " ms ago " + (it.inbound ? "<- " : "-> ")
                        + it.channel + " " + it.what + " (" + it.size + " bytes)")
                .toList();
    }

    private void show(boolean inbound, int channel, String what, Object details, int size) {
        if (capacity > 0) {
            if (last.size() == capacity) {
                last.remove();
            }
            last.add(new Entry(clock.getAsLong(), inbound, channel, what, size));
        }
        if (log != null) {
            String text = USER_INFO.matcher(String.valueOf(details)).replaceAll("://***@");
            log.accept(connection + (inbound ? " <- channel " : " -> channel ") + channel + " " + what
                    + (text.isEmpty() ? "" : " " + text) + " (" + size + " bytes)");
        }
    }

    /** Shows the frames of one direction, then hands them on. */
    private final class Show implements FrameSink {

        private final boolean inbound;
        private final @Nullable FrameSink next;

        Show(boolean inbound, @Nullable FrameSink next) {
            this.inbound = inbound;
            this.next = next;
        }

        @Override
        public void onMethod(int channel, Method method) {
            show(inbound, channel, method.name(), log == null ? "" : method, sizeOf(channel, method));
            if (next != null) {
                next.onMethod(channel, method);
            }
        }

        @Override
        public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
            int size = FrameType.OVERHEAD + CONTENT_HEADER_SIZE + properties.readableBytes();
            show(
                    inbound,
                    channel,
                    "content header",
                    log == null ? "" : "body of " + bodySize + " bytes, " + text(classId, properties),
                    size);
            if (next != null) {
                next.onHeader(channel, classId, bodySize, properties);
            }
        }

        /** A body frame comes in as many pieces as it takes to arrive, each shown. */
        @Override
        public void onBody(int channel, ByteBuf in, int length) {
            show(inbound, channel, "body", "", length);
            if (next == null) {
                in.skipBytes(length);
            } else {
                next.onBody(channel, in, length);
            }
        }

        @Override
        public void onHeartbeat(int channel) {
            show(inbound, channel, "heartbeat", "", FrameType.OVERHEAD);
            if (next != null) {
                next.onHeartbeat(channel);
            }
        }

        /** Names headers without their values. */
        private static String text(int classId, ByteBuf properties) {
            if (classId != BasicMethod.CLASS_ID) {
                return "class " + classId;
            }
            try {
                return PropertiesCodec.read(properties.duplicate()).toString();
            } catch (RuntimeException e) {
                return "malformed properties";
            }
        }

        private static int sizeOf(int channel, Method method) {
            ByteBuf scratch = Unpooled.buffer();
            FrameWriter.method(scratch, channel, method);
            int size = scratch.readableBytes();
            scratch.release();
            return size;
        }
    }
}
