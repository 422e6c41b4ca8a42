package dev.leveret.benchmarks.jmh;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.FrameSink;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A read with many deliveries, cut into frames; properties and bodies are copied, as a connection does. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecodeDelivery {

    private static final int DELIVERIES = 128;
    private static final int BODY_SIZE = 256;

    private final ByteBuf received = deliveries();
    private final Copies copies = new Copies();
    private final FrameReader reader = new FrameReader(copies);

    /** The time is per delivery. */
    @Benchmark
    @OperationsPerInvocation(DELIVERIES)
    public void delivery(Blackhole blackhole) {
        copies.blackhole = blackhole;
        reader.read(received.readerIndex(0));
    }

    private static ByteBuf deliveries() {
        ByteBuf out = Unpooled.directBuffer(64 * 1024);
        BasicProperties properties = BasicProperties.builder()
                .contentType("application/json")
                .deliveryMode(2)
                .messageId("3f2b8c1e-5a47-4b0e-9a51-6d1f1c0f7e21")
                .header("x-source", "benchmark")
                .build();
        for (int i = 1; i <= DELIVERIES; i++) {
            FrameWriter.method(out, 1, new BasicMethod.Deliver("consumer-1", i, false, "orders", "orders.created"));
            FrameWriter.contentHeader(out, 1, BasicMethod.CLASS_ID, BODY_SIZE, properties);
            FrameWriter.body(out, 1, new byte[BODY_SIZE], 0, BODY_SIZE);
        }
        return out;
    }

    private static final class Copies implements FrameSink {

        private @Nullable Blackhole blackhole;

        @Override
        public void onMethod(int channel, Method method) {
            consume(method);
        }

        @Override
        public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
            consume(copy(properties, properties.readableBytes()));
        }

        @Override
        public void onBody(int channel, ByteBuf in, int length) {
            consume(copy(in, length));
        }

        @Override
        public void onContent(int channel, Method method, int classId, ByteBuf properties, byte[] body) {
            consume(method);
            consume(copy(properties, properties.readableBytes()));
            consume(body);
        }

        @Override
        public void onHeartbeat(int channel) {}

        private void consume(Object value) {
            if (blackhole != null) {
                blackhole.consume(value);
            }
        }

        private static byte[] copy(ByteBuf in, int length) {
            byte[] bytes = new byte[length];
            in.readBytes(bytes);
            return bytes;
        }
    }
}
