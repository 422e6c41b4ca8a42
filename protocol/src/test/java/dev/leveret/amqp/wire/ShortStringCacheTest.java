package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShortStringCacheTest {

    private final ShortStringCache cache = new ShortStringCache();

    private String get(String text) {
        ByteBuf bytes = Unpooled.copiedBuffer("--" + text + "--", StandardCharsets.UTF_8);
        return cache.get(bytes, 2, bytes.readableBytes() - 4);
    }

    @Test
    void sameBytesGiveTheSameObject() {
        String first = get("amq.ctag-WmbRfRhJ");
        assertThat(first).isEqualTo("amq.ctag-WmbRfRhJ");
        assertThat(get("amq.ctag-WmbRfRhJ")).isSameAs(first);
    }

    @Test
    void namesThatDifferInOneByteOnlyAreNotMixedUp() {
        String name = "orders.europe.created.v1";
        for (int length = 1; length <= name.length(); length++) {
            for (int i = 0; i < length; i++) {
                String other = name.substring(0, i) + "!" + name.substring(i + 1, length);
                assertThat(get(name.substring(0, length))).isEqualTo(name.substring(0, length));
                assertThat(get(other)).isEqualTo(other);
            }
        }
    }

    @Test
    void fewNamesInTurnAreAllRemembered() {
        String tag = get("ctag1.e8e2f4");
        String exchange = get("events");
        for (int i = 0; i < 1000; i++) {
            assertThat(get("ctag1.e8e2f4")).isSameAs(tag);
            assertThat(get("events")).isSameAs(exchange);
        }
    }

    @Test
    void namesThatComeOnceDoNotPushOutThoseThatComeAlways() {
        for (int i = 0; i < 1000; i++) {
            String tag = get("ctag1.e8e2f4");
            get("key." + i);
            assertThat(get("ctag1.e8e2f4")).isSameAs(tag);
        }
    }

    @Test
    void manyNamesAreAllRightWhateverIsForgotten() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            String name = "key." + random.nextInt(500) + "\u00e9".repeat(random.nextInt(3));
            assertThat(get(name)).isEqualTo(name);
        }
    }

    @Test
    void hitAllocatesNothing() {
        ByteBuf bytes = Unpooled.copiedBuffer("amq.ctag-WmbRfRhJ", StandardCharsets.UTF_8);
        Runnable hits = () -> {
            for (int i = 0; i < 1000; i++) {
                cache.get(bytes, 0, bytes.readableBytes());
            }
        };
        hits.run();
        assertThat(Allocations.during(hits)).isLessThan(1000);
    }
}
