package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.MalformedFrameException;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.PropertiesCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentAssemblerTest {

    private static final Method DELIVER = new BasicMethod.Deliver("c", 1, false, "x", "k");
    private static final int BASIC = 60;

    private record Content(Method method, byte[] properties, byte[] body) {}

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<Content> complete = new ArrayList<>();
    private final ContentAssembler assembler =
            new ContentAssembler((method, properties, body) -> complete.add(new Content(method, properties, body)));

    private void header(long size) {
        assembler.requireHeaderDue(BASIC);
        assembler.header(size, encoded(BasicProperties.EMPTY));
    }

    private void body(byte[] bytes) {
        assembler.body(Unpooled.wrappedBuffer(bytes), bytes.length);
    }

    private static ByteBuf encoded(BasicProperties properties) {
        ByteBuf out = Unpooled.buffer();
        PropertiesCodec.write(properties, out);
        return out;
    }

    private static void assertRefused(ThrowingCallable action, ReplyCode code, String words) {
        assertThatThrownBy(action)
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining(words)
                .extracting(it -> ((MalformedFrameException) it).replyCode())
                .isEqualTo(code);
    }

    @Test
    void aHeaderThatNoMethodAnnouncedIsOutOfOrder() {
        assertRefused(() -> header(3), ReplyCode.UNEXPECTED_FRAME, "no method announced");
    }

    @Test
    void aBodyWithoutAHeaderIsOutOfOrder() {
        assertRefused(() -> body(new byte[1]), ReplyCode.UNEXPECTED_FRAME, "without a header");
        assembler.begin(DELIVER);
        assertRefused(() -> body(new byte[1]), ReplyCode.UNEXPECTED_FRAME, "without a header");
    }

    @Test
    void aSecondMethodBeforeTheContentIsCompleteIsOutOfOrder() {
        assembler.begin(DELIVER);
        assertRefused(() -> assembler.begin(DELIVER), ReplyCode.UNEXPECTED_FRAME, "within the content");
        header(2);
        assertRefused(() -> assembler.requireIdle("basic.ack"), ReplyCode.UNEXPECTED_FRAME, "basic.ack within");
        body(new byte[1]);
        assertRefused(() -> assembler.begin(DELIVER), ReplyCode.UNEXPECTED_FRAME, "within the content");
        body(new byte[1]);
        assembler.requireIdle("basic.ack");
    }

    @Test
    void aSecondHeaderIsOutOfOrder() {
        assembler.begin(DELIVER);
        header(2);
        assertRefused(() -> header(2), ReplyCode.UNEXPECTED_FRAME, "no method announced");
    }

    @Test
    void aHeaderOfAnotherClassIsOutOfOrder() {
        assembler.begin(DELIVER);
        assertRefused(() -> assembler.requireHeaderDue(50), ReplyCode.UNEXPECTED_FRAME, "class 50");
    }

    @Test
    void moreBodyThanAnnouncedIsRefused() {
        assembler.begin(DELIVER);
        header(3);
        body(new byte[2]);
        assertRefused(() -> body(new byte[2]), ReplyCode.UNEXPECTED_FRAME, "3 bytes was announced");
    }

    @Test
    void bodyAfterAnEmptyBodyIsRefused() {
        assembler.begin(DELIVER);
        header(0);
        assertThat(complete).hasSize(1);
        assertRefused(() -> body(new byte[1]), ReplyCode.UNEXPECTED_FRAME, "without a header");
    }

    @Test
    void propertiesThatCannotBeReadAreRefusedBeforeTheBody() {
        assembler.begin(DELIVER);
        ByteBuf contentTypeAnnouncedAndMissing = Unpooled.buffer().writeShort(1 << 15);
        assertRefused(() -> assembler.header(1, contentTypeAnnouncedAndMissing), ReplyCode.SYNTAX_ERROR, "");
    }

    @Test
    void anEmptyBodyHasNoFrame() {
        assembler.begin(DELIVER);
        header(0);
        assertThat(complete).hasSize(1);
        assertThat(complete.get(0).method()).isSameAs(DELIVER);
        assertThat(complete.get(0).body()).isEmpty();
    }

    @Test
    void emptyBodyFramesAddNothing() {
        assembler.begin(DELIVER);
        header(2);
        body(new byte[0]);
        body(new byte[] {1});
        body(new byte[0]);
        assertThat(complete).isEmpty();
        body(new byte[] {2});
        assertThat(complete.get(0).body()).containsExactly(1, 2);
    }

    @Test
    void propertiesAreCopiedAsTheyCame() {
        BasicProperties properties =
                BasicProperties.builder().messageId("m").header("h", 1).build();
        ByteBuf in = encoded(properties);
        assembler.begin(DELIVER);
        assembler.header(0, in);
        in.setZero(0, in.capacity());
        assertThat(PropertiesCodec.read(Unpooled.wrappedBuffer(complete.get(0).properties())))
                .isEqualTo(properties);
    }

    @Test
    void oneContentAfterTheOther() {
        for (int i = 0; i < 3; i++) {
            assembler.begin(DELIVER);
            header(1);
            body(new byte[] {(byte) i});
        }
        assertThat(complete).extracting(it -> it.body()[0]).containsExactly((byte) 0, (byte) 1, (byte) 2);
    }

    @Test
    void onlyTheAnnouncedPartOfTheBufferIsRead() {
        assembler.begin(DELIVER);
        header(2);
        ByteBuf in = Unpooled.wrappedBuffer(new byte[] {1, 2, 3});
        assembler.body(in, 2);
        assertThat(in.readableBytes()).isEqualTo(1);
        assertThat(complete.get(0).body()).containsExactly(1, 2);
    }

    @Test
    void anUnfinishedContentCanBeForgotten() {
        assembler.begin(DELIVER);
        header(2);
        body(new byte[1]);
        assembler.reset();
        assembler.begin(DELIVER);
        header(1);
        body(new byte[] {7});
        assertThat(complete).hasSize(1);
        assertThat(complete.get(0).body()).containsExactly(7);
    }

    @Test
    void whatIsAnnouncedTakesNoMemoryBeforeItArrives() {
        assembler.begin(DELIVER);
        header(Integer.MAX_VALUE);
        assertThat(assembler.capacity()).isLessThanOrEqualTo(128 * 1024);
        byte[] part = new byte[100_000];
        for (int i = 0; i < 100; i++) {
            body(part);
            assertThat(assembler.capacity()).isLessThanOrEqualTo(Math.max(128 * 1024, 2 * (i + 1) * part.length));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 128 * 1024 - 1, 128 * 1024, 128 * 1024 + 1, 300_000, 1_048_576})
    void bodiesOfEverySizeComeTogetherFromPiecesOfEverySize(int size) {
        Random random = new Random(size);
        byte[] expected = new byte[size];
        random.nextBytes(expected);
        assembler.begin(DELIVER);
        header(size);
        for (int at = 0; at < size; ) {
            int length = Math.min(size - at, 1 + random.nextInt(random.nextBoolean() ? 10 : 70_000));
            body(Arrays.copyOfRange(expected, at, at + length));
            at += length;
        }
        assertThat(complete).hasSize(1);
        assertThat(complete.get(0).body()).isEqualTo(expected);
    }

    @Test
    void ofTenLargeBodiesOneIsInMemoryAndTheNextLessThanTwice() {
        int size = 1 << 20;
        byte[] piece = new byte[16 * 1024];
        long largest = 0;
        for (int message = 0; message < 10; message++) {
            assembler.begin(DELIVER);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            header(size);
            for (int at = 0; at < size; at += piece.length) {
                body(piece);
            }
            largest = Math.max(largest, THREADS.getCurrentThreadAllocatedBytes() - before);
            assertThat(assembler.capacity()).as("nothing is kept").isZero();
        }
        assertThat(complete).hasSize(10);
        // Garbage included, so there never is more: with what the consumer holds less than three bodies.
        assertThat(largest).isLessThan(2L * size + 100_000);
    }
}
