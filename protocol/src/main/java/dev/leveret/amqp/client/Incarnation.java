package dev.leveret.amqp.client;

import dev.leveret.amqp.machine.ChannelMachine;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A channel as it is between an opening and the next loss: what a delivery belongs to. The machine is the event loop's;
 * the rest is for any thread to ask whether settling makes sense.
 */
final class Incarnation {

    private final ConnectionHandle connection;
    private final ChannelMachine machine;
    private final AtomicLong settledUpTo = new AtomicLong();
    private volatile boolean ended;

    Incarnation(ConnectionHandle connection, ChannelMachine machine) {
        this.connection = connection;
        this.machine = machine;
    }

    ConnectionHandle connection() {
        return connection;
    }

    /** The event loop's. */
    ChannelMachine machine() {
        return machine;
    }

    boolean isEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** All deliveries up to this tag are settled. */
    void settledUpTo(long tag) {
        settledUpTo.accumulateAndGet(tag, Math::max);
    }

    /** Whether a delivery is settled because a later one was, with all before it. */
    boolean isSettledWithLater(long tag) {
        return tag <= settledUpTo.get();
    }
}
