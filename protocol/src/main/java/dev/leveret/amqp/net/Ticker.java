package dev.leveret.amqp.net;

import dev.leveret.amqp.machine.Deadlines;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Lets a connection's {@link Deadlines} keep step with the clock. On the event loop only. */
public final class Ticker {

    private final Loop loop;
    private final Deadlines deadlines;
    private final Runnable afterTick;
    private @Nullable Future<?> scheduled;
    private long scheduledAt;

    /** @param afterTick runs after deadlines have been met: what they wrote has to be sent */
    public Ticker(Loop loop, Runnable afterTick) {
        this.loop = loop;
        this.afterTick = afterTick;
        this.deadlines = new Deadlines(loop.nanoTime());
    }

    public Deadlines deadlines() {
        return deadlines;
    }

    /** Tells the deadlines the time and meets those that are due; before each input. */
    public void tell() {
        tellTime();
        deadlines.runDue();
    }

    /** Tells the time alone: for an input that may make a deadline moot, to be followed by {@link #tell}. */
    void tellTime() {
        deadlines.tell(loop.nanoTime());
    }

    /** Makes sure that the next deadline is met; after each input. */
    public void arm() {
        OptionalLong next = deadlines.next();
        if (next.isEmpty()) {
            return;
        }
        long at = next.getAsLong();
        if (scheduled != null) {
            // Waking up early costs less than a new timer for every deadline that moves.
            if (at - scheduledAt >= 0) {
                return;
            }
            scheduled.cancel(false);
        }
        scheduledAt = at;
        scheduled = loop.schedule(this::tick, Math.max(0, at - loop.nanoTime()));
    }

    /** Nothing will be waited for any more. */
    public void stop() {
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }

    private void tick() {
        scheduled = null;
        tell();
        afterTick.run();
        arm();
    }
}
