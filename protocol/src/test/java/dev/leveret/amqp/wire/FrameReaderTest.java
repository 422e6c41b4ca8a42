package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

    private static final byte[] BODY = Bytes.written(out -> {
        for (int i = 0; i < 50; i++) {
            out.writeByte(i);
        }
    });

    /** Frames of every type, of several channels in turn. */
    private static final List<byte[]> FRAMES = List.of(
            Bytes.method(0, new ConnectionMethod.Tune(0, 8192, 60)),
            Bytes.method(1, new QueueMethod.Declare("q", false, true, false, false, false, Map.of("x-expires", 5))),
            Bytes.method(1, new BasicMethod.Deliver("ctag", 1, false, "exchange", "key")),
            Bytes.written(out -> FrameWriter.contentHeader(out, 1, 60, 100, properties())),
            Bytes.written(out -> FrameWriter.body(out, 1, BODY, 0, 50)),
            Bytes.method(2, new BasicMethod.Ack(1, true)),
            Bytes.written(out -> FrameWriter.body(out, 1, BODY, 0, 30)),
            Bytes.written(FrameWriter::heartbeat),
            Bytes.written(out -> FrameWriter.body(out, 1, BODY, 30, 20)),
            Bytes.written(out -> FrameWriter.contentHeader(out, 2, 60, 0, BasicProperties.EMPTY)),
            Bytes.written(FrameWriter::heartbeat));

    private static final byte[] STREAM = Bytes.join(FRAMES.toArray(new byte[0][]));

    private final Recorder recorder = new Recorder();
    private final FrameReader reader = new FrameReader(recorder);

    private static BasicProperties properties() {
        return BasicProperties.builder()
                .contentType("text/plain")
                .header("n", 7)
                .persistent(true)
                .build();
    }

    private static List<Object> eventsOf(byte[] bytes) {
        Recorder recorder = new Recorder();
        new FrameReader(recorder).read(Unpooled.wrappedBuffer(bytes));
        return recorder.events;
    }

    @Test
    void everyFrameOfOneReadIsReportedInOrder() {
        reader.read(Unpooled.wrappedBuffer(STREAM));
        assertThat(recorder.events)
                .containsExactly(
                        new Recorder.Called(0, new ConnectionMethod.Tune(0, 8192, 60)),
                        new Recorder.Called(
                                1,
                                new QueueMethod.Declare("q", false, true, false, false, false, Map.of("x-expires", 5))),
                        new Recorder.Called(1, new BasicMethod.Deliver("ctag", 1, false, "exchange", "key")),
                        new Recorder.Header(1, 60, 100, properties()),
                        new Recorder.Body(1, Bytes.hex(Unpooled.wrappedBuffer(BODY))),
                        new Recorder.Called(2, new BasicMethod.Ack(1, true)),
                        new Recorder.Body(1, Bytes.hex(Unpooled.wrappedBuffer(BODY, 0, 30))),
                        new Recorder.Heartbeat(0),
                        new Recorder.Body(1, Bytes.hex(Unpooled.wrappedBuffer(BODY, 30, 20))),
                        new Recorder.Header(2, 60, 0, BasicProperties.EMPTY),
                        new Recorder.Heartbeat(0));
    }

    @Test
    void framesThatCameWholeAreNotCopied() {
        reader.read(Unpooled.wrappedBuffer(STREAM));
        assertThat(reader.bufferCapacity()).isZero();
    }

    @Test
    void oneByteAtATimeGivesTheSameEvents() {
        for (byte octet : STREAM) {
            reader.read(Unpooled.wrappedBuffer(new byte[] {octet}));
        }
        assertThat(recorder.events).isEqualTo(eventsOf(STREAM));
    }

    @Test
    void aCutAnywhereGivesNoEventOfTheFrameThatIsCutAndLosesNothing() {
        for (int cut = 0; cut <= STREAM.length; cut++) {
            Recorder cutRecorder = new Recorder();
            FrameReader cutReader = new FrameReader(cutRecorder);
            cutReader.read(Unpooled.wrappedBuffer(STREAM, 0, cut));
            assertThat(withoutBodies(cutRecorder.events))
                    .as("cut at %d", cut)
                    .isEqualTo(withoutBodies(eventsOf(Arrays.copyOf(STREAM, lastFrameEnd(cut)))));
            cutReader.read(Unpooled.wrappedBuffer(STREAM, cut, STREAM.length - cut));
            assertThat(cutRecorder.events).as("cut at %d", cut).isEqualTo(eventsOf(STREAM));
        }
    }

    @Test
    void readsOfAnySizeGiveTheSameEvents() {
        for (int size = 2; size < 40; size++) {
            Recorder sized = new Recorder();
            FrameReader sizedReader = new FrameReader(sized);
            for (int at = 0; at < STREAM.length; at += size) {
                sizedReader.read(Unpooled.wrappedBuffer(STREAM, at, Math.min(size, STREAM.length - at)));
            }
            assertThat(sized.events).as("reads of %d bytes", size).isEqualTo(eventsOf(STREAM));
        }
    }

    private static List<Object> withoutBodies(List<Object> events) {
        return events.stream()
                .filter(event -> !(event instanceof Recorder.Body))
                .toList();
    }

    private static int lastFrameEnd(int cut) {
        int end = 0;
        for (byte[] frame : FRAMES) {
            if (end + frame.length > cut) {
                return end;
            }
            end += frame.length;
        }
        return end;
    }

    @Test
    void bodyIsPassedOnAsItArrives() {
        byte[] frame = Bytes.frame(FrameType.BODY, 1, BODY);
        reader.read(Unpooled.wrappedBuffer(frame, 0, 17));
        assertThat(recorder.events)
                .containsExactly(new Recorder.Body(1, Bytes.hex(Unpooled.wrappedBuffer(BODY, 0, 10))));
    }

    @Test
    void channelsAreUnsigned() {
        byte[] stream = Bytes.join(
                Bytes.method(65535, new ChannelMethod.CloseOk()),
                Bytes.written(out -> FrameWriter.contentHeader(out, 65535, 60, 1, BasicProperties.EMPTY)),
                Bytes.frame(FrameType.BODY, 65535, new byte[1]));
        reader.read(Unpooled.wrappedBuffer(stream));
        assertThat(recorder.events)
                .containsExactly(
                        new Recorder.Called(65535, new ChannelMethod.CloseOk()),
                        new Recorder.Header(65535, 60, 1, BasicProperties.EMPTY),
                        new Recorder.Body(65535, "00"));
    }

    @Test
    void emptyBodyFrameIsReportedOnce() {
        List<Integer> lengths = new ArrayList<>();
        FrameReader lengthReader = new FrameReader(new BodyLengths(lengths));
        lengthReader.read(Bytes.of("03 0001 00000000"));
        lengthReader.read(Bytes.of("ce"));
        assertThat(lengths).containsExactly(0);
    }

    @Test
    void sinkSeesExactlyTheEncodedPropertiesAndTheIndicesAreRestored() {
        ByteBuf in = Unpooled.wrappedBuffer(STREAM);
        FrameReader headerReader = new FrameReader(new OnHeader(properties -> {
            assertThat(PropertiesCodec.read(properties)).isIn(properties(), BasicProperties.EMPTY);
            properties.skipBytes(2);
        }));
        headerReader.read(in);
        assertThat(in.isReadable()).isFalse();
        assertThat(in.writerIndex()).isEqualTo(STREAM.length);
    }

    @Test
    void frameMaxCountsTheOverhead() {
        byte[] largest = Bytes.frame(FrameType.BODY, 1, new byte[4096 - 8]);
        byte[] tooLarge = Bytes.frame(FrameType.BODY, 1, new byte[4096 - 7]);
        reader.frameMax(4096);
        reader.read(Unpooled.wrappedBuffer(largest));
        assertThatThrownBy(() -> reader.read(Unpooled.wrappedBuffer(tooLarge)))
                .hasMessage("a frame of 4097 bytes on channel 1, the limit is 4096");
    }

    @Test
    void frameMaxThatTheSinkSetsHoldsFromTheNextFrameOn() {
        FrameReader[] self = new FrameReader[1];
        Recorder tuned = new Recorder();
        self[0] = new FrameReader(new ForwardingSink(tuned) {
            @Override
            public void onMethod(int channel, Method method) {
                self[0].frameMax(100_000);
            }
        });
        self[0].read(Unpooled.wrappedBuffer(
                Bytes.method(0, new ConnectionMethod.Tune(0, 100_000, 0)),
                Bytes.frame(FrameType.BODY, 1, new byte[90_000])));
        assertThat(tuned.events).hasSize(1);
    }

    @Test
    void noFrameMaxMeansNoLimit() {
        reader.frameMax(0);
        reader.read(Unpooled.wrappedBuffer(Bytes.frame(FrameType.BODY, 1, new byte[1 << 20])));
        assertThat(recorder.events).hasSize(1);
    }

    @Test
    void whatTheSinkThrowsPassesThroughAndEndsTheReader() {
        IllegalArgumentException failure = new IllegalArgumentException("from the sink");
        FrameReader failing = new FrameReader(new ForwardingSink(recorder) {
            @Override
            public void onHeartbeat(int channel) {
                throw failure;
            }
        });
        assertThatThrownBy(() -> failing.read(Unpooled.wrappedBuffer(STREAM))).isSameAs(failure);
        int events = recorder.events.size();
        assertThatThrownBy(() -> failing.read(Unpooled.wrappedBuffer(STREAM)))
                .isInstanceOf(IllegalStateException.class);
        assertThat(recorder.events).hasSize(events);
    }

    @Test
    void malformedFrameEndsTheReader() {
        assertThatThrownBy(() -> reader.read(Bytes.of("08 0000 00000000 cf")))
                .isInstanceOf(MalformedFrameException.class);
        assertThatThrownBy(() -> reader.read(Bytes.of("08 0000 00000000 ce")))
                .isInstanceOf(IllegalStateException.class);
        assertThat(recorder.events).isEmpty();
    }

    @Test
    void sinkThatLeavesBodyUnreadIsTold() {
        FrameReader lazy = new FrameReader(new ForwardingSink(recorder) {
            @Override
            public void onBody(int channel, ByteBuf in, int length) {
                in.skipBytes(length - 1);
            }
        });
        assertThatThrownBy(() -> lazy.read(Unpooled.wrappedBuffer(Bytes.frame(FrameType.BODY, 1, BODY))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("left 1 of 50 bytes");
    }

    @Test
    void sinkThatReleasesTheReaderHearsNothingMore() {
        for (int size : new int[] {1, 5, STREAM.length}) {
            Recorder until = new Recorder();
            FrameReader[] self = new FrameReader[1];
            self[0] = new FrameReader(new ForwardingSink(until) {
                @Override
                public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
                    self[0].release();
                    super.onHeader(channel, classId, bodySize, properties);
                }
            });
            int frames = FRAMES.get(0).length + FRAMES.get(1).length + FRAMES.get(2).length + FRAMES.get(3).length;
            int end = size == STREAM.length ? STREAM.length : frames;
            for (int at = 0; at < end; at += size) {
                self[0].read(Unpooled.wrappedBuffer(STREAM, at, Math.min(size, end - at)));
            }
            assertThat(until.events).hasSize(4);
            assertThat(self[0].bufferCapacity()).isZero();
            assertThatThrownBy(() -> self[0].read(Unpooled.wrappedBuffer(STREAM)))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void releaseTwiceIsHarmless() {
        reader.read(Unpooled.wrappedBuffer(STREAM, 0, 5));
        assertThat(reader.bufferCapacity()).isPositive();
        reader.release();
        reader.release();
        assertThat(reader.bufferCapacity()).isZero();
    }

    @Test
    void bufferOfTheCallerIsNeitherReleasedNorKept() {
        ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer();
        for (byte octet : STREAM) {
            in.clear().writeByte(octet);
            reader.read(in);
            assertThat(in.isReadable()).isFalse();
            assertThat(in.refCnt()).isEqualTo(1);
        }
        assertThat(in.release()).isTrue();
        reader.release();
        assertThat(recorder.events).isEqualTo(eventsOf(STREAM));
    }

    @Test
    void largeInternalBufferIsNotKept() {
        reader.frameMax(1 << 20);
        byte[] frame = Bytes.method(0, new ConnectionMethod.SecureOk(new byte[200_000]));
        reader.read(Unpooled.wrappedBuffer(frame, 0, frame.length - 1));
        assertThat(reader.bufferCapacity()).isGreaterThanOrEqualTo(200_000);
        reader.read(Unpooled.wrappedBuffer(frame, frame.length - 1, 1));
        assertThat(reader.bufferCapacity()).isZero();
        reader.read(Unpooled.wrappedBuffer(STREAM));
        assertThat(recorder.events).hasSize(12);
    }

    @Test
    void worksOnAnyKindOfBufferAndAtAnyOffset() {
        byte[] shifted = Bytes.join(new byte[3], STREAM);
        byte[][] parts = new byte[shifted.length][];
        for (int i = 0; i < shifted.length; i++) {
            parts[i] = new byte[] {shifted[i]};
        }
        ByteBuf composite = Unpooled.wrappedBuffer(shifted.length, parts);
        reader.read(composite.skipBytes(3));
        assertThat(recorder.events).isEqualTo(eventsOf(STREAM));
        composite.release();
    }

    @Test
    void aDeliveryCostsItsRecordAndItsBodyAndNothingElse() {
        ByteBuf in = Unpooled.wrappedBuffer(
                Bytes.method(1, new BasicMethod.Deliver("amq.ctag-WmbRfRhJ", 1, false, "exchange", "routing.key")),
                Bytes.written(out -> FrameWriter.contentHeader(out, 1, 60, 50, properties())),
                Bytes.frame(FrameType.BODY, 1, BODY));
        ByteBuf flat = Unpooled.copiedBuffer(in);
        FrameReader quiet = new FrameReader(new Skipping());
        int messages = 10_000;
        Runnable reading = () -> {
            for (int i = 0; i < messages; i++) {
                quiet.read(flat.readerIndex(0));
            }
        };
        reading.run();
        assertThat(Allocations.during(reading) / messages).isLessThanOrEqualTo(48 + 16 + 56);
    }

    private static final class Skipping implements FrameSink {

        @Override
        public void onMethod(int channel, Method method) {}

        @Override
        public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {}

        @Override
        public void onBody(int channel, ByteBuf in, int length) {
            in.skipBytes(length);
        }

        @Override
        public void onContent(int channel, Method method, int classId, ByteBuf properties, byte[] body) {}

        @Override
        public void onHeartbeat(int channel) {}
    }

    private static final Method DELIVER = new BasicMethod.Deliver("ctag", 7, false, "exchange", "key");

    private static byte[] delivery(int channel, byte[] header, byte[] body) {
        return Bytes.join(
                Bytes.method(channel, DELIVER), header, body, Bytes.method(channel, new ChannelMethod.CloseOk()));
    }

    private static byte[] header(int channel, long bodySize) {
        return Bytes.written(out -> FrameWriter.contentHeader(out, channel, 60, bodySize, properties()));
    }

    /** Keeps whole contents, and what comes frame by frame. */
    private static final class Contents extends ForwardingSink {

        final List<Object> whole = new ArrayList<>();

        Contents(FrameSink to) {
            super(to);
        }

        @Override
        public void onContent(int channel, Method method, int classId, ByteBuf properties, byte[] body) {
            whole.add(List.of(
                    channel,
                    method,
                    classId,
                    PropertiesCodec.read(properties),
                    Bytes.hex(Unpooled.wrappedBuffer(body))));
        }
    }

    @Test
    void aMethodIsPassedOnTogetherWithItsContentWhereThatHasArrived() {
        Contents contents = new Contents(recorder);
        FrameReader whole = new FrameReader(contents);
        ByteBuf in =
                Unpooled.wrappedBuffer(delivery(65535, header(65535, 50), Bytes.frame(FrameType.BODY, 65535, BODY)));
        whole.read(in);
        assertThat(contents.whole)
                .containsExactly(List.of(65535, DELIVER, 60, properties(), Bytes.hex(Unpooled.wrappedBuffer(BODY))));
        assertThat(recorder.events).containsExactly(new Recorder.Called(65535, new ChannelMethod.CloseOk()));
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void whatIsNotAWholeContentComesFrameByFrame() {
        byte[] body = Bytes.frame(FrameType.BODY, 1, BODY);
        Map.of(
                        "a header of another channel", delivery(1, header(2, 50), body),
                        "a body of another channel", delivery(1, header(1, 50), Bytes.frame(FrameType.BODY, 2, BODY)),
                        "a body in two frames", delivery(1, header(1, 100), Bytes.join(body, body)),
                        "a body that is too long", delivery(1, header(1, 49), body),
                        "no body", delivery(1, header(1, 0), new byte[0]),
                        "an empty body frame", delivery(1, header(1, 0), Bytes.frame(FrameType.BODY, 1, new byte[0])),
                        "a heartbeat between",
                                delivery(1, Bytes.written(FrameWriter::heartbeat), Bytes.join(header(1, 50), body)),
                        "another method between", delivery(1, Bytes.method(1, DELIVER), new byte[0]))
                .forEach((what, stream) -> {
                    Contents contents = new Contents(new Recorder());
                    new FrameReader(contents).read(Unpooled.wrappedBuffer(stream));
                    assertThat(contents.whole).as(what).isEmpty();
                    Recorder slowly = new Recorder();
                    FrameReader slow = new FrameReader(slowly);
                    for (byte octet : stream) {
                        slow.read(Unpooled.wrappedBuffer(new byte[] {octet}));
                    }
                    assertThat(eventsOf(stream)).as(what).isEqualTo(slowly.events);
                });
    }

    @Test
    void aFaultWithinAWholeContentIsToldAsIfItHadComeFrameByFrame() {
        byte[] sound = delivery(1, header(1, 50), Bytes.frame(FrameType.BODY, 1, BODY));
        for (int i = 0; i < sound.length; i++) {
            for (int octet : new int[] {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
                byte[] faulty = sound.clone();
                faulty[i] = (byte) octet;
                assertThat(outcome(faulty, faulty.length))
                        .as("octet %d = 0x%02x", i, octet)
                        .isEqualTo(outcome(faulty, 1));
            }
        }
    }

    /** What is reported, then the fault. */
    private static List<Object> outcome(byte[] stream, int size) {
        Recorder recorder = new Recorder();
        FrameReader reader = new FrameReader(recorder);
        try {
            for (int at = 0; at < stream.length; at += size) {
                reader.read(Unpooled.wrappedBuffer(stream, at, Math.min(size, stream.length - at)));
            }
        } catch (MalformedFrameException e) {
            recorder.events.add(e.getMessage());
        }
        return recorder.events;
    }

    @Test
    void aFrameOfAContentThatIsTooLargeIsRefusedHoweverItCame() {
        byte[] stream = delivery(1, header(1, 9000), Bytes.frame(FrameType.BODY, 1, new byte[9000]));
        Contents contents = new Contents(recorder);
        FrameReader small = new FrameReader(contents);
        assertThatThrownBy(() -> small.read(Unpooled.wrappedBuffer(stream)))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("9008");
        assertThat(contents.whole).isEmpty();
        FrameReader large = new FrameReader(contents);
        large.frameMax(9008);
        large.read(Unpooled.wrappedBuffer(stream));
        assertThat(contents.whole).hasSize(1);
    }

    /** Passes on; for overriding. */
    private static class ForwardingSink implements FrameSink {

        private final FrameSink to;

        ForwardingSink(FrameSink to) {
            this.to = to;
        }

        @Override
        public void onMethod(int channel, Method method) {
            to.onMethod(channel, method);
        }

        @Override
        public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
            to.onHeader(channel, classId, bodySize, properties);
        }

        @Override
        public void onBody(int channel, ByteBuf in, int length) {
            to.onBody(channel, in, length);
        }

        @Override
        public void onHeartbeat(int channel) {
            to.onHeartbeat(channel);
        }
    }

    private static final class BodyLengths extends ForwardingSink {

        private final List<Integer> lengths;

        BodyLengths(List<Integer> lengths) {
            super(new Recorder());
            this.lengths = lengths;
        }

        @Override
        public void onBody(int channel, ByteBuf in, int length) {
            lengths.add(length);
            super.onBody(channel, in, length);
        }
    }

    private static final class OnHeader extends ForwardingSink {

        private final Consumer<ByteBuf> look;

        OnHeader(Consumer<ByteBuf> look) {
            super(new Recorder());
            this.look = look;
        }

        @Override
        public void onHeader(int channel, int classId, long bodySize, ByteBuf properties) {
            look.accept(properties);
        }
    }
}
