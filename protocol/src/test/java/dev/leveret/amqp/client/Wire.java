package dev.leveret.amqp.client;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.net.Link;
import dev.leveret.amqp.testing.FrameLog;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.testing.UntrackedAllocator;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A connection without a socket: a link at one end, whoever plays the broker at the other. */
final class Wire {

    private static final int HEADER_SIZE = 8;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Received> heard = new ArrayList<>();
    private final FrameReader reader = new FrameReader(new FrameLog(heard::add, () -> {}));
    private int headerBytes;

    Wire() {
        channel.config().setAllocator(UntrackedAllocator.INSTANCE);
        reader.frameMax(0);
    }

    void carry(Link link) {
        channel.pipeline().addLast(link);
    }

    boolean isClosed() {
        return !channel.isOpen();
    }

    /** Whether the client has said which protocol it wants to speak. */
    boolean isGreeted() {
        return headerBytes == HEADER_SIZE;
    }

    /** What the client has said since the last call. */
    List<Received> hear() {
        channel.runPendingTasks();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            int header = Math.min(HEADER_SIZE - headerBytes, bytes.readableBytes());
            bytes.skipBytes(header);
            headerBytes += header;
            reader.read(bytes);
            bytes.release();
        }
        List<Received> taken = List.copyOf(heard);
        heard.clear();
        return taken;
    }

    void say(int number, Method method) {
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.method(bytes, number, method);
        say(bytes);
    }

    void say(int number, Method method, BasicProperties properties, byte[] body) {
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.method(bytes, number, method);
        FrameWriter.contentHeader(bytes, number, BasicMethod.CLASS_ID, body.length, properties);
        if (body.length > 0) {
            FrameWriter.body(bytes, number, body, 0, body.length);
        }
        say(bytes);
    }

    private void say(ByteBuf bytes) {
        if (isClosed()) {
            bytes.release();
        } else {
            channel.writeInbound(bytes);
        }
    }

    /** Nothing comes through any more, and both sides are told. */
    void cut() {
        if (!isClosed()) {
            channel.pipeline().fireExceptionCaught(new IOException("cut"));
            close();
        }
    }

    void close() {
        channel.close();
        channel.releaseOutbound();
    }
}
