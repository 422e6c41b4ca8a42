package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.QueueMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a broken or malicious broker may say to an open connection: it is told the defect's code and nobody waits on. */
class HostileBrokerTest {

    private static final byte FRAME_END = (byte) 0xCE;

    private static Arguments says(String what, int code, Consumer<FakeBroker> attack) {
        return Arguments.of(what, code, attack);
    }

    private static Arguments bytes(String what, int code, String hex) {
        byte[] bytes = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
        return says(what, code, it -> it.sayRaw(bytes));
    }

    private static byte[] frames(Consumer<ByteBuf> writer) {
        ByteBuf out = Unpooled.buffer();
        writer.accept(out);
        return ByteBufUtil.getBytes(out);
    }

    private static Arguments frames(String what, int code, Consumer<ByteBuf> writer) {
        return says(what, code, it -> it.sayRaw(frames(writer)));
    }

    private static void deliver(ByteBuf out) {
        FrameWriter.method(out, 1, new BasicMethod.Deliver("c", 1, false, "", "q"));
    }

    private static void header(ByteBuf out, long size) {
        FrameWriter.contentHeader(out, 1, 60, size, BasicProperties.EMPTY);
    }

    /** A method frame on channel 0 whose arguments are a table of this many tables within each other. */
    private static void nested(ByteBuf out, int depth) {
        ByteBuf table = Unpooled.buffer();
        for (int level = 0; level < depth; level++) {
            table.writeInt(7 * (depth - level - 1));
            if (level < depth - 1) {
                table.writeByte(1).writeByte('a').writeByte('F');
            }
        }
        int size = 4 + 2 + table.readableBytes() + 4 + 4;
        out.writeByte(1).writeShort(0).writeInt(size);
        out.writeShort(10).writeShort(10).writeByte(0).writeByte(9).writeBytes(table);
        out.writeInt(0).writeInt(0).writeByte(FRAME_END);
    }

    static List<Arguments> attacks() {
        return List.of(
                // frames
                bytes("a frame of 2 GiB", 501, "01 0001 7fffffff"),
                bytes("a frame of 4 GiB", 501, "01 0001 ffffffff"),
                bytes("a frame of 600 MB", 501, "03 0001 23c34600"),
                bytes("a frame just over the limit", 501, "03 0001 0001fff9"),
                bytes("an unknown frame type", 501, "07 0001 00000000 ce"),
                bytes("a wrong frame end", 501, "08 0000 00000000 cd"),
                bytes("a heartbeat with a body", 501, "08 0000 00000001 00 ce"),
                bytes("a heartbeat on a channel", 503, "08 0001 00000000 ce"),
                bytes("text", 501, "48656c6c6f20776f726c64"),
                // methods
                bytes("an unknown method", 540, "01 0001 00000004 003c00fa ce"),
                bytes("an unknown class", 503, "01 0001 00000004 00ff000a ce"),
                bytes("a method without its id", 502, "01 0001 00000002 003c ce"),
                bytes("a string longer than its frame", 502, "01 0001 00000006 003c0015 ff61 ce"),
                bytes("a table longer than its frame", 502, "01 0000 0000000a 000a000a 0009 7fffffff ce"),
                bytes("bytes behind the arguments", 502, "01 0001 00000005 003c000b 00 ce"),
                bytes(
                        "an unknown field type",
                        502,
                        "01 0000 00000015 000a000a 0009 00000003 01615a 00000000 00000000 ce"),
                frames("tables within tables", 502, it -> nested(it, 5_000)),
                says("an answer that nobody asked for", 503, it -> it.say(1, new QueueMethod.DeclareOk("q", 0, 0))),
                says("a second handshake", 503, it -> it.say(0, FakeBroker.START)),
                says("a request of a client", 503, it -> it.say(1, new QueueMethod.Purge("q", false))),
                says("a method on a channel that was never opened", 504, it -> it.say(9, new BasicMethod.QosOk())),
                says("a delivery on a channel that was never opened", 504, it -> it.sayDelivery(9, "c", 1, "x")),
                says("a delivery to nobody", 530, it -> it.sayDelivery(1, "nobody", 1, "x")),
                says("a confirm of nothing", 530, it -> it.say(1, new BasicMethod.Ack(1, false))),
                // contents
                frames("a body before its header", 505, it -> {
                    deliver(it);
                    FrameWriter.body(it, 1, new byte[3], 0, 3);
                }),
                frames("a header that nothing announced", 505, it -> header(it, 3)),
                frames(
                        "a header on the connection's own number",
                        504,
                        it -> FrameWriter.contentHeader(it, 0, 60, 3, BasicProperties.EMPTY)),
                frames("a method within a content", 505, it -> {
                    deliver(it);
                    header(it, 3);
                    FrameWriter.method(it, 1, new BasicMethod.QosOk());
                }),
                frames("a body longer than announced", 505, it -> {
                    deliver(it);
                    header(it, 3);
                    FrameWriter.body(it, 1, new byte[4], 0, 4);
                }),
                frames("a header of another class", 505, it -> {
                    deliver(it);
                    FrameWriter.contentHeader(it, 1, 50, 3, BasicProperties.EMPTY);
                }),
                frames("a negative size", 502, it -> {
                    deliver(it);
                    header(it, -1);
                }),
                frames("properties that end too early", 502, it -> {
                    deliver(it);
                    it.writeBytes(ByteBufUtil.decodeHexDump("0200010000000e003c000000000000000000008000ce"));
                }));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("attacks")
    void theConnectionEndsWithTheRightCode(String what, int code, Consumer<FakeBroker> attack) {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"))
                .expect(ConnectionMethod.Close.class);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.uri());
            AsyncChannel channel = connection.openChannel().async();
            Subscription consumer =
                    Futures.await(channel.consume(ConsumeOptions.of("q").withConsumerTag("c"), delivery -> {}));
            server.act(broker, attack);

            ConnectionClosedException end =
                    Futures.failure(connection.async().closed(), ConnectionClosedException.class);
            assertThat(end.replyCode()).isEqualTo(code);
            assertThat(end.byBroker()).isFalse();
            assertThat(end).hasMessageContaining("broke the AMQP 0-9-1 protocol");
            assertThat(Futures.failure(channel.closed())).isInstanceOf(ConnectionClosedException.class);
            assertThat(Futures.failure(consumer.ended())).isInstanceOf(ConnectionClosedException.class);
            server.awaitDone(broker);
            assertThat(broker.received(ConnectionMethod.Close.class).get(0).replyCode())
                    .isEqualTo(code);
            server.awaitEnd(broker);
        }
    }
}
