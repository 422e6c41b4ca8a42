package dev.leveret.amqp.client;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Where handlers run that name no executor: as many daemon threads as have work, each gone after some idle seconds. */
final class HandlerThreads {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private static final Executor SHARED =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "leveret-handler-" + COUNT.incrementAndGet());
                thread.setDaemon(true);
                return thread;
            });

    private HandlerThreads() {}

    static Executor shared() {
        return SHARED;
    }
}
