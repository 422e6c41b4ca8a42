package dev.leveret.amqp.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.leveret.amqp.api.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Over each transport; the loop's own thread sleeps for an hour unless it is woken. */
@ParameterizedClass
@EnumSource(Transport.class)
@Timeout(120)
class LendingEventLoopTest {

    private static final int SECONDS = 20;

    private final Transport transport;
    private final LendingEventLoop loop;
    private final BlockingQueue<String> received = new ArrayBlockingQueue<>(100);
    private final AtomicReference<Thread> ownThread = new AtomicReference<>();
    private final AtomicReference<Runnable> beforeSleep = new AtomicReference<>();

    LendingEventLoopTest(Transport transport) {
        boolean onLinux64 = System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        assumeTrue(
                transport != Transport.EPOLL || onLinux64,
                "the tests have epoll's native library for linux-x86_64 alone");
        this.transport = transport;
        loop = new LendingEventLoop(
                null,
                task -> {
                    Thread thread = new Thread(task, "loop under test");
                    ownThread.set(thread);
                    thread.start();
                },
                interrupted(transport == Transport.EPOLL ? EpollTransport.ioHandlers() : NioIoHandler.newFactory()));
    }

    /** Has something done after the loop was lent and before its own thread sleeps. */
    private IoHandlerFactory interrupted(IoHandlerFactory real) {
        return executor -> {
            IoHandler handler = real.newHandler(executor);
            return (IoHandler) Proxy.newProxyInstance(
                    IoHandler.class.getClassLoader(), new Class<?>[] {IoHandler.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("run") && !loop.inEventLoop()) {
                            Optional.ofNullable(beforeSleep.getAndSet(null)).ifPresent(Runnable::run);
                        }
                        return method.invoke(handler, arguments);
                    });
        };
    }

    /** Does something on another thread, and only once, when the loop has been lent and its own thread does not sleep yet. */
    private void justBeforeSleep(Runnable action) {
        loop.execute(() -> beforeSleep.set(() -> onAnotherThread(action)));
    }

    private static void onAnotherThread(Runnable action) {
        Thread thread = new Thread(action);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void sleepForAnHour() {
        assertThat(loop.runHere(() -> {})).as("before it has begun").isFalse();
        loop.schedule(() -> {}, 1, TimeUnit.HOURS);
    }

    @AfterEach
    void end() throws InterruptedException {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        assertThat(loop.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(loop.runHere(() -> {})).as("after its end").isFalse();
    }

    /** Runs something on this thread, as soon as the loop sleeps; what it throws is thrown. */
    private void borrow(Runnable task) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        runOnceAsleep(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        assertThat(failure.get()).isNull();
    }

    private void runOnceAsleep(Runnable task) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!loop.runHere(task)) {
            assertThat(System.nanoTime() - end).as("it never sleeps").isNegative();
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Waits until the loop's own thread has been woken by something and wants the loop back. */
    private void awaitWanted() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (Arrays.stream(ownThread.get().getStackTrace())
                .noneMatch(it -> it.getMethodName().equals("takeBack"))) {
            assertThat(System.nanoTime() - end).as("it is never woken").isNegative();
            Thread.onSpinWait();
        }
    }

    private Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loop)
                .channel(transport == Transport.EPOLL ? EpollTransport.channelType() : NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, true)
                .handler(new SimpleChannelInboundHandler<ByteBuf>() {
                    @Override
                    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
                        received.add(bytes.toString(US_ASCII)
                                + (Thread.currentThread() == ownThread.get() && loop.inEventLoop()
                                        ? ""
                                        : " elsewhere"));
                    }
                });
    }

    /** Both ends of a TCP connection; the loop's and that of a peer. */
    private record Pair(Channel channel, Socket peer) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            channel.close().awaitUninterruptibly();
            peer.close();
        }
    }

    private Pair connect() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ChannelFuture connecting = bootstrap().connect(server.getLocalSocketAddress());
            Socket peer = server.accept();
            peer.setSoTimeout(SECONDS * 1000);
            connecting.awaitUninterruptibly();
            return new Pair(connecting.channel(), peer);
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, US_ASCII);
    }

    private String next() throws InterruptedException {
        return received.poll(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void whoBorrowsItIsItsThreadMeanwhileAndNobodyElseIs() {
        AtomicReference<Thread> ran = new AtomicReference<>();
        borrow(() -> {
            assertThat(loop.inEventLoop()).isTrue();
            assertThat(loop.inEventLoop(ownThread.get())).isFalse();
            assertThat(EventLoops.isLoopThread())
                    .as("so that nobody waits on it")
                    .isTrue();
            assertThat(loop.stack()[0].getClassName()).isEqualTo(Thread.class.getName());
            assertThat(Arrays.stream(loop.stack()).map(StackTraceElement::getMethodName))
                    .contains("runHere");
            ran.set(Thread.currentThread());
        });
        assertThat(ran.get()).isSameAs(Thread.currentThread());
        assertThat(loop.inEventLoop()).isFalse();
        assertThat(EventLoops.isLoopThread()).isFalse();
    }

    @Test
    void aLoopAtWorkIsNotLent() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        loop.execute(() -> {
            begun.countDown();
            try {
                await(over);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await(begun);
        assertThat(loop.runHere(() -> received.add("run"))).isFalse();
        over.countDown();
        borrow(() -> received.add("lent"));
        assertThat(received).containsExactly("lent");
    }

    @Test
    void aLentLoopIsNotLentAgain() throws InterruptedException {
        AtomicReference<Boolean> second = new AtomicReference<>();
        borrow(() -> {
            assertThat(loop.runHere(() -> {})).as("to the same thread").isFalse();
            onAnotherThread(() -> second.set(loop.runHere(() -> {})));
            assertThat(EventLoops.isLoopThread()).isTrue();
        });
        assertThat(second).hasValue(false);
    }

    @Test
    void whatATaskThrowsIsNotItsBorrowersProblemAndTheLoopGoesOn() throws InterruptedException {
        runOnceAsleep(() -> {
            throw new StackOverflowError("as this test wants it");
        });
        assertThat(EventLoops.isLoopThread()).isFalse();
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        await(done);
        borrow(() -> {});
    }

    @Test
    void aTaskThatABorrowerLeavesIsRunByTheLoopsOwnThread() throws InterruptedException {
        AtomicReference<Thread> ran = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        borrow(() -> loop.execute(() -> {
            ran.set(Thread.currentThread());
            done.countDown();
        }));
        await(done);
        assertThat(ran.get()).isSameAs(ownThread.get());
    }

    @Test
    void aTimerThatABorrowerSetsIsNotSleptThrough() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        borrow(() -> loop.schedule(done::countDown, 1, TimeUnit.MILLISECONDS));
        await(done);
    }

    @Test
    void aTimerThatABorrowerSetsIsNotSleptThroughByAThreadThatIsGoingToSleep() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<Boolean> lent = new AtomicReference<>();
        justBeforeSleep(() -> lent.set(loop.runHere(() -> loop.schedule(done::countDown, 1, TimeUnit.MILLISECONDS))));
        await(done);
        assertThat(lent).hasValue(true);
    }

    @Test
    void aLoopWithATimerThatIsDueIsNotLentAsItsSocketsComeFirst() throws InterruptedException {
        AtomicReference<Boolean> lent = new AtomicReference<>();
        // On a machine that stands still the timer may be over before the loop is lent: then once more.
        for (int attempt = 0; attempt < 20 && lent.get() == null; attempt++) {
            CountDownLatch asked = new CountDownLatch(1);
            loop.execute(() -> {
                ScheduledFuture<?> timer = loop.schedule(() -> {}, 100, TimeUnit.MILLISECONDS);
                justBeforeSleep(() -> {
                    if (!timer.isDone()) {
                        while (timer.getDelay(TimeUnit.NANOSECONDS) > 0) {
                            Thread.onSpinWait();
                        }
                        lent.set(loop.runHere(() -> {}));
                    }
                    asked.countDown();
                });
            });
            await(asked);
        }
        assertThat(lent).hasValue(false);
    }

    @Test
    void aLoopThatHasSomethingToDoIsNotLent() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<Boolean> lent = new AtomicReference<>();
        justBeforeSleep(() -> {
            loop.execute(done::countDown);
            lent.set(loop.runHere(() -> {}));
        });
        await(done);
        assertThat(lent).hasValue(false);
    }

    @Test
    void whatOthersLeaveWhileItIsLentIsRunAfterwards() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        borrow(() -> {
            Thread other = new Thread(() -> loop.execute(done::countDown));
            other.start();
            awaitWanted();
            assertThat(done.getCount()).isEqualTo(1);
        });
        await(done);
    }

    @Test
    void whatArrivesWhileItIsLentIsHandledAfterwardsByTheLoopsOwnThread() throws Exception {
        try (Pair pair = connect()) {
            borrow(() -> {
                try {
                    pair.peer().getOutputStream().write("hello".getBytes(US_ASCII));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
                awaitWanted();
                assertThat(received).isEmpty();
            });
            assertThat(next()).isEqualTo("hello");
        }
    }

    @Test
    void whatABorrowerWritesIsWrittenAtOnce() throws Exception {
        try (Pair pair = connect()) {
            borrow(() -> {
                pair.channel().writeAndFlush(bytes("hello"));
                try {
                    assertThat(pair.peer().getInputStream().readNBytes(5)).hasSize(5);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    @Test
    void whatDoesNotFitIntoTheSocketIsWrittenByTheLoopWhenThereIsRoom() throws Exception {
        int size = 16 * 1024 * 1024;
        try (Pair pair = connect()) {
            borrow(() -> pair.channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[size])));
            assertThat(pair.peer().getInputStream().readNBytes(size)).hasSize(size);
        }
    }

    @Test
    void anInterruptedBorrowerWritesAsAnyOther() throws Exception {
        try (Pair pair = connect()) {
            Thread.currentThread().interrupt();
            borrow(() -> pair.channel().writeAndFlush(bytes("hello")));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(pair.peer().getInputStream().readNBytes(5)).hasSize(5);
            assertThat(pair.channel().isActive()).isTrue();
        }
    }

    @Test
    void aBorrowerMayStopAndResumeTheReading() throws Exception {
        try (Pair pair = connect()) {
            borrow(() -> pair.channel().config().setAutoRead(false));
            pair.peer().getOutputStream().write("a".getBytes(US_ASCII));
            borrow(() -> {});
            assertThat(received).isEmpty();
            borrow(() -> pair.channel().config().setAutoRead(true));
            assertThat(next()).isEqualTo("a");
        }
    }

    @Test
    void aBorrowerMayConnectAndClose() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AtomicReference<ChannelFuture> connecting = new AtomicReference<>();
            borrow(() -> connecting.set(bootstrap().connect(server.getLocalSocketAddress())));
            assertThat(connecting.get().await(SECONDS, TimeUnit.SECONDS)).isTrue();
            try (Socket peer = server.accept()) {
                peer.setSoTimeout(SECONDS * 1000);
                borrow(() -> connecting.get().channel().close());
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
                assertThat(connecting.get().channel().closeFuture().await(SECONDS, TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    @Test
    void aBorrowerMayEndIt() {
        borrow(() -> loop.shutdownGracefully(0, 0, TimeUnit.SECONDS));
    }

    @Test
    void whatBorrowersAndTheLoopDoNeverHappensAtOnce() throws Exception {
        int threads = 3;
        int each = 20_000;
        long[] count = new long[1];
        try (Pair pair = connect()) {
            ExecutorService users = Executors.newFixedThreadPool(threads);
            CountDownLatch done = new CountDownLatch(threads * each);
            Runnable increment = () -> {
                assertThat(loop.inEventLoop()).isTrue();
                count[0]++;
                done.countDown();
            };
            for (int t = 0; t < threads; t++) {
                users.execute(() -> {
                    for (int i = 0; i < each; i++) {
                        if (!loop.runHere(increment)) {
                            loop.execute(increment);
                        }
                    }
                });
            }
            // Something for the sockets meanwhile, so that it is woken by all that wakes it.
            do {
                pair.peer().getOutputStream().write('.');
                assertThat(next()).matches("\\.+");
            } while (done.getCount() > 0);
            users.shutdown();
        }
        borrow(() -> assertThat(count[0]).isEqualTo((long) threads * each));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreadsDoNotBorrow() throws Exception {
        borrow(() -> {}); // it sleeps
        AtomicReference<Boolean> lent = new AtomicReference<>();
        Thread virtual = (Thread)
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, (Runnable)
                        () -> lent.set(loop.runHere(() -> {})));
        virtual.join();
        assertThat(lent).hasValue(false);
    }
}
