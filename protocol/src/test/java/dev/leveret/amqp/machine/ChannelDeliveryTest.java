package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.QueueMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broker may deliver on one {@link ChannelMachine}, and what it may not. */
class ChannelDeliveryTest {

    private final MachineRig rig = MachineRig.alone().open();
    private final ChannelLog channel = rig.channel();
    private SinkLog sink;

    @BeforeEach
    void consume() {
        sink = consume("c");
    }

    private SinkLog consume(String tag) {
        SinkLog consumer = channel.consume(tag, false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk(tag));
        rig.takeSent();
        return consumer;
    }

    private void assertEndedWith(int code, String words) {
        assertThat(rig.endCause()).isInstanceOf(ConnectionClosedException.class).hasMessageContaining(words);
        assertThat(((ConnectionClosedException) Objects.requireNonNull(rig.endCause())).replyCode())
                .isEqualTo(code);
    }

    @Test
    void aDeliveryToNobodyEndsTheConnection() {
        rig.deliver(1, "stranger", 1, "x");
        assertEndedWith(530, "'stranger'");
    }

    @Test
    void aDeliveryOnAChannelThatWasNeverOpenedEndsTheConnection() {
        rig.deliver(5, "c", 1, "x");
        assertEndedWith(504, "channel 5");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 3, 2, -1})
    void aTagThatDoesNotGrowEndsTheConnection(long tag) {
        rig.deliver(1, "c", 3, "x");
        rig.deliver(1, "c", tag, "y");
        assertEndedWith(530, "tags must grow");
        assertThat(sink.texts()).containsExactly("x");
    }

    /** So RabbitMQ 3.10 and 4.0 number direct replies: with the tag that the next delivery will have. */
    @Test
    void theTagsOfAutomaticallyAcknowledgedDeliveriesMayRepeat() {
        SinkLog replies = channel.consume("replies", true);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk("replies"));
        rig.deliver(1, "replies", 1, "first");
        rig.deliver(1, "replies", 1, "second");
        rig.deliver(1, "c", 1, "to be settled");
        assertThat(replies.texts()).containsExactly("first", "second");
        assertThat(sink.tags()).containsExactly(1L);
        assertThat(rig.endCause()).isNull();
    }

    @Test
    void aFetchedMessageSharesTheTags() {
        rig.deliver(1, "c", 3, "x");
        channel.machine().get("q", false, new ReplyLog());
        rig.pump();
        rig.feed(1, new BasicMethod.GetOk(3, false, "", "q", 0), BasicProperties.EMPTY, new byte[1]);
        assertEndedWith(530, "tags must grow");
    }

    @Test
    void aMethodWithinAContentEndsTheConnection() {
        rig.feed(1, new BasicMethod.Deliver("c", 1, false, "", "q"));
        rig.feed(1, new QueueMethod.PurgeOk(1));
        assertEndedWith(505, "queue.purge-ok within the content of basic.deliver");
    }

    @Test
    void propertiesThatCannotBeReadEndTheConnection() {
        rig.feed(1, new BasicMethod.Deliver("c", 1, false, "", "q"));
        ByteBuf header = Unpooled.buffer();
        header.writeByte(2)
                .writeShort(1)
                .writeInt(14)
                .writeShort(60)
                .writeShort(0)
                .writeLong(0);
        header.writeShort(0x8000).writeByte(0xCE); // a content type that is not there
        rig.feed(header);
        assertEndedWith(502, "");
        assertThat(sink.events()).containsExactly("end ConnectionClosedException");
    }

    @Test
    void whatArrivesTogetherIsHandedOverTogether() {
        SinkLog other = consume("d");
        ByteBuf batch = Unpooled.buffer();
        for (long tag = 1; tag <= 4; tag++) {
            FrameWriter.method(batch, 1, new BasicMethod.Deliver(tag == 2 ? "d" : "c", tag, false, "", "q"));
            FrameWriter.contentHeader(batch, 1, 60, 0, BasicProperties.EMPTY);
        }
        rig.feed(batch);
        assertThat(sink.events()).containsExactly("delivery 1", "delivery 3", "delivery 4", "batch end");
        assertThat(other.events()).containsExactly("delivery 2", "batch end");
    }

    @Test
    void contentsOfSeveralChannelsMayInterleave() {
        ChannelLog second = rig.channel();
        SinkLog others = second.consume("c", false);
        rig.pump();
        rig.feed(2, new BasicMethod.QosOk());
        rig.feed(2, new BasicMethod.ConsumeOk("c"));
        ByteBuf mixed = Unpooled.buffer();
        for (int number = 1; number <= 2; number++) {
            FrameWriter.method(mixed, number, new BasicMethod.Deliver("c", 1, false, "", "q"));
        }
        for (int number = 1; number <= 2; number++) {
            FrameWriter.contentHeader(mixed, number, 60, 4, BasicProperties.EMPTY);
        }
        for (int part = 0; part < 4; part++) {
            for (int number = 1; number <= 2; number++) {
                FrameWriter.body(mixed, number, new byte[] {(byte) ('a' + 4 * number + part)}, 0, 1);
            }
        }
        rig.feed(mixed);
        assertThat(sink.texts()).containsExactly("efgh");
        assertThat(others.texts()).containsExactly("ijkl");
    }

    @Test
    void keysThatAreNotUtf8EndNothing() {
        byte[] deliver = HexFormat.of().parseHex("003c003c" + "0163" + "0000000000000001" + "00" + "00" + "02c328");
        byte[] header = HexFormat.of()
                .parseHex("003c0000" + "0000000000000000" + "2000" + "00000009" + "02fffe" + "53" + "00000001" + "80");
        ByteBuf frames = Unpooled.buffer();
        for (byte[] payload : List.of(deliver, header)) {
            frames.writeByte(payload == deliver ? 1 : 2).writeShort(1).writeInt(payload.length);
            frames.writeBytes(payload).writeByte(0xCE);
        }
        rig.feed(frames);
        assertThat(rig.endCause()).isNull();
        assertThat(sink.tags()).containsExactly(1L);
    }
}
