package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Valid frames with a few bytes changed: nothing but {@link MalformedFrameException} may come out, whatever they are.
 */
class FuzzTest {

    private static final long SEED = 20_261_121;
    private static final int FRAMES = 200_000;
    private static final int TABLES = 100_000;

    /** Lengths and letters that decoders like to trip over. */
    private static final int[] FAVOURITES = {0, 1, 2, 3, 8, 0x7F, 0x80, 0xFF, 0xCE, 'A', 'F', 'S', 'x', 'D', 'T', 'V'};

    private final RandomValues values = new RandomValues(SEED);
    private final Random random = values.random();

    /** The stack traces of so many exceptions cost less when they are short. */
    private static void onAFreshStack(Runnable code) {
        CompletableFuture.runAsync(code, task -> new Thread(task, "fuzz").start())
                .join();
    }

    private List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>(List.of(
                Bytes.method(0, new ConnectionMethod.Start(0, 9, values.table(4), "PLAIN EXTERNAL", "en_US")),
                Bytes.method(0, new ConnectionMethod.StartOk(values.table(2), "PLAIN", new byte[30], "en_US")),
                Bytes.method(0, new ConnectionMethod.Close(501, "FRAME_ERROR", 60, 40)),
                Bytes.method(1, new BasicMethod.Return(312, "NO_ROUTE", "exchange", "key")),
                Bytes.method(1, new BasicMethod.Deliver("ctag", 77, true, "exchange", "key")),
                Bytes.method(1, new QueueMethod.DeclareOk("queue", 5, 6)),
                Bytes.method(1, new BasicMethod.Nack(5, true, false)),
                Bytes.written(FrameWriter::heartbeat),
                Bytes.frame(FrameType.BODY, 1, new byte[40])));
        for (int i = 0; i < 10; i++) {
            BasicProperties properties = BasicProperties.builder()
                    .contentType("text/plain")
                    .headers(values.table(4))
                    .priority(1)
                    .correlationId(values.text(60))
                    .timestamp(Instant.EPOCH)
                    .build();
            seeds.add(Bytes.written(out -> FrameWriter.contentHeader(out, 1, 60, 40, properties)));
            seeds.add(Bytes.method(
                    1, new BasicMethod.Consume("queue", "tag", false, true, false, true, values.table(4))));
        }
        return seeds;
    }

    private byte[] mutated(byte[] seed) {
        byte[] bytes = seed.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && bytes.length > 0; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) FAVOURITES[random.nextInt(FAVOURITES.length)];
                case 3 -> bytes = Arrays.copyOf(bytes, at);
                case 4 ->
                    bytes = Bytes.join(
                            Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, Math.max(0, at - 5), bytes.length));
                default -> bytes[at]++;
            }
        }
        return bytes;
    }

    /** A mutated payload in a frame whose size and end are right, so that what is inside gets looked at. */
    private byte[] reframed(byte[] seed) {
        byte[] payload = mutated(Arrays.copyOfRange(seed, FrameType.HEADER_SIZE, seed.length - 1));
        return Bytes.frame(seed[0], 1, payload);
    }

    @Test
    void nothingButMalformedFrameExceptionEscapesFromMutatedFrames() {
        onAFreshStack(this::mutatedFrames);
    }

    private void mutatedFrames() {
        List<byte[]> seeds = seeds();
        byte[] heartbeat = Bytes.written(FrameWriter::heartbeat);
        int refused = 0;
        for (int round = 0; round < FRAMES; round++) {
            byte[] seed = seeds.get(random.nextInt(seeds.size()));
            byte[] frame = random.nextInt(4) == 0 ? mutated(seed) : reframed(seed);
            byte[] stream = round % 2 == 0 ? frame : Bytes.join(heartbeat, frame, heartbeat);
            refused += feed(stream, round) ? 1 : 0;
        }
        assertThat(refused).isBetween(FRAMES / 5, FRAMES * 9 / 10);
    }

    /** Whether the reader refused it; now and then also in two pieces, with the same result. */
    private boolean feed(byte[] stream, int round) {
        String whole = outcome(round, stream, stream.length);
        if (round % 4 == 0) {
            assertThat(outcome(round, stream, random.nextInt(stream.length + 1)))
                    .isEqualTo(whole);
        }
        return whole.startsWith("refused");
    }

    private String outcome(int round, byte[] stream, int cut) {
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder);
        try {
            reader.read(Unpooled.wrappedBuffer(stream, 0, cut));
            reader.read(Unpooled.wrappedBuffer(stream, cut, stream.length - cut));
            assertThat(reader.bufferCapacity()).isLessThanOrEqualTo(2 * FrameType.INITIAL_FRAME_MAX);
            return "accepted, " + recorder.events.size() + " events";
        } catch (MalformedFrameException e) {
            return "refused: " + e.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            return fail("seed " + SEED + ", round " + round + ": " + ByteBufUtil.hexDump(stream), e);
        } finally {
            reader.release();
        }
    }

    @Test
    void whatSkipAcceptsReadCanDecodeAndWriteCanEncodeAgain() {
        onAFreshStack(this::mutatedTables);
    }

    private void mutatedTables() {
        int accepted = 0;
        for (int round = 0; round < TABLES; round++) {
            byte[] table = Bytes.written(out -> TableCodec.write(values.table(3), out));
            byte[] bytes = mutated(table);
            ByteBuf in = Unpooled.wrappedBuffer(bytes);
            int end;
            try {
                end = TableCodec.skip(in, 0, bytes.length);
            } catch (MalformedFrameException e) {
                continue;
            }
            accepted++;
            decodeAndEncodeAgain(in, end, round);
        }
        assertThat(accepted).isBetween(TABLES / 10, TABLES * 9 / 10);
    }

    private static void decodeAndEncodeAgain(ByteBuf in, int end, int round) {
        try {
            Map<String, @Nullable Object> read = TableCodec.read(in, 0, end);
            ByteBuf again = Unpooled.buffer();
            TableCodec.write(read, again);
            assertThat(TableCodec.size(read)).isEqualTo(again.readableBytes());
            assertThat(again.readableBytes()).isLessThanOrEqualTo(2 * end);
            Map<String, @Nullable Object> readAgain = TableCodec.read(again, 0, again.writerIndex());
            assertThat(Bytes.written(out -> TableCodec.write(readAgain, out))).isEqualTo(ByteBufUtil.getBytes(again));
        } catch (RuntimeException e) {
            fail("seed " + SEED + ", round " + round + ": " + ByteBufUtil.hexDump(in), e);
        }
    }

    @Test
    void randomBytesAreNeverMoreThanRefused() {
        onAFreshStack(this::randomBytes);
    }

    private void randomBytes() {
        for (int round = 0; round < FRAMES / 4; round++) {
            byte[] bytes = values.bytes(40);
            if (bytes.length > 0 && random.nextBoolean()) {
                bytes[0] = (byte) (1 + random.nextInt(3));
            }
            feed(bytes.length == 0 ? new byte[1] : bytes, round);
        }
    }
}
