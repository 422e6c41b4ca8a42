package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class WireReaderTest {

    private final WireReader reader = new WireReader();

    private WireReader reading(String bytes) {
        ByteBuf in = Bytes.of(bytes);
        return reader.wrap(in, in.readableBytes());
    }

    @Test
    void integersAreUnsigned() {
        WireReader in = reading("ff ffff ffffffff ffffffffffffffff");
        assertThat(in.octet()).isEqualTo(255);
        assertThat(in.shortInt()).isEqualTo(65535);
        assertThat(in.longInt()).isEqualTo(4294967295L);
        assertThat(in.longLong()).isEqualTo(-1);
        assertThat(in.remaining()).isZero();
    }

    @Test
    void bitsInARowShareOctetsAndAnotherTypeEndsTheRow() {
        WireReader in = reading("05 03 01 00");
        assertThat(in.bit()).isTrue();
        assertThat(in.bit()).isFalse();
        assertThat(in.bit()).isTrue();
        assertThat(in.octet()).isEqualTo(3);
        assertThat(in.bit()).isTrue();
        assertThat(in.shortString()).isEmpty();
    }

    @Test
    void nineBitsTakeTwoOctets() {
        WireReader in = reading("80 01");
        for (int i = 0; i < 7; i++) {
            assertThat(in.bit()).isFalse();
        }
        assertThat(in.bit()).isTrue();
        assertThat(in.bit()).isTrue();
        assertThat(in.remaining()).isZero();
    }

    @Test
    void rowOfBitsDoesNotReachIntoTheNextFrame() {
        assertThat(reading("ff").bit()).isTrue();
        assertThat(reading("00").bit()).isFalse();
    }

    @Test
    void stringsTimestampsAndTablesAreRead() {
        WireReader in = reading("02 'hi' 00 00000002 c3a9 00000000 0000000000000001 00000004 01 'k' 74 01");
        assertThat(in.shortString()).isEqualTo("hi");
        assertThat(in.shortString()).isEmpty();
        assertThat(in.longStringUtf8()).isEqualTo("\u00e9");
        assertThat(in.longString()).isEmpty();
        assertThat(in.timestamp()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(in.table()).isEqualTo(Map.of("k", true));
        assertThat(in.remaining()).isZero();
    }

    @Test
    void repeatedShortStringsAreTheSameObject() {
        String first = reading("05 'queue'").shortString();
        assertThat(reading("05 'queue'").shortString()).isSameAs(first);
    }

    @Test
    void shortStringThatIsNotUtf8KeepsItsBytes() {
        String name = reading("03 'a' ff 'b'").shortString();
        assertThat(Bytes.written(out -> new WireWriter().wrap(out).shortString(name)))
                .isEqualTo(Bytes.array("03 'a' ff 'b'"));
    }

    @Test
    void bytesBehindTheFrameAreOutOfReach() {
        ByteBuf in = Bytes.of("0001 0002");
        assertThat(reader.wrap(in, 2).shortInt()).isEqualTo(1);
        assertThatThrownBy(reader::octet)
                .isInstanceOf(MalformedFrameException.class)
                .hasMessage("an octet of 1 bytes, but 0 are left");
    }

    @Test
    void everyReadSaysWhatIsMissing() {
        assertMissing("", WireReader::octet, "an octet of 1 bytes, but 0 are left");
        assertMissing("00", WireReader::shortInt, "a short integer of 2 bytes, but 1 are left");
        assertMissing("000000", WireReader::longInt, "a long integer of 4 bytes, but 3 are left");
        assertMissing("00", WireReader::longLong, "a long long integer of 8 bytes, but 1 are left");
        assertMissing("", WireReader::bit, "bits of 1 bytes, but 0 are left");
        assertMissing("", WireReader::shortString, "the length of a short string of 1 bytes, but 0 are left");
        assertMissing("02 00", WireReader::shortString, "a short string of 2 bytes, but 1 are left");
        assertMissing("0000", WireReader::longString, "the length of a long string of 4 bytes, but 2 are left");
        assertMissing("ffffffff", WireReader::longString, "a long string of 4294967295 bytes, but 0 are left");
        assertMissing("00", WireReader::timestamp, "a timestamp of 8 bytes, but 1 are left");
        assertMissing("00", WireReader::table, "field table: a length of 4 bytes, but 1 are left");
        assertMissing("00", in -> in.skip(2), "reserved bytes of 2 bytes, but 1 are left");
    }

    private void assertMissing(String bytes, Consumer<WireReader> read, String message) {
        assertThatThrownBy(() -> read.accept(reading(bytes)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessage(message);
    }

    @Test
    void buffersIndicesStay() {
        ByteBuf in = Bytes.of("0001 02 'ab'").skipBytes(2);
        assertThat(reader.wrap(in, 3).shortString()).isEqualTo("ab");
        assertThat(in.readerIndex()).isEqualTo(2);
        assertThat(in.readableBytes()).isEqualTo(3);
    }
}
