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
 *
 * <p>Who the others are: the threads of the group from which the broker is started, and of the groups below. A tool that
 * runs a program inside its own JVM, as Maven's {@code exec:java} does, gives it such a group, waits until it is empty,
 * and has threads elsewhere that go on for long. A daemon may start a broker for anybody, so then the others are all.
 */
final class BrokerThreads {

    private static final long POLL_MILLIS = 100;

    private final ThreadGroup users = Thread.currentThread().isDaemon()
            ? root()
            : Objects.requireNonNull(Thread.currentThread().getThreadGroup());
    private final ThreadGroup group = new ThreadGroup("leveret-embedded-broker");

    /** Runs a task in the group; false when it takes longer than the limit, or the caller is interrupted. */
    boolean run(String name, Duration limit, Runnable task) {
        return endsWithin(limit, start(name, true, task));
    }

    /** As {@link #run}, for a task that is not to be cut short because everything else is done. */
    boolean runToItsEnd(String name, Duration limit, Runnable task) {
        return endsWithin(limit, start(name, false, task));
    }

    private static boolean endsWithin(Duration limit, Thread thread) {
        try {
            thread.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Watches, on a daemon thread, until nothing but this group keeps the JVM alive or the broker has ended. */
    void endWithOthers(BooleanSupplier ended, Runnable end) {
        start("exit-watch", true, () -> {
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

    private Thread start(String name, boolean daemon, Runnable task) {
        Thread thread = new Thread(group, task, "leveret-embedded-broker-" + name);
        thread.setDaemon(daemon);
        thread.start();
        return thread;
    }

    private boolean onlyOursAreLeft() {
        // enumerate() drops what does not fit, so leave room for threads that start meanwhile.
        Thread[] threads = new Thread[2 * users.activeCount() + 16];
        int count = users.enumerate(threads);
        return Arrays.stream(threads, 0, count).allMatch(this::keepsNothingAlive);
    }

    private static ThreadGroup root() {
        ThreadGroup root = Objects.requireNonNull(Thread.currentThread().getThreadGroup());
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return root;
    }

    private boolean keepsNothingAlive(Thread thread) {
        // DestroyJavaVM is the JVM waiting for the last thread that is no daemon.
        return thread.isDaemon()
                || thread.getName().equals("DestroyJavaVM")
                || Objects.equals(thread.getThreadGroup(), group);
    }
}
