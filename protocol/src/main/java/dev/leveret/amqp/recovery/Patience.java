package dev.leveret.amqp.recovery;

import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits for answers as long as they come: gives up when for some time none has. */
final class Patience {

    private final Deadlines deadlines;
    private final Duration time;
    private final Runnable over;
    private Deadlines.@Nullable Deadline next;
    private boolean answered;

    private Patience(Deadlines deadlines, Duration time, Runnable over) {
        this.deadlines = deadlines;
        this.time = time;
        this.over = over;
    }

    /** @param over runs once when for this time there was no answer */
    static Patience start(Deadlines deadlines, Duration time, Runnable over) {
        Patience patience = new Patience(deadlines, time, over);
        patience.wait(time);
        return patience;
    }

    private void wait(Duration longest) {
        next = deadlines.after(longest, this::look);
    }

    /** Something has been answered. */
    void answered() {
        answered = true;
    }

    void end() {
        if (next != null) {
            next.cancel();
            next = null;
        }
    }

    private void look() {
        next = null;
        if (answered) {
            answered = false;
            wait(time);
        } else {
            over.run();
        }
    }
}
