package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WireWriterTest {

    private static String written(Consumer<WireWriter> writing) {
        ByteBuf out = Unpooled.buffer();
        WireWriter writer = new WireWriter().wrap(out);
        writing.accept(writer);
        writer.finish();
        return Bytes.hex(out);
    }

    @Test
    void bitsArePackedUntilAnotherTypeFollowsOrTheEnd() {
        assertThat(written(out -> out.bit(true).bit(false).bit(true).octet(7).bit(true)))
                .isEqualTo(Bytes.hex("05 07 01"));
    }

    @Test
    void nineBitsTakeTwoOctets() {
        assertThat(written(out -> {
                    for (int i = 0; i < 9; i++) {
                        out.bit(i >= 7);
                    }
                }))
                .isEqualTo(Bytes.hex("80 01"));
    }

    @Test
    void finishWithoutBitsWritesNothing() {
        assertThat(written(out -> out.octet(1))).isEqualTo("01");
    }

    @Test
    void bitsAreFlushedBeforeEveryType() {
        assertThat(written(out -> out.bit(true).shortInt(2))).isEqualTo(Bytes.hex("01 0002"));
        assertThat(written(out -> out.bit(true).longInt(2))).isEqualTo(Bytes.hex("01 00000002"));
        assertThat(written(out -> out.bit(true).longLong(2))).isEqualTo(Bytes.hex("01 0000000000000002"));
        assertThat(written(out -> out.bit(true).shortString("a"))).isEqualTo(Bytes.hex("01 01 'a'"));
        assertThat(written(out -> out.bit(true).longString(new byte[] {9}))).isEqualTo(Bytes.hex("01 00000001 09"));
        assertThat(written(out -> out.bit(true).longStringUtf8("\u00e9"))).isEqualTo(Bytes.hex("01 00000002 c3a9"));
        assertThat(written(out -> out.bit(true).timestamp(Instant.ofEpochSecond(1, 999_999_999))))
                .isEqualTo(Bytes.hex("01 0000000000000001"));
        assertThat(written(out -> out.bit(true).table(Map.of()))).isEqualTo(Bytes.hex("01 00000000"));
    }

    @Test
    void shortStringIsBoundedByBytesAndNotByCharacters() {
        String longest = "\u20ac".repeat(85);
        assertThat(written(out -> out.shortString(longest))).hasSize(2 * 256);
        assertTooLong(longest + "x", 256);
        assertTooLong("\u00e9".repeat(128), 256);
        assertTooLong("x".repeat(256), 256);
        assertTooLong("x".repeat(100_000), 100_000);
    }

    private static void assertTooLong(String text, int bytes) {
        ByteBuf out = Unpooled.buffer(16).writeByte(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WireWriter().wrap(out).shortString(text))
                .withMessageStartingWith("a name of " + bytes + " bytes of UTF-8, AMQP allows 255: '" + text.charAt(0));
        assertThat(out.writerIndex()).isEqualTo(1);
        assertThat(out.capacity()).isLessThan(2048);
        assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSize(bytes);
    }

    @Test
    void integersThatDoNotFitAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> written(out -> out.octet(256)));
        assertThatIllegalArgumentException().isThrownBy(() -> written(out -> out.octet(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> written(out -> out.shortInt(65536)));
        assertThatIllegalArgumentException().isThrownBy(() -> written(out -> out.shortInt(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> written(out -> out.longInt(1L << 32)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> written(out -> out.longInt(-1)))
                .withMessage("-1 does not fit an AMQP long integer");
    }
}
