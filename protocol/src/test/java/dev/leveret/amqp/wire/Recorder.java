package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.List;

/** A sink that keeps what it is told. Pieces of body in a row are kept as one, however they were cut. */
final class Recorder implements FrameSink {

    record Header(int channel, int classId, long bodySize, BasicProperties properties) {}

    record Body(int channel, String hex) {}

    record Heartbeat(int channel) {}

    record Called(int channel, Method method) {}

    final List<Object> events = new ArrayList<>();

    @Override
    public void onMethod(int channel, Method method) {
        events.add(new Called(channel, method));
    }

    @Override
    public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
        PropertiesCodec.check(ByteBufUtil.getBytes(properties));
        events.add(new Header(channel, classId, bodySize, PropertiesCodec.read(properties)));
    }

    @Override
    public void onBody(int channel, ByteBuf in, int length) {
        String hex = ByteBufUtil.hexDump(in, in.readerIndex(), length);
        in.skipBytes(length);
        int last = events.size() - 1;
        if (last >= 0 && events.get(last) instanceof Body before && before.channel == channel) {
            events.set(last, new Body(channel, before.hex + hex));
        } else {
            events.add(new Body(channel, hex));
        }
    }

    @Override
    public void onHeartbeat(int channel) {
        events.add(new Heartbeat(channel));
    }
}
