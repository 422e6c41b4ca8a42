package dev.leveret.amqp.testing;

import dev.leveret.amqp.net.Loop;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A loop whose thread is the test's and whose time passes when the test says so. */
public final class SimulatedLoop implements Loop {

    /** Something for later; done when it is not wanted any more. */
    private static final class Timer extends CompletableFuture<Void> {

        final long at;
        final long number;
        final Runnable task;

        Timer(long at, long number, Runnable task) {
            this.at = at;
            this.number = number;
            this.task = task;
        }
    }

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers;
    private long now;
    private long scheduled;
    private boolean released;
    private boolean lendable;
    private boolean ended;

    /** @param now what the clock shows in the beginning */
    public SimulatedLoop(long now) {
        this.now = now;
        // By difference: the clock may wrap.
        timers = new PriorityQueue<>(
                Comparator.<Timer>comparingLong(it -> it.at - now).thenComparing(it -> it.number));
    }

    @Override
    public void execute(Runnable task) {
        if (ended) {
            throw new RejectedExecutionException("terminated");
        }
        tasks.add(task);
    }

    @Override
    public boolean runHere(Runnable task) {
        if (lendable) {
            task.run();
        }
        return lendable;
    }

    /** From now on callers may do its work. */
    public void sleep() {
        lendable = true;
    }

    /** From now on it takes no tasks. */
    public void end() {
        ended = true;
    }

    /** How much there is to run now. */
    public int tasks() {
        return tasks.size();
    }

    @Override
    public Future<?> schedule(Runnable task, long nanos) {
        Timer timer = new Timer(now + nanos, ++scheduled, task);
        timers.add(timer);
        return timer;
    }

    /** Has something done later. */
    public void later(Duration delay, Runnable task) {
        schedule(task, delay.toNanos());
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public boolean isCurrent() {
        return true;
    }

    @Override
    public List<String> stack() {
        return List.of();
    }

    @Override
    public void release() {
        released = true;
    }

    /** Whether nobody needs it any more. */
    public boolean isReleased() {
        return released;
    }

    /** Runs what is to be run now, with what comes of it. */
    public void runTasks() {
        while (runTask()) {
            // one after the other
        }
    }

    /** Runs the first of what is to be run now; returns whether there was anything. */
    public boolean runTask() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /**
     * Runs what is to be run now, then lets time come to what is next.
     *
     * @return whether there was anything
     */
    public boolean step() {
        runTasks();
        Timer next = nextTimer();
        if (next == null) {
            return false;
        }
        now = next.at - now > 0 ? next.at : now;
        timers.remove(next);
        next.task.run();
        runTasks();
        return true;
    }

    /** Lets time pass, from one thing that is to be done to the next. */
    public void advance(Duration duration) {
        long end = now + duration.toNanos();
        runTasks();
        for (Timer next = nextTimer(); next != null && next.at - end <= 0; next = nextTimer()) {
            step();
        }
        now = end - now > 0 ? end : now;
    }

    /** Lets time pass at once, as for a process that has been suspended. */
    public void jump(Duration duration) {
        now += duration.toNanos();
    }

    private @Nullable Timer nextTimer() {
        while (!timers.isEmpty() && timers.peek().isDone()) {
            timers.remove();
        }
        return timers.peek();
    }
}
