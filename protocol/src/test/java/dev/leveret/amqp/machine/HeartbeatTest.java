package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeartbeatTest {

    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final Deadlines deadlines = new Deadlines(Long.MAX_VALUE - 1000); // wraps at once: it must not matter
    private final long start = deadlines.now();
    private Heartbeat heartbeat;
    private int sent;
    private int deaths;

    private Heartbeat start(Duration interval) {
        heartbeat = Heartbeat.start(deadlines, interval, () -> sent++, () -> deaths++);
        return heartbeat;
    }

    /** To this many milliseconds after the start, from deadline to deadline. */
    private void runTo(long millis) {
        long end = start + Duration.ofMillis(millis).toNanos();
        while (deadlines.next().isPresent() && deadlines.next().getAsLong() - end <= 0) {
            deadlines.advance(deadlines.next().getAsLong());
        }
        deadlines.advance(end);
    }

    /** As for a process that stood still: the time is told late. */
    private void jumpTo(long millis) {
        deadlines.advance(start + Duration.ofMillis(millis).toNanos());
    }

    @Test
    void oneIsSentAfterHalfAnIntervalOfSilence() {
        start(INTERVAL);
        runTo(4_999);
        assertThat(sent).isZero();
        runTo(5_000);
        assertThat(sent).isEqualTo(1);
        heartbeat.onRead();
        runTo(15_000);
        assertThat(sent).isEqualTo(3);
    }

    @Test
    void whoeverWritesNeedNotSendOne() {
        start(INTERVAL);
        for (int t = 0; t <= 60_000; t += 4_000) {
            runTo(t);
            heartbeat.onRead();
            heartbeat.onWrite();
        }
        assertThat(sent).isZero();
        runTo(64_999);
        assertThat(sent).isZero();
        runTo(65_000);
        assertThat(sent).isEqualTo(1);
    }

    @Test
    void twoIntervalsWithoutAWordAreDeath() {
        start(INTERVAL);
        runTo(19_999);
        assertThat(deaths).isZero();
        runTo(20_000);
        assertThat(deaths).isEqualTo(1);
    }

    @Test
    void anyTrafficIsASignOfLife() {
        start(INTERVAL);
        runTo(19_000);
        heartbeat.onRead();
        runTo(38_999);
        assertThat(deaths).isZero();
        runTo(39_000);
        assertThat(deaths).isEqualTo(1);
    }

    @Test
    void writingIsNoSignOfTheOthersLife() {
        start(INTERVAL);
        for (int t = 0; t <= 20_000; t += 1_000) {
            runTo(t);
            heartbeat.onWrite();
        }
        assertThat(deaths).isEqualTo(1);
    }

    @Test
    void aProcessThatStoodStillReadsBeforeItJudges() {
        start(INTERVAL);
        runTo(3_000);
        heartbeat.onRead();
        jumpTo(90_000);
        assertThat(deaths)
                .as("what the broker said may lie unread in the socket")
                .isZero();
        runTo(99_999);
        assertThat(deaths).isZero();
        runTo(100_000);
        assertThat(deaths).as("but nothing came in the interval of grace").isEqualTo(1);
    }

    @Test
    void aProcessThatStoodStillAndThenReadGoesOn() {
        start(INTERVAL);
        jumpTo(90_000);
        heartbeat.onRead();
        runTo(109_999);
        assertThat(deaths).isZero();
    }

    @Test
    void whatIsReadBeforeJudgementCountsHoweverLateItIs() {
        start(INTERVAL);
        runTo(4_000);
        heartbeat.onRead();
        for (long late : new long[] {24_001, 60_000, 81_000}) {
            deadlines.tell(start + Duration.ofMillis(late).toNanos());
            heartbeat.onRead();
            deadlines.runDue();
        }
        runTo(100_999);
        assertThat(deaths).isZero();
        runTo(101_000);
        assertThat(deaths).isEqualTo(1);
    }

    @Test
    void deathIsToldOnce() {
        start(INTERVAL);
        runTo(200_000);
        assertThat(deaths).isEqualTo(1);
    }

    @Test
    void zeroSwitchesThemOff() {
        start(Duration.ZERO);
        heartbeat.onRead();
        heartbeat.onWrite();
        assertThat(deadlines.next()).isEmpty();
        runTo(Duration.ofDays(2).toMillis());
        assertThat(sent).isZero();
        assertThat(deaths).isZero();
    }

    @Test
    void stoppedTheyAreSilent() {
        start(INTERVAL);
        heartbeat.stop();
        runTo(200_000);
        assertThat(sent).isZero();
        assertThat(deaths).isZero();
        assertThat(deadlines.next()).as("nothing is left to wait for").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 60, 65_535})
    void everyIntervalKeepsAnIdleConnectionAlive(int seconds) {
        start(Duration.ofSeconds(seconds));
        long half = seconds * 500L;
        for (int beat = 1; beat <= 40; beat++) {
            runTo(half * beat);
            heartbeat.onRead();
            assertThat(sent).isEqualTo(beat);
        }
        assertThat(deaths).isZero();
    }
}
