package dev.leveret.amqp.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.HandshakeOptions;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SimulatedLoop;
import dev.leveret.amqp.testing.UntrackedAllocator;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.Method;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LinkTest {

    private static final int HEARTBEAT_SECONDS = 10;

    private final List<String> events = new ArrayList<>();
    private final SimulatedLoop loop = new SimulatedLoop(1_000);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Ticker ticker = new Ticker(loop, () -> {});
    private @Nullable AmqpException endCause;
    private @Nullable RuntimeException bugInTheOwner;

    private final Link link = new Link(
            new HandshakeOptions(
                    "/",
                    List.of(Credentials.plain("guest", "secret")),
                    Map.of(),
                    Duration.ofSeconds(HEARTBEAT_SECONDS),
                    0,
                    0,
                    1024 * 1024),
            ticker,
            new ConnectionMachine.Owner() {
                @Override
                public void onNegotiated(Negotiated negotiated) {
                    link().frameMax(negotiated.frameMax());
                }

                @Override
                public void onOpen(ServerInfo serverInfo, Negotiated negotiated) {
                    events.add("open");
                }

                @Override
                public void onBlocked(String reason) {
                    if (bugInTheOwner != null) {
                        throw bugInTheOwner;
                    }
                }

                @Override
                public void onUnblocked() {}

                @Override
                public void onEnd(@Nullable AmqpException cause) {
                    events.add("end");
                    endCause = cause;
                }
            },
            () -> events.add("writable"));

    private Link link() {
        return link;
    }

    @AfterEach
    void releaseAll() {
        channel.finishAndReleaseAll();
    }

    private void open() {
        channel.pipeline().addLast(link);
        channel.pipeline().fireChannelActive();
        receive(0, FakeBroker.START);
        receive(0, new ConnectionMethod.Tune(0, 131072, HEARTBEAT_SECONDS));
        receive(0, new ConnectionMethod.OpenOk());
        channel.releaseOutbound();
        assertThat(events).containsExactly("open");
    }

    private void receive(int number, Method method) {
        ByteBuf bytes = channel.alloc().directBuffer();
        FrameWriter.method(bytes, number, method);
        channel.writeInbound(bytes);
    }

    private void receiveHeartbeat() {
        ByteBuf bytes = Unpooled.buffer();
        FrameWriter.heartbeat(bytes);
        channel.writeInbound(bytes);
    }

    private void passSeconds(double seconds) {
        loop.jump(Duration.ofNanos((long) (seconds * TimeUnit.SECONDS.toNanos(1))));
    }

    private void tickAfter(double seconds) {
        passSeconds(seconds);
        ticker.tell();
    }

    private ByteBuf takeOutbound() {
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        return all;
    }

    private void receiveFlows(int count) {
        channel.config().setAllocator(UntrackedAllocator.INSTANCE);
        ByteBuf bytes = channel.alloc().directBuffer();
        for (int i = 0; i < count; i++) {
            FrameWriter.method(bytes, 1, new ChannelMethod.Flow(true));
        }
        channel.writeInbound(bytes);
    }

    private void takesNothing(boolean full) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, !full);
        channel.runPendingTasks();
    }

    private void openChannel() {
        link.machine().openChannel(new ChannelLog(), new ReplyLog());
        receive(1, new ChannelMethod.OpenOk());
        channel.releaseOutbound();
    }

    @Test
    void whoAsksAndAsksAndNeverReadsTheAnswersIsGivenUp() {
        open();
        openChannel();
        takesNothing(true);
        receiveFlows(80_000);
        assertThat(link.isClosed()).as("with less than the bound").isFalse();
        receiveFlows(20_000);
        assertThat(link.isClosed()).isTrue();
        assertThat(endCause)
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("reads none: 1048576 bytes of them wait");
    }

    @Test
    void whoReadsTheAnswersMayAskForAnyNumber() {
        open();
        openChannel();
        for (int i = 0; i < 5; i++) {
            takesNothing(true);
            receiveFlows(50_000);
            takesNothing(false);
            receiveFlows(1);
            channel.releaseOutbound();
        }
        assertThat(link.isClosed()).isFalse();
    }

    @Test
    void theProtocolHeaderIsTheFirstThingSaid() {
        channel.pipeline().addLast(link);
        channel.pipeline().fireChannelActive();
        byte[] header = new byte[8];
        takeOutbound().readBytes(header);
        assertThat(header).containsExactly('A', 'M', 'Q', 'P', 0, 0, 9, 1);
    }

    @Test
    void bytesThatWereThereInTimeKeepTheConnectionAliveHoweverLateTheLoopLooks() {
        open();
        passSeconds(2 * HEARTBEAT_SECONDS + 1); // the loop was busy for so long, and the broker's heartbeats wait
        receiveHeartbeat();
        assertThat(events).containsExactly("open");
        passSeconds(2 * HEARTBEAT_SECONDS + 1);
        ticker.tell();
        assertThat(endCause).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void whileReadingIsStoppedTheSocketIsLookedAtTwiceAHeartbeat() {
        List<String> reads = new ArrayList<>();
        channel.pipeline().addLast(new ChannelOutboundHandlerAdapter() {
            @Override
            public void read(ChannelHandlerContext context) {
                reads.add("read");
                context.read();
            }
        });
        open();
        reads.clear();
        link.reading(false);
        assertThat(channel.config().isAutoRead()).isFalse();
        tickAfter(HEARTBEAT_SECONDS / 2.0 - 0.1);
        assertThat(reads).isEmpty();
        tickAfter(0.1);
        assertThat(reads).hasSize(1);
        tickAfter(HEARTBEAT_SECONDS / 2.0);
        assertThat(reads).hasSize(2);
        receiveHeartbeat();
        tickAfter(HEARTBEAT_SECONDS);
        assertThat(events).as("the heartbeat has been seen").containsExactly("open");
        link.reading(true);
        reads.clear();
        tickAfter(HEARTBEAT_SECONDS * 0.9);
        assertThat(reads).as("it is read as it comes again").isEmpty();
    }

    @Test
    void aProtocolErrorIsToldThePeerBeforeTheTransportIsClosed() {
        open();
        receive(9, new ChannelMethod.OpenOk());
        ByteBuf said = takeOutbound();
        assertThat(said.getUnsignedByte(0)).isEqualTo((short) 1);
        assertThat(said.getInt(7)).isEqualTo(ConnectionMethod.Close.ID);
        assertThat(said.getUnsignedShort(11)).isEqualTo(504);
        assertThat(channel.isOpen()).isFalse();
        assertThat(endCause).isInstanceOf(ConnectionClosedException.class);
    }

    @Test
    void nothingIsReadAfterTheEnd() {
        open();
        ByteBuf both = Unpooled.buffer();
        FrameWriter.method(both, 0, new ConnectionMethod.Close(320, "CONNECTION_FORCED", 0, 0));
        FrameWriter.method(both, 0, new ConnectionMethod.Blocked("too late"));
        channel.writeInbound(both);
        assertThat(events).containsExactly("open", "end");
    }

    @Test
    void aBugInTheClientEndsTheConnectionWithItsName() {
        open();
        bugInTheOwner = new IllegalStateException("a bug, as this test wants it");
        receive(0, new ConnectionMethod.Blocked("x"));
        assertThat(endCause)
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("a bug, as this test wants it")
                .hasCause(bugInTheOwner);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theSocketsErrorIsTheCauseOfTheLoss() {
        open();
        IOException reset = new IOException("Connection reset by peer");
        channel.pipeline().fireExceptionCaught(reset);
        channel.runPendingTasks();
        assertThat(endCause)
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("Connection reset")
                .hasCause(reset);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theEndOfTheStreamIsALoss() {
        open();
        channel.close();
        channel.runPendingTasks();
        assertThat(events).containsExactly("open", "end");
        assertThat(endCause).isInstanceOf(ConnectionLostException.class);
        assertThat(link.isClosed()).isTrue();
    }

    @Test
    void aFailureBeforeTheTransportIsThereLeavesNothingToBeOpened() {
        link.fail(new ConnectionLostException("given up", null));
        assertThat(events).containsExactly("end");
        channel.pipeline().addLast(link);
        channel.pipeline().fireChannelActive();
        channel.runPendingTasks();
        assertThat(takeOutbound().isReadable()).as("nothing is said any more").isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whoStopsAndResumesTheReadingOftenIsLookedAtNoMoreOftenThanAnybody() {
        open();
        int before = ticker.deadlines().size();
        for (int i = 0; i < 100; i++) {
            link.reading(false);
            link.reading(true);
        }
        assertThat(ticker.deadlines().size()).isEqualTo(before);
        link.reading(false);
        assertThat(ticker.deadlines().size()).isEqualTo(before + 1);
    }

    @Test
    void whatIsReceivedIsReleased() {
        open();
        ByteBuf bytes = channel.alloc().directBuffer();
        FrameWriter.method(bytes, 0, new ConnectionMethod.Unblocked());
        channel.writeInbound(bytes);
        assertThat(bytes.refCnt()).isZero();
    }
}
