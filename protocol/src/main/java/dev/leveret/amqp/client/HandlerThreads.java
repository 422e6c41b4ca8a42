package dev.leveret.amqp.client;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where handlers run that name no executor: a virtual thread each where the JVM has them (21 and later), otherwise as many
 * daemon threads as have work, each gone after some idle seconds.
 */
final class HandlerThreads {

    private static final String NAME = "leveret-handler-";

    private static final Executor SHARED = make();

    private HandlerThreads() {}

    static Executor shared() {
        return SHARED;
    }

    private static Executor make() {
        ThreadFactory virtual = virtualThreads();
        return virtual == null
                ? platformThreads()
                : task -> virtual.newThread(task).start();
    }

    private static Executor platformThreads() {
        AtomicInteger count = new AtomicInteger();
        return new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            Thread thread = Executors.defaultThreadFactory().newThread(task);
            thread.setName(NAME + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** {@code Thread.ofVirtual().name(NAME, 1).factory()}, which Java 17 cannot compile; {@code null} before 21. */
    private static @Nullable ThreadFactory virtualThreads() {
        try {
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Object named = builder.getMethod("name", String.class, long.class)
                    .invoke(Thread.class.getMethod("ofVirtual").invoke(null), NAME, 1L);
            return (ThreadFactory) builder.getMethod("factory").invoke(named);
        } catch (ClassNotFoundException | NoSuchMethodException | IllegalAccessException e) {
            return null;
        } catch (InvocationTargetException e) {
            // Java 19 and 20 have them as a preview that has to be switched on.
            return null;
        }
    }
}
