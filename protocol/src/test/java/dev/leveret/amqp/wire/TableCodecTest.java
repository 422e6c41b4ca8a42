package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TableCodecTest {

    private static final long SEED = 815;

    private static byte[] write(Map<String, ?> table) {
        return Bytes.written(out -> TableCodec.write(table, out));
    }

    private static Map<String, @Nullable Object> read(String bytes) {
        ByteBuf in = Bytes.of(bytes);
        return TableCodec.read(in, 0, in.writerIndex());
    }

    @Test
    void tablesOfAllTypesGoThereAndBack() {
        RandomValues random = new RandomValues(SEED);
        for (int round = 0; round < 3000; round++) {
            Map<String, @Nullable Object> table = random.table(4);
            byte[] bytes = write(table);
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            assertThat(TableCodec.size(table))
                    .as("seed %d, round %d", SEED, round)
                    .isEqualTo(bytes.length);
            assertThat(TableCodec.skip(in, 0, bytes.length)).isEqualTo(bytes.length);
            assertThat(TableCodec.read(in, 0, bytes.length))
                    .as("seed %d, round %d", SEED, round)
                    .usingRecursiveComparison()
                    .isEqualTo(table);
        }
    }

    @Test
    void aTableCutShortAnywhereIsRefusedBySkipAndReadAlike() {
        RandomValues random = new RandomValues(SEED);
        for (int round = 0; round < 100; round++) {
            byte[] bytes = write(random.table(3));
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            for (int limit = 0; limit < bytes.length; limit++) {
                int end = limit;
                assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> TableCodec.skip(in, 0, end));
                assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> TableCodec.read(in, 0, end));
            }
        }
    }

    @Test
    void bytesAroundATableDoNotMatter() {
        ByteBuf in = Bytes.of("ffff 00000004 01 'k' 74 01 ff");
        assertThat(TableCodec.skip(in, 2, 11)).isEqualTo(10);
        assertThat(TableCodec.read(in, 2, 11)).isEqualTo(Map.of("k", true));
        assertThat(in.readerIndex()).isZero();
    }

    @Test
    void ofAKeyThatOccursTwiceTheLastValueCounts() {
        assertThat(read("0000000b 01 'k' 74 01 01 'j' 56 01 'k' 62 05"))
                .containsEntry("k", (byte) 5)
                .containsEntry("j", null)
                .hasSize(2);
    }

    @Test
    void orderIsKept() {
        assertThat(read("00000009 01 'c' 56 01 'a' 56 01 'b' 56").keySet()).containsExactly("c", "a", "b");
    }

    @Test
    void whatIsReadCannotBeChanged() {
        Map<String, @Nullable Object> table = read("00000013 01 'k' 74 01 01 'l' 41 00000001 56 01 'm' 46 00000000");
        assertThatThrownBy(() -> table.put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> list(table.get("l")).add(1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> read("00000000").put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
    }

    @SuppressWarnings("unchecked")
    private static List<@Nullable Object> list(@Nullable Object value) {
        return (List<@Nullable Object>) value;
    }

    @Test
    void namesAndValuesThatCannotBeEncodedAreRefused() {
        assertRefused(Map.of("k", new Object()), "field 'k' is a java.lang.Object, which AMQP has no type for");
        assertRefused(Map.of("k", List.of('c')), "field 'k' is a java.lang.Character, which AMQP has no type for");
        assertRefused(Map.of("k", Map.of(1, 2)), "a table has the key 1, which is not a String");
        assertRefused(
                Map.of("k", new BigDecimal("1E+2")),
                "field 'k' is 1E+2; an AMQP decimal has a scale of 0..255 and an unscaled value of 32 bits");
    }

    private static void assertRefused(Map<String, ?> table, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> write(table)).withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TableCodec.size(table))
                .withMessage(message);
    }

    @Test
    void decimalsOfMoreThan32BitsAreRefused() {
        assertThat(write(Map.of("k", new BigDecimal(Integer.MIN_VALUE)))).hasSize(4 + 2 + 6);
        assertThatIllegalArgumentException().isThrownBy(() -> write(Map.of("k", new BigDecimal(1L << 31))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(Map.of("k", BigDecimal.ONE.scaleByPowerOfTen(-256))));
    }

    @Test
    void namesOfMoreThan255BytesAreRefused() {
        assertThat(write(Map.of("k".repeat(255), true))).hasSize(4 + 256 + 2);
        assertThatIllegalArgumentException().isThrownBy(() -> write(Map.of("k".repeat(256), true)));
        assertThatIllegalArgumentException().isThrownBy(() -> TableCodec.size(Map.of("k".repeat(256), true)));
    }

    @Test
    void nestingIsBoundedAlsoWhenWriting() {
        Map<String, @Nullable Object> table = Map.of();
        for (int depth = 1; depth < TableCodec.MAX_DEPTH; depth++) {
            table = Map.of("k", table);
        }
        byte[] bytes = write(table);
        assertThat(TableCodec.skip(Unpooled.wrappedBuffer(bytes), 0, bytes.length))
                .isEqualTo(bytes.length);
        Map<String, @Nullable Object> tooDeep = Map.of("k", List.of(table));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> write(tooDeep))
                .withMessage("tables are nested deeper than 32 levels");
        assertThatIllegalArgumentException().isThrownBy(() -> TableCodec.size(tooDeep));
    }

    @Test
    void arraysMayBeNestedAsDeepAsTables() {
        Object array = List.of();
        for (int depth = 2; depth < TableCodec.MAX_DEPTH; depth++) {
            array = List.of(array);
        }
        byte[] bytes = write(Map.of("k", array));
        assertThat(TableCodec.size(Map.of("k", array))).isEqualTo(bytes.length);
        assertThat(TableCodec.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length))
                .isEqualTo(Map.of("k", array));
        List<Object> tooDeep = List.of(array);
        assertThatIllegalArgumentException().isThrownBy(() -> write(Map.of("k", tooDeep)));
        assertThatIllegalArgumentException().isThrownBy(() -> TableCodec.size(Map.of("k", tooDeep)));
    }

    @Test
    void tableThatContainsItselfIsRefused() {
        List<@Nullable Object> self = new ArrayList<>();
        self.add(self);
        assertThatIllegalArgumentException().isThrownBy(() -> write(Map.of("k", self)));
        assertThatIllegalArgumentException().isThrownBy(() -> TableCodec.size(Map.of("k", self)));
    }

    @Test
    void skippingAllocatesNothing() {
        byte[] bytes = write(new RandomValues(3).table(4));
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        Runnable skipping = () -> {
            for (int i = 0; i < 1000; i++) {
                TableCodec.skip(in, 0, bytes.length);
            }
        };
        skipping.run();
        assertThat(Allocations.during(skipping)).isLessThan(1000);
    }
}
