package dev.leveret.amqp.wire;

import dev.leveret.amqp.testing.Fuzzing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/** Fuzz target: any bytes as the payload of a method frame. */
public final class MethodFuzz {

    private MethodFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        Fuzzing.withinMemoryFor(data.length, () -> method(data));
    }

    private static void method(byte[] data) {
        Method method;
        try {
            method = read(data);
        } catch (MalformedFrameException e) {
            Fuzzing.requireRefusal(e, () -> read(data));
            return;
        }
        byte[] written = written(method);
        Method again = read(written);
        Fuzzing.require(again.id() == method.id(), "becomes another method", method);
        Fuzzing.require(Arrays.equals(written(again), written), "changes when it is written", method);
    }

    private static Method read(byte[] payload) {
        return MethodReader.read(new WireReader().wrap(Unpooled.wrappedBuffer(payload), payload.length));
    }

    private static byte[] written(Method method) {
        ByteBuf frame = Unpooled.buffer();
        FrameWriter.method(frame, 0, method);
        return ByteBufUtil.getBytes(frame, FrameType.HEADER_SIZE, frame.readableBytes() - FrameType.OVERHEAD);
    }
}
