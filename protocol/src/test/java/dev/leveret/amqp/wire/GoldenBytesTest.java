package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole frames and fields, byte by byte, as they are known to be from RabbitMQ's side of the wire. */
class GoldenBytesTest {

    private static Map<String, @Nullable Object> table(String key, @Nullable Object value) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        table.put(key, value);
        return table;
    }

    static List<Arguments> methods() {
        return List.of(
                Arguments.of(
                        new ConnectionMethod.Start(0, 9, table("product", "RabbitMQ"), "PLAIN AMQPLAIN", "en_US"), """
                        01 0000 0000003a  000a 000a  00 09
                        00000015 07 'product' 53 00000008 'RabbitMQ'
                        0000000e 'PLAIN AMQPLAIN' 00000005 'en_US'
                        ce"""),
                Arguments.of(
                        new ConnectionMethod.StartOk(
                                Map.of(), "PLAIN", "\0guest\0guest".getBytes(StandardCharsets.US_ASCII), "en_US"),
                        """
                        01 0000 00000024  000a 000b  00000000  05 'PLAIN'
                        0000000c 00 'guest' 00 'guest'  05 'en_US'
                        ce"""),
                Arguments.of(
                        new ConnectionMethod.TuneOk(2047, 131072, 60),
                        "01 0000 0000000c  000a 001f  07ff 00020000 003c  ce"),
                Arguments.of(new ConnectionMethod.Open("/"), "01 0000 00000008  000a 0028  01 '/' 00 00  ce"),
                Arguments.of(
                        new ConnectionMethod.Close(320, "CONNECTION_FORCED", 0, 0),
                        "01 0000 0000001c  000a 0032  0140 11 'CONNECTION_FORCED' 0000 0000  ce"),
                Arguments.of(new ChannelMethod.Open(), "01 0001 00000005  0014 000a  00  ce"),
                Arguments.of(new ChannelMethod.OpenOk(), "01 0001 00000008  0014 000b  00000000  ce"),
                Arguments.of(
                        new ExchangeMethod.Declare("logs", "topic", false, true, false, false, true, Map.of()),
                        "01 0001 00000016  0028 000a  0000 04 'logs' 05 'topic' 12 00000000  ce"),
                Arguments.of(
                        new QueueMethod.Declare("q", false, true, false, true, false, table("x-max-length", 7)), """
                        01 0001 0000001f  0032 000a  0000 01 'q' 0a
                        00000012 0c 'x-max-length' 49 00000007
                        ce"""),
                Arguments.of(
                        new QueueMethod.DeclareOk("q", 0xFFFF_FFFFL, 2),
                        "01 0001 0000000e  0032 000b  01 'q' ffffffff 00000002  ce"),
                Arguments.of(
                        new BasicMethod.Consume("q", "", true, false, true, false, Map.of()),
                        "01 0001 0000000e  003c 0014  0000 01 'q' 00 05 00000000  ce"),
                Arguments.of(
                        new BasicMethod.Publish("logs", "a.b", true, false),
                        "01 0001 00000010  003c 0028  0000 04 'logs' 03 'a.b' 01  ce"),
                Arguments.of(
                        new BasicMethod.Deliver("ctag", 258, true, "", "rabb\u00edt"),
                        "01 0001 0000001b  003c 003c  04 'ctag' 0000000000000102 01 00 07 'rabb' c3ad 't'  ce"),
                Arguments.of(
                        new BasicMethod.Return(312, "NO_ROUTE", "x", "k"),
                        "01 0001 00000013  003c 0032  0138 08 'NO_ROUTE' 01 'x' 01 'k'  ce"),
                Arguments.of(
                        new BasicMethod.Nack(1, true, true), "01 0001 0000000d  003c 0078  0000000000000001 03  ce"),
                Arguments.of(new ConfirmMethod.Select(false), "01 0001 00000005  0055 000a  00  ce"),
                Arguments.of(new TxMethod.CommitOk(), "01 0001 00000004  005a 0015  ce"));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void methodFramesAreTheseBytes(Method method, String bytes) {
        int channel = method instanceof ConnectionMethod ? 0 : 1;
        assertThat(ByteBufUtil.hexDump(Bytes.method(channel, method))).isEqualTo(Bytes.hex(bytes));

        Recorder recorder = new Recorder();
        new FrameReader(recorder).read(Bytes.of(bytes));
        assertThat(recorder.events).containsExactly(new Recorder.Called(channel, method));
    }

    @Test
    void contentHeaderCarriesAllFourteenPropertiesInOrder() {
        BasicProperties properties = BasicProperties.builder()
                .contentType("text/plain")
                .contentEncoding("gzip")
                .header("h", true)
                .deliveryMode(2)
                .priority(9)
                .correlationId("c")
                .replyTo("r")
                .expiration("1000")
                .messageId("m")
                .timestamp(Instant.ofEpochSecond(1_700_000_000))
                .type("t")
                .userId("guest")
                .appId("a")
                .clusterId("k")
                .build();
        String bytes = """
                02 0002 00000047  003c 0000 0000000000000102  fffc
                0a 'text/plain' 04 'gzip' 00000004 01 'h' 74 01 02 09 01 'c' 01 'r' 04 '1000' 01 'm'
                000000006553f100 01 't' 05 'guest' 01 'a' 01 'k'
                ce""";
        byte[] written = Bytes.written(out -> FrameWriter.contentHeader(out, 2, 60, 258, properties));
        assertThat(ByteBufUtil.hexDump(written)).isEqualTo(Bytes.hex(bytes));
        assertThat(FrameWriter.contentHeaderSize(properties)).isEqualTo(written.length);

        Recorder recorder = new Recorder();
        new FrameReader(recorder).read(Bytes.of(bytes));
        assertThat(recorder.events).containsExactly(new Recorder.Header(2, 60, 258, properties));
    }

    @Test
    void protocolHeaderBodyAndHeartbeatAreTheseBytes() {
        byte[] body = "abcdef".getBytes(StandardCharsets.US_ASCII);
        assertThat(Bytes.written(FrameWriter::protocolHeader)).isEqualTo(Bytes.array("'AMQP' 00 00 09 01"));
        assertThat(Bytes.written(FrameWriter::heartbeat)).isEqualTo(Bytes.array("08 0000 00000000 ce"));
        assertThat(Bytes.written(out -> FrameWriter.body(out, 3, body, 1, 4)))
                .isEqualTo(Bytes.array("03 0003 00000004 'bcde' ce"));
    }

    /** Value, its field with the type letter, and what it is read as if that differs. */
    static List<Arguments> fields() {
        return List.of(
                Arguments.of(true, "74 01"),
                Arguments.of(false, "74 00"),
                Arguments.of((byte) -2, "62 fe"),
                Arguments.of((short) -2, "73 fffe"),
                Arguments.of(-2, "49 fffffffe"),
                Arguments.of(-2L, "6c fffffffffffffffe"),
                Arguments.of(1.5f, "66 3fc00000"),
                Arguments.of(-1.5, "64 bff8000000000000"),
                Arguments.of(new BigDecimal("3.14"), "44 02 0000013a"),
                Arguments.of(new BigDecimal("-3.14"), "44 02 fffffec6"),
                Arguments.of("h\u00e9", "53 00000003 'h' c3a9"),
                Arguments.of(new byte[] {0, 1}, "78 00000002 0001"),
                Arguments.of(Instant.ofEpochSecond(1_700_000_000), "54 000000006553f100"),
                Arguments.of(null, "56"),
                Arguments.of(List.of(1, "a"), "41 0000000b 49 00000001 53 00000001 'a'"),
                Arguments.of(List.of(), "41 00000000"),
                Arguments.of(Map.of("k", true), "46 00000004 01 'k' 74 01"),
                Arguments.of(Map.of(), "46 00000000"));
    }

    @ParameterizedTest
    @MethodSource("fields")
    void fieldsAreTheseBytesInBothDirections(@Nullable Object value, String bytes) {
        Map<String, @Nullable Object> table = table("f", value);
        ByteBuf out = Unpooled.buffer();
        TableCodec.write(table, out);
        assertThat(Bytes.hex(out)).isEqualTo(field(bytes));
        assertThat(TableCodec.size(table)).isEqualTo(out.readableBytes());
        assertThat(TableCodec.read(out, 0, out.writerIndex()))
                .usingRecursiveComparison()
                .isEqualTo(table);
        assertThat(TableCodec.skip(out, 0, out.writerIndex())).isEqualTo(out.writerIndex());
    }

    /** Types that are only read: RabbitMQ or its plug-ins send them, or the specification has them. */
    static List<Arguments> foreignFields() {
        return List.of(
                Arguments.of("42 fe", (short) 254),
                Arguments.of("75 fffe", 65534),
                Arguments.of("69 fffffffe", 4294967294L),
                Arguments.of("4c fffffffffffffffe", -2L),
                Arguments.of("55 fffe", (short) -2),
                Arguments.of("74 02", true),
                Arguments.of("54 ffffffffffffffff", Instant.ofEpochSecond(-1)),
                Arguments.of("54 7fffffffffffffff", Instant.ofEpochSecond(Instant.MAX.getEpochSecond())),
                Arguments.of("54 8000000000000000", Instant.ofEpochSecond(Instant.MIN.getEpochSecond())),
                Arguments.of("44 ff 80000000", new BigDecimal("-2147483648").scaleByPowerOfTen(-255)),
                Arguments.of("53 00000002 'a' ff", new byte[] {'a', -1}),
                Arguments.of("53 00000003 efbfbd", "\uFFFD"));
    }

    @ParameterizedTest
    @MethodSource("foreignFields")
    void foreignFieldsAreReadAsTheNextBestType(String bytes, Object value) {
        ByteBuf in = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(field(bytes)));
        Object read = TableCodec.read(in, 0, in.writerIndex()).get("f");
        assertThat(read).isExactlyInstanceOf(value.getClass());
        assertThat(Arrays.deepEquals(new Object[] {read}, new Object[] {value}))
                .as("%s", read)
                .isTrue();
    }

    private static String field(String bytes) {
        byte[] field = Bytes.array("01 'f' " + bytes);
        return ByteBufUtil.hexDump(
                Bytes.written(out -> out.writeInt(field.length).writeBytes(field)));
    }
}
