package dev.leveret.amqp.net;

import dev.leveret.amqp.api.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A connection's event loop, and the threads of all of them: those of a transport exist while a connection has it, and the
 * last one to release its loop ends them.
 */
public final class EventLoops implements Loop {

    private static final class LoopThread extends FastThreadLocalThread {
        LoopThread(ThreadGroup group, Runnable target, String name) {
            super(group, target, name);
        }
    }

    private static final class LoopThreads extends DefaultThreadFactory {
        LoopThreads() {
            super("leveret-loop", true);
        }

        @Override
        protected Thread newThread(Runnable target, String name) {
            return new LoopThread(threadGroup, target, name);
        }
    }

    private static final Object LOCK = new Object();
    /** Guarded by LOCK, as is what is in it. */
    private static final Map<Transport, Shared> SHARED = new EnumMap<>(Transport.class);

    /** The threads of one transport. */
    private static final class Shared {

        final EventLoopGroup group;
        int users;

        Shared(Transport transport) {
            int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
            IoHandlerFactory handlers =
                    transport == Transport.EPOLL ? EpollTransport.ioHandlers() : NioIoHandler.newFactory();
            group = new MultiThreadIoEventLoopGroup(threads, new LoopThreads(), handlers) {
                @Override
                protected IoEventLoop newChild(Executor executor, IoHandlerFactory factory, Object... args) {
                    return new LendingEventLoop(this, executor, factory);
                }
            };
        }
    }

    private final Transport transport;
    private final LendingEventLoop loop;
    private boolean released;

    private EventLoops(Transport transport, LendingEventLoop loop) {
        this.transport = transport;
        this.loop = loop;
    }

    /**
     * A loop for one connection, to be released when that is over.
     *
     * @throws IllegalArgumentException if the transport is not available
     */
    public static EventLoops acquire(Transport transport) {
        synchronized (LOCK) {
            Shared shared = SHARED.get(transport);
            if (shared == null) {
                shared = new Shared(transport);
                SHARED.put(transport, shared);
            }
            shared.users++;
            return new EventLoops(transport, (LendingEventLoop) shared.group.next());
        }
    }

    /** Whether its channels are to be those of epoll. */
    boolean onEpoll() {
        return transport == Transport.EPOLL;
    }

    /** The loop itself: who has it runs everything of the connection. */
    LendingEventLoop loop() {
        return loop;
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public boolean runHere(Runnable task) {
        return loop.runHere(task);
    }

    @Override
    public Future<?> schedule(Runnable task, long nanos) {
        return loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public boolean isCurrent() {
        return loop.inEventLoop();
    }

    @Override
    public List<String> stack() {
        return Arrays.stream(loop.stack()).map(StackTraceElement::toString).toList();
    }

    /**
     * Whether the current thread is one of these loops', or has borrowed one. Connections share loops, so whoever waits for one on
     * the loop of another may wait for himself.
     */
    public static boolean isLoopThread() {
        return Thread.currentThread() instanceof LoopThread || LendingEventLoop.isBorrower();
    }

    @Override
    public void release() {
        synchronized (LOCK) {
            if (released) {
                return;
            }
            released = true;
            Shared shared = SHARED.get(transport);
            if (shared != null && --shared.users == 0) {
                shared.group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
                SHARED.remove(transport);
            }
        }
    }
}
