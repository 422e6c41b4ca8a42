package dev.leveret.jms.broker;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Time for those that wait for it without a thread. */
interface Alarm {

    /** Milliseconds of a clock that never goes back. */
    long now();

    /** Does this, on any thread, when the clock says so or soon after; it must not wait. */
    void at(long millis, Runnable action);

    /** The system's. */
    static Alarm system() {
        return new Alarm() {
            @Override
            public long now() {
                return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
            }

            @Override
            public void at(long millis, Runnable action) {
                long delay = Math.max(1, millis - now());
                CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS).execute(action);
            }
        };
    }
}
