package dev.leveret.amqp.net;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;

/**
 * What a connection runs on: one task after the other, on one thread, and a clock. {@link EventLoops} has those of real
 * connections; in a simulation time is what the test says.
 */
public interface Loop extends Executor {

    /**
     * Runs something on the loop.
     *
     * @throws java.util.concurrent.RejectedExecutionException if its thread has ended
     */
    @Override
    void execute(Runnable task);

    /**
     * Runs something on the current thread as if that were the loop's, if the loop has nothing else to do: for a caller that is
     * going to wait for what comes of it.
     *
     * @return whether it has run
     */
    boolean runHere(Runnable task);

    /** Runs something on the loop, so many nanoseconds from now. */
    Future<?> schedule(Runnable task, long nanos);

    /** Nanoseconds of any origin. */
    long nanoTime();

    /** Whether the current thread is this loop's, be it for {@link #runHere}. */
    boolean isCurrent();

    /** What this loop is doing, innermost call first; for a loop that does not answer. Any thread may ask. */
    List<String> stack();

    /** Gives the loop back; without effect when it was given back before. */
    void release();
}
