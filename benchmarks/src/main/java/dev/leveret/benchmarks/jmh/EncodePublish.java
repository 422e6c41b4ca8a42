package dev.leveret.benchmarks.jmh;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The three frames of a message, encoded from its values. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EncodePublish {

    @Param({"256", "16384"})
    int bodySize;

    private final ByteBuf out = Unpooled.directBuffer(64 * 1024);
    private final BasicProperties properties = BasicProperties.builder()
            .contentType("application/octet-stream")
            .deliveryMode(2)
            .build();
    private byte[] body = {};

    /** As large as the parameter says. */
    @Setup
    public void allocate() {
        body = new byte[bodySize];
    }

    /** Returns the bytes written. */
    @Benchmark
    public int publish() {
        out.clear();
        FrameWriter.publish(out, 1, "orders", "orders.created", true);
        FrameWriter.contentHeader(out, 1, BasicMethod.CLASS_ID, body.length, properties);
        FrameWriter.body(out, 1, body, 0, body.length);
        return out.writerIndex();
    }
}
