package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.api.ReplyCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broken or malicious peer may send: one exception that says what is wrong, and next to no memory for it. */
class HostileInputTest {

    /** Exceptions, their messages and first use of classes; a limit that is believed would be megabytes. */
    private static final long FEW_BYTES = 200_000;

    private static final byte[] FIRST_FRAME = Bytes.written(FrameWriter::heartbeat);

    private final Recorder recorder = new Recorder();
    private FrameReader reader = new FrameReader(recorder);

    @BeforeEach
    void loadClasses() {
        refused("08 0000 00000000 00");
        reader = new FrameReader(recorder);
    }

    private MalformedFrameException refused(String bytes) {
        return refused(Bytes.array(bytes));
    }

    private MalformedFrameException refused(byte[] bytes) {
        return catchThrowableOfType(MalformedFrameException.class, () -> reader.read(Unpooled.wrappedBuffer(bytes)));
    }

    static List<Arguments> frames() {
        return List.of(
                Arguments.of("01 0001 7fffffff", 501, "a frame of 2147483655 bytes on channel 1, the limit is 8192"),
                Arguments.of("01 0001 80000000", 501, "a frame of 2147483656 bytes on channel 1, the limit is 8192"),
                Arguments.of("02 0001 ffffffff", 501, "a frame of 4294967303 bytes on channel 1, the limit is 8192"),
                Arguments.of("03 0001 00001ff9", 501, "a frame of 8193 bytes on channel 1, the limit is 8192"),
                Arguments.of("08 0000 00000001 00 ce", 501, "a heartbeat with 1 bytes of payload"),
                Arguments.of("08 0001 00000000 ce", 503, "a heartbeat on channel 1"),
                Arguments.of("04 0001 00000000 ce", 501, "unknown frame type 4"),
                Arguments.of("ff", 501, "unknown frame type 255"),
                Arguments.of(
                        "01 0001 00000004 003c006f cd", 501, "a frame on channel 1 ends with 0xcd in place of 0xce"),
                Arguments.of("03 0007 00000001 00 00", 501, "a frame on channel 7 ends with 0x00 in place of 0xce"),
                Arguments.of(
                        "01 0001 00000003 003c00 ce", 502, "method id: a short integer of 2 bytes, but 1 are left"),
                Arguments.of("01 0001 00000000 ce", 502, "method id: a short integer of 2 bytes, but 0 are left"),
                Arguments.of("01 0001 00000004 001e000a ce", 540, "30.10: this method is not implemented"),
                Arguments.of("01 0001 00000004 003c00fa ce", 540, "60.250: this method is not implemented"),
                Arguments.of("01 0001 00000004 000b000a ce", 503, "11.10: there is no such method"),
                Arguments.of("01 0001 00000004 ffffffff ce", 503, "65535.65535: there is no such method"),
                Arguments.of(
                        "01 0001 00000006 003c0015 ff00 ce",
                        502,
                        "basic.consume-ok: a short string of 255 bytes, but 1 are left"),
                Arguments.of(
                        "01 0000 00000008 000a0014 ffffffff ce",
                        502,
                        "connection.secure: a long string of 4294967295 bytes, but 0 are left"),
                Arguments.of(
                        "01 0000 0000000a 000a000a 0009 7fffffff ce",
                        502,
                        "connection.start: field table: a value of 2147483647 bytes, but 0 are left"),
                Arguments.of(
                        "02 0001 0000000b 003c0000 00000000000000 ce",
                        502,
                        "content header: a long long integer of 8 bytes, but 7 are left"),
                Arguments.of(
                        "02 0001 0000000e 003c0001 0000000000000000 0000 ce",
                        502,
                        "content header: weight is 1, not 0"),
                Arguments.of(
                        "02 0001 0000000e 003c0000 8000000000000000 0000 ce",
                        502,
                        "content header: a body of 2^63 bytes or more"));
    }

    @ParameterizedTest
    @MethodSource("frames")
    void malformedFramesAreRefusedWithTheRightCode(String bytes, int code, String message) {
        byte[] stream = Bytes.join(FIRST_FRAME, Bytes.array(bytes));
        MalformedFrameException failure = refused(stream);
        assertThat(failure).hasMessage(message);
        assertThat(failure.replyCode()).isEqualTo(ReplyCode.of(code));

        Recorder byteByByte = new Recorder();
        reader = new FrameReader(byteByByte);
        MalformedFrameException same = catchThrowableOfType(MalformedFrameException.class, () -> {
            for (byte octet : stream) {
                reader.read(Unpooled.wrappedBuffer(new byte[] {octet}));
            }
        });
        assertThat(same).hasMessage(message);
        assertThat(withoutBodies(byteByByte)).isEqualTo(withoutBodies(recorder));
        assertThat(withoutBodies(recorder)).containsExactly(new Recorder.Heartbeat(0));
    }

    private static List<Object> withoutBodies(Recorder recorder) {
        return recorder.events.stream()
                .filter(event -> !(event instanceof Recorder.Body))
                .toList();
    }

    /** Bodies of content headers behind the class: properties and what is wrong with them. */
    static List<Arguments> properties() {
        return List.of(
                Arguments.of("", "flags of 2 bytes, but 0 are left"),
                Arguments.of("80", "flags of 2 bytes, but 1 are left"),
                Arguments.of("8000", "the length of a short string of 1 bytes, but 0 are left"),
                Arguments.of("8000 05 'abc'", "a short string of 5 bytes, but 3 are left"),
                Arguments.of("1000", "an octet of 1 bytes, but 0 are left"),
                Arguments.of("0040 00000000000000", "a timestamp of 8 bytes, but 7 are left"),
                Arguments.of("0000 00", "1 bytes are left over"),
                Arguments.of("0002", "unknown flags 0x0002"),
                Arguments.of("0001", "flags of 2 bytes, but 0 are left"),
                Arguments.of("0001 8000 00", "unknown flags 0x8000"),
                Arguments.of("0001 0002", "unknown flags 0x0002"),
                Arguments.of("2000 7fffffff", "field table: a value of 2147483647 bytes, but 0 are left"),
                Arguments.of("2000 ffffffff", "field table: a value of 4294967295 bytes, but 0 are left"),
                Arguments.of("2000 00000001 05", "field table: a key of 5 bytes, but 0 are left"),
                Arguments.of("2000 00000002 01 'k'", "field 'k': a field type of 1 bytes, but 0 are left"),
                Arguments.of("2000 00000003 01 'kz'", "field 'k': unknown field type 'z'"),
                Arguments.of("2000 00000003 01 'k' 00", "field 'k': unknown field type 0x00"),
                Arguments.of("2000 00000003 01 0a 'z'", "field '?': unknown field type 'z'"),
                Arguments.of("2000 00000006 01 'kI' 000000", "field 'k': a field of 4 bytes, but 3 are left"),
                Arguments.of(
                        "2000 00000007 01 'kS' ffffffff", "field 'k': a value of 4294967295 bytes, but 0 are left"),
                Arguments.of("2000 00000007 01 'kx' 00000001", "field 'k': a value of 1 bytes, but 0 are left"),
                Arguments.of(
                        "2000 00000007 01 'kA' 80000000", "field 'k': a value of 2147483648 bytes, but 0 are left"),
                Arguments.of("2000 00000008 01 'kA' 00000001 'q'", "field 'k': unknown field type 'q'"),
                Arguments.of("2000 00000007 01 'kF' 00000001", "field 'k': a value of 1 bytes, but 0 are left"),
                // The table inside would have room in the frame, but not in the table around it.
                Arguments.of(
                        "2000 00000007 01 'kF' 00000003 01 'jV'", "field 'k': a value of 3 bytes, but 0 are left"));
    }

    @ParameterizedTest
    @MethodSource("properties")
    void malformedPropertiesAreASyntaxErrorForCheckAndReadAlike(String bytes, String message) {
        ByteBuf in = Bytes.of(bytes);
        MalformedFrameException checked = catchThrowableOfType(
                MalformedFrameException.class, () -> PropertiesCodec.check(ByteBufUtil.getBytes(in)));
        assertThat(checked).hasMessage("message properties: " + message);
        assertThat(checked.replyCode()).isEqualTo(ReplyCode.SYNTAX_ERROR);
        assertThat(checked.classId()).isEqualTo(60);
        assertThat(checked.methodId()).isZero();
        MalformedFrameException read =
                catchThrowableOfType(MalformedFrameException.class, () -> PropertiesCodec.read(in));
        assertThat(read).hasMessage(checked.getMessage());
        assertThat(in.readerIndex()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 33, 1_000, 18_000})
    void tablesNestedTooDeepAreRefusedBeforeTheStackOverflows(int depth) {
        byte[] properties = nested(depth);
        if (depth <= TableCodec.MAX_DEPTH) {
            assertThat(PropertiesCodec.read(Unpooled.wrappedBuffer(properties)).headers())
                    .hasSize(1);
            return;
        }
        reader.frameMax(131_072);
        MalformedFrameException failure = refused(Bytes.header(1, 0, properties));
        assertThat(failure).hasMessage("message properties: field 'k': tables are nested deeper than 32 levels");
    }

    /** BasicProperties with {@code depth} tables, each but the last in an array or table of the one before. */
    private static byte[] nested(int depth) {
        byte[] table = Bytes.written(out -> {
            int size = (depth - 1) * 7;
            for (int i = 1; i < depth; i++) {
                size -= 7;
                out.writeByte(1).writeByte('k').writeByte('F').writeInt(size);
            }
        });
        return Bytes.written(out ->
                out.writeShort(PropertiesCodec.HEADERS).writeInt(table.length).writeBytes(table));
    }

    @Test
    void arraysCountAsLevelsToo() {
        byte[] arrays = Bytes.written(out -> {
            for (int i = 40; i > 0; i--) {
                out.writeByte('A').writeInt((i - 1) * 5);
            }
        });
        byte[] properties = Bytes.written(out -> out.writeShort(PropertiesCodec.HEADERS)
                .writeInt(arrays.length + 2)
                .writeByte(1)
                .writeByte('a')
                .writeBytes(arrays));
        assertThat(refused(Bytes.header(1, 0, properties)))
                .hasMessage("message properties: field 'a': tables are nested deeper than 32 levels");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01 0001 7fffffff",
                "01 0001 ffffffff",
                "02 0001 23c34600",
                "01 0000 0000000a 000a000a 0009 7fffffff ce",
                "01 0000 00000008 000a0014 7fffffff ce",
                "02 0001 00000012 003c0000 0000000000000000 2000 7fffffff ce",
                "02 0001 00000019 003c0000 0000000000000000 2000 00000007 01 'kA' 7fffffff ce"
            })
    void lengthsThatLieAreNotAllocated(String bytes) {
        byte[] stream = Bytes.array(bytes);
        long allocated = Allocations.during(() -> assertThat(refused(stream)).isNotNull());
        assertThat(allocated).isLessThan(FEW_BYTES);
        assertThat(reader.bufferCapacity()).isZero();
    }

    @Test
    void frameThatDoesNotComeIsBufferedOnlyAsFarAsItCame() {
        reader.frameMax(0);
        long allocated = Allocations.during(() -> {
            reader.read(Bytes.of("01 0001 7fffff00"));
            for (int i = 0; i < 1000; i++) {
                reader.read(Unpooled.wrappedBuffer(new byte[1]));
            }
        });
        assertThat(allocated).isLessThan(FEW_BYTES);
        assertThat(reader.bufferCapacity()).isLessThanOrEqualTo(4096);
    }

    @Test
    void bodyIsNeverBuffered() {
        reader = new FrameReader(new FrameSink() {
            @Override
            public void onMethod(int channel, Method method) {}

            @Override
            public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {}

            @Override
            public void onBody(int channel, ByteBuf in, int length) {
                in.skipBytes(length);
            }

            @Override
            public void onHeartbeat(int channel) {}
        });
        reader.frameMax(0);
        reader.read(Bytes.of("03 0001 7ffffff7"));
        ByteBuf megabyte = Unpooled.wrappedBuffer(new byte[1 << 20]);
        long allocated = Allocations.during(() -> {
            for (int i = 0; i < 100; i++) {
                reader.read(megabyte.readerIndex(0));
            }
        });
        assertThat(allocated).isLessThan(FEW_BYTES);
        assertThat(reader.bufferCapacity()).isLessThanOrEqualTo(256);
    }

    @Test
    void textOfAnErrorDoesNotQuotePayload() {
        byte[] secret = Bytes.array("000a000b 00000000 05 'PLAIN' 000000ff 00 'guest' 00 'secret'");
        MalformedFrameException failure = refused(Bytes.frame(FrameType.METHOD, 0, secret));
        assertThat(failure).hasMessageNotContaining("secret");
        assertThat(failure).hasMessage("connection.start-ok: a long string of 255 bytes, but 13 are left");
    }

    @Test
    void sixteenMegabytesOfNestedNothingAreWalkedInLinearTime() {
        byte[] empties = new byte[1 << 24];
        for (int i = 0; i + 7 <= empties.length; i += 7) {
            System.arraycopy(new byte[] {1, 'k', 'F', 0, 0, 0, 0}, 0, empties, i, 7);
        }
        int whole = empties.length / 7 * 7;
        ByteBuf table = Unpooled.buffer().writeInt(whole).writeBytes(empties, 0, whole);
        assertThat(TableCodec.skip(table, 0, table.writerIndex())).isEqualTo(whole + 4);
        long allocated = Allocations.during(() -> TableCodec.skip(table, 0, table.writerIndex()));
        assertThat(allocated).isLessThan(1000);
        assertThat(TableCodec.read(table, 0, table.writerIndex())).hasSize(1);
    }

    @Test
    void keyOfAnErrorCannotForgeALogLine() {
        byte[] key = Bytes.array("2000 0000000f 0d 'a' 0d0a 'INFO: fine' 'z'");
        MalformedFrameException failure = catchThrowableOfType(
                MalformedFrameException.class,
                () -> PropertiesCodec.check(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(key))));
        assertThat(failure).hasMessage("message properties: field 'a??INFO: fine': unknown field type 'z'");
        assertThat(Arrays.asList(failure.getMessage().split("\n"))).hasSize(1);
    }
}
