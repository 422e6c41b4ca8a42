package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentWriterTest {

    private static final int CHANNEL = 7;
    private static final int FRAME_MAX = 8192;

    private static final List<BasicProperties> PROPERTIES = List.of(
            BasicProperties.EMPTY,
            BasicProperties.builder().contentType("text/plain").deliveryMode(2).build(),
            BasicProperties.builder().contentType("text/plain").deliveryMode(2).build(),
            BasicProperties.builder().header("n", 1).header("s", "ü").build());

    /** Gives a new buffer whenever the old one is short of room, as the network does. */
    private static final class Pages implements Outbound {

        private final int pageSize;
        private final List<ByteBuf> pages = new ArrayList<>();

        Pages(int pageSize) {
            this.pageSize = pageSize;
        }

        @Override
        public ByteBuf reserve(int bytes) {
            if (pages.isEmpty() || last().writableBytes() < bytes) {
                pages.add(Unpooled.buffer(Math.max(pageSize, bytes), Math.max(pageSize, bytes)));
            }
            return last();
        }

        private ByteBuf last() {
            return pages.get(pages.size() - 1);
        }

        @Override
        public void close() {
            throw new AssertionError("nothing ends here");
        }

        byte[] bytes() {
            return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(pages.toArray(ByteBuf[]::new)));
        }
    }

    /** The frames of a message without any memory of others. */
    private static void encode(OutboundMessage message, ByteBuf out) {
        FrameWriter.publish(out, CHANNEL, message.exchange(), message.routingKey(), message.mandatory());
        FrameWriter.contentHeader(out, CHANNEL, BasicMethod.CLASS_ID, message.body().length, message.properties());
        for (int at = 0; at < message.body().length; at += FRAME_MAX - 8) {
            FrameWriter.body(out, CHANNEL, message.body(), at, Math.min(FRAME_MAX - 8, message.body().length - at));
        }
    }

    private static OutboundMessage random(Random random) {
        byte[] body = new byte[random.nextInt(10) == 0 ? random.nextInt(3 * FRAME_MAX) : random.nextInt(3)];
        random.nextBytes(body);
        return new OutboundMessage(
                random.nextInt(5) == 0 ? "x" : "",
                random.nextInt(5) == 0 ? "k2" : new String("k1"),
                random.nextInt(8) == 0,
                PROPERTIES.get(random.nextInt(5) == 0 ? random.nextInt(PROPERTIES.size()) : 1),
                body);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 1000, 65536})
    void aMessageHasItsOwnBytesWhateverWasWrittenBeforeIt(int pageSize) {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            Pages pages = new Pages(pageSize);
            ContentWriter writer = new ContentWriter(pages, CHANNEL, FRAME_MAX);
            ByteBuf expected = Unpooled.buffer();
            for (int i = 0; i < 30; i++) {
                OutboundMessage message = random(random);
                assertThat(writer.refusal(message)).isNull();
                writer.write(message);
                encode(message, expected);
            }
            assertThat(pages.bytes()).as("seed %d", seed).isEqualTo(ByteBufUtil.getBytes(expected));
        }
    }

    @Test
    void aMessageThatWasRefusedOnceIsRefusedAgain() {
        ContentWriter writer = new ContentWriter(new Pages(1000), CHANNEL, FRAME_MAX);
        BasicProperties large =
                BasicProperties.builder().header("h", "x".repeat(FRAME_MAX)).build();
        OutboundMessage message = new OutboundMessage("x", "k", false, large, new byte[1]);
        for (int i = 0; i < 3; i++) {
            assertThat(writer.refusal(message))
                    .hasMessageContaining("exchange 'x'")
                    .hasMessageContaining("accepts " + FRAME_MAX);
        }
    }
}
