package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class FrameCounterTest {

    @Test
    void theSameFramesAreCountedInWhateverPiecesTheyCome() {
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.protocolHeader(bytes);
        FrameWriter.method(bytes, 1, new ChannelMethod.Open());
        FrameWriter.heartbeat(bytes);
        FrameWriter.body(bytes, 1, new byte[70_000], 0, 70_000);
        FrameWriter.ack(bytes, 1, 1, false);
        for (int size = 1; size <= bytes.readableBytes(); size += size < 40 ? 1 : 997) {
            FrameCounter counter = new FrameCounter(8);
            int frames = 0;
            for (int at = 0; at < bytes.readableBytes(); at += size) {
                frames += counter.count(bytes.slice(at, Math.min(size, bytes.readableBytes() - at)));
            }
            assertThat(frames).as("in pieces of %d", size).isEqualTo(4);
        }
        assertThat(bytes.readerIndex()).isZero();
    }
}
