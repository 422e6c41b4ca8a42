package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrameWriterTest {

    private static final long SEED = 99;

    @Test
    void publishAndAckAreTheFramesOfTheirRecords() {
        RandomValues random = new RandomValues(SEED);
        for (int round = 0; round < 1000; round++) {
            String exchange = random.shortString();
            String key = random.shortString();
            boolean flag = random.random().nextBoolean();
            long tag = random.bits(64);
            byte[] publish = Bytes.written(out -> FrameWriter.publish(out, 513, exchange, key, flag));
            assertThat(publish).isEqualTo(Bytes.method(513, new BasicMethod.Publish(exchange, key, flag, false)));
            assertThat(FrameWriter.publishSize(exchange, key)).isEqualTo(publish.length);
            assertThat(Bytes.written(out -> FrameWriter.ack(out, 65535, tag, flag)))
                    .isEqualTo(Bytes.method(65535, new BasicMethod.Ack(tag, flag)));
        }
    }

    @Test
    void methodUpToTheFrameMaxIsWritten() {
        Method method = new ConnectionMethod.SecureOk(new byte[100]);
        int size = 8 + 4 + 4 + 100;
        ByteBuf out = Unpooled.buffer();
        FrameWriter.method(out, 0, method, size);
        assertThat(out.readableBytes()).isEqualTo(size);
    }

    @Test
    void methodOverTheFrameMaxIsRefusedAndNothingIsWritten() {
        Method method = new ConnectionMethod.SecureOk(new byte[100]);
        ByteBuf out = Unpooled.buffer().writeByte(7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameWriter.method(out, 0, method, 115))
                .withMessage("connection.secure-ok takes a frame of 116 bytes, the limit of this connection is 115");
        assertThat(Bytes.hex(out)).isEqualTo("07");
    }

    @Test
    void argumentThatDoesNotFitIsRefusedAndNothingIsWritten() {
        ByteBuf out = Unpooled.buffer().writeByte(7);
        String longName = "x".repeat(256);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameWriter.method(
                        out, 1, new QueueMethod.Declare("q", false, false, false, false, false, Map.of(longName, 1))));
        assertThatIllegalArgumentException().isThrownBy(() -> FrameWriter.publish(out, 1, "x", longName, false));
        assertThatIllegalArgumentException().isThrownBy(() -> FrameWriter.publishSize("x", longName));
        assertThatIllegalArgumentException().isThrownBy(() -> FrameWriter.publish(out, 1, "x", "\uD800", false));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameWriter.method(
                        out,
                        1,
                        new QueueMethod.Declare("q", false, false, false, false, false, Map.of("h", "\uD800"))));
        assertThat(Bytes.hex(out)).isEqualTo("07");
    }

    @Test
    void framesAreAppendedWhereverTheBufferStands() {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(4);
        out.writeBytes(new byte[] {9, 9, 9}).skipBytes(3);
        FrameWriter.publish(out, 1, "x", "k", false);
        FrameWriter.contentHeader(out, 1, 60, 3, BasicProperties.EMPTY);
        FrameWriter.body(out, 1, new byte[] {1, 2, 3, 4}, 1, 3);
        FrameWriter.method(out, 1, new BasicMethod.Get("q", true));
        FrameWriter.heartbeat(out);
        FrameWriter.ack(out, 1, 5, true);
        Recorder recorder = new Recorder();
        new FrameReader(recorder).read(out);
        assertThat(recorder.events)
                .containsExactly(
                        new Recorder.Called(1, new BasicMethod.Publish("x", "k", false, false)),
                        new Recorder.Header(1, 60, 3, BasicProperties.EMPTY),
                        new Recorder.Body(1, "020304"),
                        new Recorder.Called(1, new BasicMethod.Get("q", true)),
                        new Recorder.Heartbeat(0),
                        new Recorder.Called(1, new BasicMethod.Ack(5, true)));
        assertThat(out.release()).isTrue();
    }

    @Test
    void encodingAPublishAllocatesNothing() {
        byte[] body = new byte[256];
        BasicProperties properties = BasicProperties.builder()
                .contentType("text/plain")
                .persistent(true)
                .build();
        ByteBuf out = Unpooled.buffer(1024);
        Runnable publishing = () -> {
            for (int i = 0; i < 10_000; i++) {
                out.clear();
                FrameWriter.publish(out, 1, "exchange", "routing.key", true);
                FrameWriter.contentHeader(out, 1, 60, body.length, properties);
                FrameWriter.body(out, 1, body, 0, body.length);
                FrameWriter.ack(out, 1, i, false);
            }
        };
        publishing.run();
        assertThat(Allocations.during(publishing)).isLessThan(10_000);
    }
}
