package dev.leveret.amqp.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The buffer for what the connections of an event loop do one after the other: to take one from the pool each time and to give
 * it back costs more than to fill it with a message. All on the event loop.
 */
final class ReusedBuffer {

    /** In bytes: large enough to make system calls rare, small enough to stay in the cache. */
    static final int SIZE = 64 * 1024;

    /** Keeps nothing: each buffer is a new one. */
    static final ReusedBuffer NONE = new ReusedBuffer();

    static {
        NONE.end();
    }

    private @Nullable ByteBuf buffer;
    private boolean over;

    /** An empty buffer, to be released: the one that was there before, if everybody who had it has released it. */
    ByteBuf take(ByteBufAllocator allocator) {
        if (over) {
            return allocator.directBuffer(SIZE);
        }
        ByteBuf current = buffer;
        if (current == null || current.refCnt() != 1) {
            if (current != null && current.refCnt() > 1) {
                current.release();
            }
            current = allocator.directBuffer(SIZE);
            buffer = current;
        }
        return current.clear().retain();
    }

    /** Keeps none from now on. */
    void end() {
        over = true;
        ByteBuf current = buffer;
        buffer = null;
        if (current != null) {
            current.release();
        }
    }

    /** Has sockets read into it. */
    RecvByteBufAllocator forReading() {
        return new DefaultMaxMessagesRecvByteBufAllocator() {
            @Override
            @SuppressWarnings("deprecation") // but to be implemented
            public Handle newHandle() {
                return new MaxMessageHandle() {
                    @Override
                    public int guess() {
                        return SIZE;
                    }

                    @Override
                    public ByteBuf allocate(ByteBufAllocator allocator) {
                        return take(allocator);
                    }
                };
            }
        };
    }
}
