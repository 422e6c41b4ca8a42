package dev.leveret.amqp.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReusedBufferTest {

    private final ByteBufAllocator allocator = UnpooledByteBufAllocator.DEFAULT;
    private final ReusedBuffer reused = new ReusedBuffer();

    @AfterEach
    void end() {
        reused.end();
    }

    @Test
    void whatEverybodyHasReleasedIsTakenAgainEmpty() {
        ByteBuf first = reused.take(allocator);
        first.writeInt(7);
        first.release();
        ByteBuf second = reused.take(allocator);
        assertThat(second).isSameAs(first);
        assertThat(second.readableBytes()).isZero();
        assertThat(second.writableBytes()).isEqualTo(ReusedBuffer.SIZE);
        second.release();
    }

    @Test
    void whatSomebodyStillHasIsLeftToThem() {
        ByteBuf first = reused.take(allocator);
        first.writeInt(7);
        ByteBuf second = reused.take(allocator);
        assertThat(second).isNotSameAs(first);
        second.writeInt(8);
        assertThat(first.readInt()).isEqualTo(7);
        first.release();
        assertThat(first.refCnt()).isZero();
        second.release();
        ByteBuf third = reused.take(allocator);
        assertThat(third).as("the later one is kept").isSameAs(second);
        third.release();
    }

    @Test
    void atItsEndItIsFreedByWhoeverHasItLast() {
        ByteBuf kept = reused.take(allocator);
        kept.release();
        assertThat(kept.refCnt()).isEqualTo(1);
        ByteBuf taken = reused.take(allocator);
        reused.end();
        assertThat(taken.refCnt()).isEqualTo(1);
        taken.release();
        assertThat(taken.refCnt()).isZero();
    }

    @Test
    void afterItsEndThereIsANewBufferEachTimeAndNoneIsKept() {
        reused.end();
        ByteBuf first = reused.take(allocator);
        assertThat(first.writableBytes()).isEqualTo(ReusedBuffer.SIZE);
        first.release();
        assertThat(first.refCnt()).isZero();
    }

    @Test
    @SuppressWarnings("deprecation")
    void socketsReadIntoIt() {
        RecvByteBufAllocator.Handle handle = reused.forReading().newHandle();
        assertThat(handle.guess()).isEqualTo(ReusedBuffer.SIZE);
        ByteBuf first = handle.allocate(allocator);
        first.release();
        ByteBuf second = reused.forReading().newHandle().allocate(allocator);
        assertThat(second).isSameAs(first);
        second.release();
    }
}
