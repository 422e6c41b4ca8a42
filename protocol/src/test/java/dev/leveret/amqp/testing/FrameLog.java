package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.wire.FrameSink;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.PropertiesCodec;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Puts frames together, as simply as can be, and passes on what is complete. */
public final class FrameLog implements FrameSink {

    private static final class Content {
        final Method method;
        BasicProperties properties = BasicProperties.EMPTY;
        long size = -1;
        final ByteArrayOutputStream body = new ByteArrayOutputStream();

        Content(Method method) {
            this.method = method;
        }
    }

    private final Map<Integer, Content> contents = new HashMap<>();
    private final Consumer<Received> complete;
    private final Runnable heartbeat;

    public FrameLog(Consumer<Received> complete, Runnable heartbeat) {
        this.complete = complete;
        this.heartbeat = heartbeat;
    }

    @Override
    public void onMethod(int channel, Method method) {
        if (contents.containsKey(channel)) {
            throw new AssertionError(method + " within the content of another method on channel " + channel);
        }
        if (method.hasContent()) {
            contents.put(channel, new Content(method));
        } else {
            complete.accept(Received.of(channel, method));
        }
    }

    @Override
    public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
        Content content = content(channel);
        content.properties = PropertiesCodec.read(properties);
        content.size = bodySize;
        finish(channel, content);
    }

    @Override
    public void onBody(int channel, ByteBuf in, int length) {
        Content content = content(channel);
        byte[] part = new byte[length];
        in.readBytes(part);
        content.body.writeBytes(part);
        finish(channel, content);
    }

    @Override
    public void onHeartbeat(int channel) {
        heartbeat.run();
    }

    private Content content(int channel) {
        Content content = contents.get(channel);
        if (content == null) {
            throw new AssertionError("content without a method on channel " + channel);
        }
        return content;
    }

    private void finish(int channel, Content content) {
        if (content.body.size() == content.size) {
            contents.remove(channel);
            complete.accept(new Received(channel, content.method, content.properties, content.body.toByteArray()));
        }
    }
}
