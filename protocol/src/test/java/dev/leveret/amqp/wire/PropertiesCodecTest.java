package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PropertiesCodecTest {

    private static final long SEED = 1412;

    private static byte[] write(BasicProperties properties) {
        return Bytes.written(out -> PropertiesCodec.write(properties, out));
    }

    /** A property for each flag that is set, from bit 15 down. */
    private static BasicProperties withFlags(int flags, RandomValues random) {
        BasicProperties.Builder builder = BasicProperties.builder();
        for (int i = 0; i < 14; i++) {
            if ((flags & 0x8000 >> i) != 0) {
                set(i, builder, random);
            }
        }
        return builder.build();
    }

    private static void set(int index, BasicProperties.Builder builder, RandomValues random) {
        switch (index) {
            case 0 -> builder.contentType(random.shortString());
            case 1 -> builder.contentEncoding(random.shortString());
            case 2 -> builder.header("h", 1).headers(random.table(3));
            case 3 -> builder.deliveryMode((int) random.bits(8));
            case 4 -> builder.priority((int) random.bits(8));
            case 5 -> builder.correlationId(random.shortString());
            case 6 -> builder.replyTo(random.shortString());
            case 7 -> builder.expiration(random.shortString());
            case 8 -> builder.messageId(random.shortString());
            case 9 -> builder.timestamp(Instant.ofEpochSecond(random.bits(40)));
            case 10 -> builder.type(random.shortString());
            case 11 -> builder.userId(random.shortString());
            case 12 -> builder.appId(random.shortString());
            default -> builder.clusterId(random.shortString());
        }
    }

    @Test
    void everySetOfPropertiesGoesThereAndBack() {
        RandomValues random = new RandomValues(SEED);
        for (int flags = 0; flags < 0x10000; flags += 4) {
            BasicProperties properties = withFlags(flags, random);
            byte[] bytes = write(properties);
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            assertThat(in.getUnsignedShort(0)).isEqualTo(flags);
            assertThat(PropertiesCodec.size(properties))
                    .as("seed %d, flags %x", SEED, flags)
                    .isEqualTo(bytes.length);
            PropertiesCodec.check(ByteBufUtil.getBytes(in));
            assertThat(PropertiesCodec.read(in))
                    .as("seed %d, flags %x", SEED, flags)
                    .isEqualTo(properties);
            assertThat(in.readableBytes()).isEqualTo(bytes.length);
        }
    }

    @Test
    void headersThatNobodyMayPublishThroughThisProtocolCanBeRead() {
        // A publisher of another protocol can have a CC of its own: a country, a credit card.
        BasicProperties properties =
                BasicProperties.builder().header("CC", "DE").build();

        assertThat(PropertiesCodec.read(write(properties)).header("CC")).isEqualTo("DE");
    }

    @Test
    void headersThatWereReadAreNotCopiedWhenTheyGoOn() {
        BasicProperties read = PropertiesCodec.read(
                write(BasicProperties.builder().header("h", 1).build()));

        assertThat(read.toBuilder().messageId("m").build().headers()).isSameAs(read.headers());
        assertThat(read.toBuilder().header("i", 2).build().headers()).isEqualTo(Map.of("h", 1, "i", 2));
        assertThat(read.toBuilder().removeHeader("h").removeHeader("i").build().headers())
                .isEmpty();
        assertThat(read.headers()).isEqualTo(Map.of("h", 1));
    }

    @Test
    void propertiesCutShortAnywhereOrWithMoreBehindThemAreRefused() {
        RandomValues random = new RandomValues(SEED);
        Random flags = random.random();
        for (int round = 0; round < 30; round++) {
            byte[] bytes = write(withFlags(flags.nextInt() & 0xFFFC, random));
            for (int length = 0; length < bytes.length; length++) {
                assertRefused(Unpooled.wrappedBuffer(bytes, 0, length));
            }
            assertRefused(Unpooled.buffer().writeBytes(bytes).writeByte(0));
        }
    }

    private static void assertRefused(ByteBuf in) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> PropertiesCodec.check(ByteBufUtil.getBytes(in)));
        assertThatExceptionOfType(MalformedFrameException.class).isThrownBy(() -> PropertiesCodec.read(in));
    }

    @Test
    void noPropertiesAreTwoBytesAndAlwaysTheSameObject() {
        assertThat(write(BasicProperties.EMPTY)).containsExactly(0, 0);
        assertThat(PropertiesCodec.size(BasicProperties.EMPTY)).isEqualTo(2);
        assertThat(PropertiesCodec.read(Bytes.of("0000"))).isSameAs(BasicProperties.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0001 0000", "0001 0001 0001 0000"})
    void moreFlagsAreAcceptedIfAllAreClear(String bytes) {
        PropertiesCodec.check(ByteBufUtil.getBytes(Bytes.of(bytes)));
        assertThat(PropertiesCodec.read(Bytes.of(bytes))).isEqualTo(BasicProperties.EMPTY);
        String text = bytes.replaceFirst("0001", "8001") + "01 'a'";
        assertThat(PropertiesCodec.read(Bytes.of(text)).contentType()).isEqualTo("a");
    }

    @Test
    void emptyTableOfHeadersIsReadAsNoHeaders() {
        assertThat(PropertiesCodec.read(Bytes.of("2000 00000000"))).isEqualTo(BasicProperties.EMPTY);
    }

    @Test
    void textThatIsNotUtf8KeepsItsBytes() {
        byte[] bytes = Bytes.array("0400 03 'a' ff 'b'");
        BasicProperties properties = PropertiesCodec.read(Unpooled.wrappedBuffer(bytes));
        assertThat(properties.correlationId()).isEqualTo("a\uDCFFb");
        assertThat(write(properties)).isEqualTo(bytes);
    }

    @Test
    void aPropertyMayBe255BytesThatAreNotUtf8() {
        byte[] bytes = Bytes.array("0400 ff " + "fe".repeat(255));
        BasicProperties properties = PropertiesCodec.read(Unpooled.wrappedBuffer(bytes));
        assertThat(properties.correlationId()).hasSize(255);
        assertThat(write(properties)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "0000000000000001, 1",
        "ffffffffffffffff, -1",
        "0070cd9bb55f7fff, 31752000000000000",
        "7fffffffffffffff, 31556889864403199",
        "8000000000000000, -31557014167219200"
    })
    void timestampsBeyondInstantBecomeTheNearestMoment(String hex, long seconds) {
        long expected = Math.min(seconds, Instant.MAX.getEpochSecond());
        byte[] bytes = ByteBufUtil.decodeHexDump("0040" + hex);
        assertThat(PropertiesCodec.read(Unpooled.wrappedBuffer(bytes)).timestamp())
                .isEqualTo(Instant.ofEpochSecond(expected));
    }

    @Test
    void checkAndReadStartAtTheReaderIndexAndLeaveIt() {
        ByteBuf in = Bytes.of("ffff 8000 01 'a'").skipBytes(2);
        PropertiesCodec.check(ByteBufUtil.getBytes(in));
        assertThat(PropertiesCodec.read(in).contentType()).isEqualTo("a");
        assertThat(in.readerIndex()).isEqualTo(2);
    }

    @Test
    void checkAndSizeAndWriteAllocateNothing() {
        BasicProperties properties = BasicProperties.builder()
                .contentType("application/json")
                .correlationId("0b9c3c52-6b0e-4ee9-a6ad-6c9f5b0d9b1f")
                .persistent(true)
                .timestamp(Instant.ofEpochSecond(1_700_000_000))
                .build();
        ByteBuf out = Unpooled.buffer(1024);
        PropertiesCodec.write(properties, out);
        byte[] encoded = ByteBufUtil.getBytes(out);
        Runnable encoding = () -> {
            for (int i = 0; i < 10_000; i++) {
                PropertiesCodec.size(properties);
                PropertiesCodec.write(properties, out.clear());
                PropertiesCodec.check(encoded);
            }
        };
        encoding.run();
        assertThat(Allocations.during(encoding)).isLessThan(10_000);
    }
}
