package dev.leveret.testkit.embedded;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * The threads of one embedded broker: all that it starts are in a group of its own.
 *
 * <p>Broker-J's threads are not daemons, so they would keep a JVM alive whose own work is done, and no shutdown hook
 * runs before they end. {@link #endWithOthers} sees when only they are left, and ends the broker then.
 */
final class BrokerThreads {

    private static final long POLL_MILLIS = 100;

    private final ThreadGroup group = new ThreadGroup("leveret-embedded-broker");

    /** Runs a task in the group; false when it takes longer than the limit, or the caller is interrupted. */
    boolean run(String name, Duration limit, Runnable task) {
        Thread thread = daemon(name, task);
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Watches, on a daemon thread, until nothing but this group keeps the JVM alive or the broker has ended. */
    void endWithOthers(BooleanSupplier ended, Runnable end) {
        daemon("exit-watch", () -> {
            try {
                while (!onlyOursAreLeft() && !ended.getAsBoolean()) {
                    Thread.sleep(POLL_MILLIS);
                }
                end.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(group, task, "leveret-embedded-broker-" + name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private boolean onlyOursAreLeft() {
        ThreadGroup root = group;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        // enumerate() drops what does not fit, so leave room for threads that start meanwhile.
        Thread[] threads = new Thread[2 * root.activeCount() + 16];
        int count = root.enumerate(threads);
        return Arrays.stream(threads, 0, count).allMatch(this::keepsNothingAlive);
    }

    private boolean keepsNothingAlive(Thread thread) {
        // DestroyJavaVM is the JVM waiting for the last thread that is no daemon.
        return thread.isDaemon()
                || thread.getName().equals("DestroyJavaVM")
                || Objects.equals(thread.getThreadGroup(), group);
    }
}
