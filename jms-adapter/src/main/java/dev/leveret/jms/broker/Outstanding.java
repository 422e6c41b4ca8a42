package dev.leveret.jms.broker;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the deliveries of a channel that are not settled. When the channel has been interrupted they need not be any more,
 * and what is settled all the same does not count: each delivery knows the generation in which it was counted. Thread-safe.
 */
final class Outstanding {

    /** The generation in the upper half, the count in the lower. */
    private final AtomicLong state = new AtomicLong();

    /** One more; its generation. */
    int add() {
        return generation(state.incrementAndGet());
    }

    int count() {
        return (int) state.get();
    }

    /** One less, if it is of the present generation; whether it was the last of that. */
    boolean settled(int generation) {
        long before = state.get();
        while (generation(before) == generation) {
            if (state.compareAndSet(before, before - 1)) {
                return (int) before == 1;
            }
            before = state.get();
        }
        return false;
    }

    /** All are gone. */
    void forget() {
        state.updateAndGet(it -> (long) (generation(it) + 1) << Integer.SIZE);
    }

    private static int generation(long state) {
        return (int) (state >>> Integer.SIZE);
    }
}
