package dev.leveret.amqp.machine;

import java.util.ArrayDeque;
import java.util.OptionalInt;

/**
 * Hands out channel numbers. Unused numbers come first and then the one that has been free for longest, because frames of
 * a closed channel may arrive late.
 */
final class ChannelIds {

    private final int max;
    private final ArrayDeque<Integer> freed = new ArrayDeque<>();
    private int highest;

    /** @param max the highest number, as negotiated */
    ChannelIds(int max) {
        this.max = max;
    }

    /** A free number, or none if as many channels are open as was negotiated. */
    OptionalInt acquire() {
        if (highest < max) {
            return OptionalInt.of(++highest);
        }
        Integer oldest = freed.poll();
        return oldest == null ? OptionalInt.empty() : OptionalInt.of(oldest);
    }

    /** How many numbers could be acquired now. */
    int free() {
        return max - highest + freed.size();
    }

    /** Gives a number back: only after {@code channel.close-ok} was received or sent. */
    void release(int id) {
        freed.add(id);
    }

    /** Whether the number has ever been in use, so that late frames for it are no surprise. */
    boolean everUsed(int id) {
        return id > 0 && id <= highest;
    }

    /** The highest number that has been in use; 0 for none. */
    int highest() {
        return highest;
    }

    int max() {
        return max;
    }
}
