package dev.leveret.amqp.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

class LeakCheckTest {

    @Test
    void everyBufferIsWatched() {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    }

    @Test
    void aBufferThatIsNeverReleasedIsNoticed() {
        LeakCheck.leaks();
        leak();
        assertThat(LeakCheck.leaks()).hasSize(1).first().asString().contains("LeakCheckTest");
        assertThat(LeakCheck.leaks()).isEmpty();
    }

    private static void leak() {
        ByteBuf forgotten = PooledByteBufAllocator.DEFAULT.directBuffer(10);
        forgotten.writeByte(1);
    }
}
