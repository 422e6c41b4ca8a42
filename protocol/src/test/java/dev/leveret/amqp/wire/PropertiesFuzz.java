package dev.leveret.amqp.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.testing.Fuzzing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Fuzz target: any bytes as the properties of a message. */
public final class PropertiesFuzz {

    private PropertiesFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        Fuzzing.withinMemoryFor(data.length, () -> properties(data));
    }

    private static void properties(byte[] data) {
        ByteBuf in = Unpooled.wrappedBuffer(data);
        try {
            PropertiesCodec.check(ByteBufUtil.getBytes(in));
        } catch (MalformedFrameException e) {
            Fuzzing.requireRefusal(e, () -> PropertiesCodec.read(in));
            return;
        }
        BasicProperties properties = PropertiesCodec.read(in);
        Fuzzing.require(in.readableBytes() == data.length, "moves the index", in);
        byte[] written = written(properties);
        Fuzzing.require(PropertiesCodec.size(properties) == written.length, "is not of its size", properties);
        byte[] again = written(PropertiesCodec.read(Unpooled.wrappedBuffer(written)));
        Fuzzing.require(Arrays.equals(again, written), "changes when it is written", properties);
    }

    private static byte[] written(BasicProperties properties) {
        ByteBuf out = Unpooled.buffer();
        PropertiesCodec.write(properties, out);
        return ByteBufUtil.getBytes(out);
    }
}
