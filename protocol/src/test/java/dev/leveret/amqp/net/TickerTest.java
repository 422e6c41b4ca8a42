package dev.leveret.amqp.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.machine.Deadlines.Deadline;
import dev.leveret.amqp.testing.SimulatedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TickerTest {

    private final SimulatedLoop loop = new SimulatedLoop(Long.MAX_VALUE - 1000);
    private final List<String> log = new ArrayList<>();
    private final Ticker ticker = new Ticker(loop, () -> log.add("after tick"));

    private void pass(long millis) {
        loop.advance(Duration.ofMillis(millis));
    }

    private Deadline after(long millis, String what) {
        return ticker.deadlines().after(Duration.ofMillis(millis), () -> log.add(what));
    }

    @Test
    void deadlinesAreMetAndWhatTheyWroteIsSent() {
        after(10, "first");
        after(30, "second");
        ticker.arm();
        pass(9);
        assertThat(log).isEmpty();
        pass(1);
        assertThat(log).containsExactly("first", "after tick");
        pass(20);
        assertThat(log).containsExactly("first", "after tick", "second", "after tick");
    }

    @Test
    void anEarlierDeadlineTakesTheTimerOver() {
        after(100, "late");
        ticker.arm();
        after(5, "early");
        ticker.arm();
        pass(5);
        assertThat(log).containsExactly("early", "after tick");
        pass(95);
        assertThat(log).endsWith("late", "after tick");
    }

    @Test
    void wakingUpForACancelledDeadlineIsHarmless() {
        Deadline cancelled = after(10, "cancelled");
        ticker.arm();
        cancelled.cancel();
        after(50, "kept");
        ticker.arm();
        pass(10);
        pass(40);
        assertThat(log).doesNotContain("cancelled").contains("kept");
    }

    @Test
    void stoppedItWaitsForNothing() {
        after(10, "never");
        ticker.arm();
        ticker.stop();
        pass(100);
        assertThat(log).isEmpty();
    }

    @Test
    void tellingTheTimeMeetsWhatIsDue() {
        after(10, "due");
        loop.jump(Duration.ofMillis(20));
        ticker.tell();
        assertThat(log).containsExactly("due");
    }
}
