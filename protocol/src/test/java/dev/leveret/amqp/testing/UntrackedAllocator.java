package dev.leveret.amqp.testing;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;

/**
 * Buffers that the leak detector does not follow. At its highest level, which other tests run at, it takes a stack trace for
 * each byte that is touched: too much where there are millions.
 */
public final class UntrackedAllocator extends AbstractByteBufAllocator {

    public static final UntrackedAllocator INSTANCE = new UntrackedAllocator();

    private UntrackedAllocator() {
        super(false);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return newHeapBuffer(initialCapacity, maxCapacity);
    }
}
