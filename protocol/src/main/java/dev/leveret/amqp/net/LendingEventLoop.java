package dev.leveret.amqp.net;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoOps;
import io.netty.channel.IoRegistration;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.RejectedExecutionHandlers;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop that lends itself while its thread sleeps: whoever is going to wait for an answer does the loop's work for the
 * question on the way, rather than wake another thread to do it (decision 37).
 *
 * <p>What belongs to the loop belongs to one thread at a time, as ever: to the loop's own, but from when it goes to sleep until
 * it has slept, when another may have it. Whoever has it is the loop's thread to Netty and to everything else
 * ({@link #inEventLoop(Thread)}). The loop's own thread touches nothing before it has the loop back.
 */
final class LendingEventLoop extends SingleThreadIoEventLoop {

    private static final Logger LOG = LoggerFactory.getLogger(LendingEventLoop.class);

    private static final Runnable NOTHING = () -> {};

    /** Has a loop that has not begun, which nobody can borrow therefore. */
    private static final Object NOBODY = new Object();

    /** Whether a thread has borrowed a loop. Never removed: once per thread it costs 16 bytes, each time it would more. */
    private static final ThreadLocal<boolean[]> BORROWING = ThreadLocal.withInitial(() -> new boolean[1]);

    private final Queue<Runnable> tasks;
    /** The thread that has the loop, or {@code null} while it is to be had. Orders what its owners do one after the other. */
    private final AtomicReference<@Nullable Object> owner = new AtomicReference<>(NOBODY);
    /** The loop's own thread, when it wants the loop back. */
    private volatile @Nullable Thread waiting;

    private final ReusedBuffer readBuffer = new ReusedBuffer();
    private final ReusedBuffer writeBuffer = new ReusedBuffer();

    /** When the loop's own thread wakes by itself, on the scale of {@link #ticker}; set before the loop is lent. */
    private long asleepUntil;
    /** Whether something was done that it would not notice while it sleeps; the owner's. */
    private boolean disturbed;

    LendingEventLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory handlers) {
        this(parent, executor, handlers, newTaskQueue0(Integer.MAX_VALUE));
    }

    private LendingEventLoop(
            IoEventLoopGroup parent, Executor executor, IoHandlerFactory handlers, Queue<Runnable> tasks) {
        super(
                parent,
                executor,
                loop -> ((LendingEventLoop) loop).new LendingHandler(handlers.newHandler(loop)),
                tasks,
                newTaskQueue0(Integer.MAX_VALUE),
                RejectedExecutionHandlers.reject());
        this.tasks = tasks;
    }

    /** What its sockets read into. */
    ReusedBuffer readBuffer() {
        return readBuffer;
    }

    /** What its connections write into. */
    ReusedBuffer writeBuffer() {
        return writeBuffer;
    }

    /** Whether the current thread has borrowed a loop. */
    static boolean isBorrower() {
        return !VirtualThreads.isCurrent() && BORROWING.get()[0];
    }

    /**
     * Runs something on the current thread as if that were the loop's, if the loop sleeps and has nothing to do. What it throws is
     * logged, as on the loop.
     *
     * @return whether it has run
     */
    boolean runHere(Runnable task) {
        // A virtual thread would be given what Netty keeps per thread, some kilobytes, for one use.
        if (waiting != null || VirtualThreads.isCurrent() || !owner.compareAndSet(null, Thread.currentThread())) {
            return false;
        }
        // What is due is the loop's own thread's: after its sockets, as what has come is not late.
        boolean idle = tasks.isEmpty() && asleepUntil - ticker().nanoTime() > 0;
        if (idle) {
            lendTo(task);
        }
        giveBack(idle && (disturbed || !tasks.isEmpty() || deadlineNanos() - asleepUntil < 0));
        return idle;
    }

    private void lendTo(Runnable task) {
        boolean[] borrowing = BORROWING.get();
        boolean before = borrowing[0];
        borrowing[0] = true;
        try {
            task.run();
        } catch (Throwable e) {
            LOG.error("bug in the client, a task of the event loop failed", e);
        }
        borrowing[0] = before;
    }

    /** @param wake whether the loop's own thread has something to do now */
    private void giveBack(boolean wake) {
        if (wake) {
            // If the loop's own thread is still on its way to sleep there is nobody to wake, but it looks for tasks
            // once more.
            tasks.offer(NOTHING);
        }
        owner.set(null);
        Thread awake = waiting;
        if (awake != null) {
            LockSupport.unpark(awake);
        } else if (wake) {
            wakeup(false);
        }
    }

    /** What the loop is doing, innermost call first, on whichever thread. */
    StackTraceElement[] stack() {
        return owner.get() instanceof Thread thread
                ? thread.getStackTrace()
                : threadProperties().stackTrace();
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return owner.get() == thread;
    }

    @Override
    protected void run() {
        owner.set(Thread.currentThread());
        try {
            super.run();
        } finally {
            readBuffer.end();
            writeBuffer.end();
        }
    }

    private void lend(long until) {
        asleepUntil = until;
        disturbed = false;
        owner.set(null);
    }

    /** On the loop's own thread, which may have it. */
    private void takeBack() {
        Thread self = Thread.currentThread();
        if (owner.get() == self || owner.compareAndSet(null, self)) {
            return;
        }
        waiting = self;
        while (!owner.compareAndSet(null, self)) {
            LockSupport.park(this);
        }
        waiting = null;
    }

    /**
     * Lends the loop while a handler waits for something to happen, and has it back before anything is handled.
     *
     * <p>A handler waits somewhere within {@link IoHandler#run}. It asks its context before whether it may and how long, which
     * is answered from what was so when the loop was lent; and after, whether to measure what it handles, which is when the loop
     * is taken back. Should a handler ask no more, then its channels find themselves on another thread than the loop's and
     * leave what has happened to a task.
     */
    private final class LendingHandler implements IoHandler, IoHandlerContext {

        private final IoHandler handler;

        LendingHandler(IoHandler handler) {
            this.handler = handler;
        }

        @Override
        public int run(IoHandlerContext context) {
            if (!context.canBlock()) {
                return handler.run(context);
            }
            lend(context.deadlineNanos());
            try {
                return handler.run(this);
            } finally {
                takeBack();
            }
        }

        // ---- what the handler asks about its waiting, the loop being lent

        @Override
        public boolean canBlock() {
            return tasks.isEmpty() && asleepUntil - ticker().nanoTime() > 0;
        }

        @Override
        public long delayNanos(long now) {
            return Math.max(0, asleepUntil - (now - ticker().initialNanoTime()));
        }

        @Override
        public long deadlineNanos() {
            return asleepUntil;
        }

        /** Asked between waiting and handling. */
        @Override
        public boolean shouldReportActiveIoTime() {
            takeBack();
            return false;
        }

        @Override
        public void reportActiveIoTime(long nanos) {}

        // ---- what changes for what it waits

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            disturbed = true;
            IoRegistration registration = handler.register(handle);
            return new IoRegistration() {
                @Override
                public <T> T attachment() {
                    return registration.attachment();
                }

                @Override
                public long submit(IoOps ops) {
                    disturbed = true;
                    return registration.submit(ops);
                }

                @Override
                public boolean isValid() {
                    return registration.isValid();
                }

                @Override
                public boolean cancel() {
                    disturbed = true;
                    return registration.cancel();
                }
            };
        }

        // ---- the rest is the handler's

        @Override
        public void initialize() {
            handler.initialize();
        }

        @Override
        public void prepareToDestroy() {
            handler.prepareToDestroy();
        }

        @Override
        public void destroy() {
            handler.destroy();
        }

        @Override
        public void wakeup() {
            handler.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return handler.isCompatible(handleType);
        }
    }
}
