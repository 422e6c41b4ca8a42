package dev.leveret.testkit.probe;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Talks to a peer for no longer than a time. A timeout of the socket bounds one read, not a peer that sends one byte
 * now and then, and nothing bounds the resolving of a name; so the talk runs on a thread of its own.
 */
public final class BoundedCall {

    private BoundedCall() {}

    /**
     * Runs a call on a daemon thread and closes its connection when the call ends or the time is over.
     *
     * @param limit how long it may take
     * @param connection what the call blocks on; closed in every case
     * @param call the talk
     * @param <T> what it yields
     * @return what the call returned
     * @throws SocketTimeoutException when it took longer
     * @throws InterruptedIOException when the waiting thread was interrupted; the flag is set again
     * @throws IOException what the call threw
     */
    public static <T> T within(Duration limit, Closeable connection, Callable<T> call) throws IOException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "leveret-testkit-probe");
        thread.setDaemon(true);
        try (connection) {
            thread.start();
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            SocketTimeoutException late =
                    new SocketTimeoutException("did not answer within " + limit.toMillis() + " ms");
            late.initCause(e);
            throw late;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("was not waited for: interrupted");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException("could not be talked to: " + e.getCause(), e.getCause());
        }
    }
}
