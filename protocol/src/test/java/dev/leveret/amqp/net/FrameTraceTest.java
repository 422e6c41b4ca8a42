package dev.leveret.amqp.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameReader;
import dev.leveret.amqp.wire.FrameSink;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a trace shows, and what it must not. */
class FrameTraceTest {

    private final List<String> lines = new ArrayList<>();
    private long now;
    private final FrameTrace trace = new FrameTrace("c1", () -> now, 3, lines::add);

    private void write(ByteBuf bytes) {
        trace.written(bytes);
        assertThat(bytes.readerIndex()).as("nothing is consumed").isZero();
    }

    private static ByteBuf withHeader() {
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.protocolHeader(bytes);
        return bytes;
    }

    @Test
    void whatGoesOutIsShownWithItsFieldsAndSizes() {
        ByteBuf bytes = withHeader();
        FrameWriter.method(bytes, 7, new QueueMethod.Purge("orders", false));
        int method = bytes.readableBytes() - 8;
        FrameWriter.publish(bytes, 7, "ex", "key", true);
        BasicProperties properties = BasicProperties.builder()
                .contentType("text/plain")
                .header("token", "s3cret")
                .build();
        FrameWriter.contentHeader(bytes, 7, BasicMethod.CLASS_ID, 5, properties);
        FrameWriter.body(bytes, 7, "hello".getBytes(StandardCharsets.UTF_8), 0, 5);
        FrameWriter.heartbeat(bytes);
        write(bytes);
        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).isEqualTo("c1 -> channel 0 protocol header AMQP 0-9-1 (8 bytes)");
        assertThat(lines.get(1))
                .startsWith("c1 -> channel 7 queue.purge Purge[queue=orders")
                .endsWith("(" + method + " bytes)");
        assertThat(lines.get(2)).contains("basic.publish", "routingKey=key", "mandatory=true");
        assertThat(lines.get(3))
                .contains("content header", "body of 5 bytes", "text/plain", "token")
                .doesNotContain("s3cret");
        assertThat(lines.get(4)).isEqualTo("c1 -> channel 7 body (5 bytes)");
        assertThat(lines.get(5)).isEqualTo("c1 -> channel 0 heartbeat (8 bytes)");
    }

    @Test
    void whatComesInIsShownAndHandedOn() {
        List<String> handedOn = new ArrayList<>();
        FrameReader reader = new FrameReader(trace.inbound(new FrameSink() {
            @Override
            public void onMethod(int channel, Method method) {
                handedOn.add(method.name());
            }

            @Override
            public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
                handedOn.add("header " + bodySize + " " + properties.readableBytes());
            }

            @Override
            public void onBody(int channel, ByteBuf in, int length) {
                in.skipBytes(length);
                handedOn.add("body " + length);
            }

            @Override
            public void onHeartbeat(int channel) {
                handedOn.add("heartbeat");
            }
        }));
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.method(bytes, 1, new BasicMethod.Deliver("c", 1, false, "", "q"));
        FrameWriter.contentHeader(bytes, 1, BasicMethod.CLASS_ID, 3, BasicProperties.EMPTY);
        FrameWriter.body(bytes, 1, new byte[3], 0, 3);
        FrameWriter.heartbeat(bytes);
        reader.read(bytes);
        assertThat(handedOn).containsExactly("basic.deliver", "header 3 2", "body 3", "heartbeat");
        assertThat(lines).hasSize(4).allMatch(it -> it.startsWith("c1 <- channel "));
    }

    @Test
    void secretsAreNotShown() {
        ByteBuf bytes = withHeader();
        byte[] secret = "pa55w0rd".getBytes(StandardCharsets.UTF_8);
        FrameWriter.method(bytes, 0, new ConnectionMethod.StartOk(Map.of("product", "me"), "PLAIN", secret, "en_US"));
        FrameWriter.method(bytes, 0, new ConnectionMethod.SecureOk(secret));
        FrameWriter.method(bytes, 0, new ConnectionMethod.UpdateSecret(secret, "renewed"));
        FrameWriter.method(bytes, 1, new QueueMethod.Purge("amqp://user:pa55w0rd@host and http://x:pa55w0rd@y", false));
        write(bytes);
        assertThat(lines).hasSize(5);
        assertThat(String.join("\n", lines))
                .contains("connection.start-ok", "renewed", "amqp://***@host", "http://***@y")
                .doesNotContain("pa55w0rd")
                .doesNotContain(Arrays.toString(secret));
    }

    @Test
    void theLastFramesAreKeptWithTheirAge() {
        ByteBuf bytes = withHeader();
        for (int i = 1; i <= 5; i++) {
            FrameWriter.ack(bytes, i, 1, false);
        }
        write(bytes);
        now += 2_000_000;
        assertThat(trace.last())
                .containsExactly(
                        "2 ms ago -> 3 basic.ack (21 bytes)",
                        "2 ms ago -> 4 basic.ack (21 bytes)",
                        "2 ms ago -> 5 basic.ack (21 bytes)");
    }

    @Test
    void whatCannotBeReadBackEndsTheTraceAndNothingElse() {
        write(withHeader().writeBytes(new byte[] {99, 1, 2, 3}));
        int before = lines.size();
        ByteBuf more = Unpooled.buffer();
        FrameWriter.heartbeat(more);
        write(more);
        assertThat(lines).hasSize(before);
    }

    @Test
    void withoutSomebodyWhoWantsItThereIsNone() {
        assertThat(FrameTrace.of("c1", () -> now, 0)).isNull();
        assertThat(FrameTrace.of("c1", () -> now, 1)).isNotNull();
    }
}
