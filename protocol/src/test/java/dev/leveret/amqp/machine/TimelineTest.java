package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How old numbers are, without a time for each of them. */
class TimelineTest {

    private static final long SECOND = 1_000_000_000L;
    /** Wraps soon: it must not matter. */
    private static final long START = Long.MAX_VALUE - 10 * SECOND;

    private final Timeline times = new Timeline();

    @Test
    void aNumberThatWasNeverNotedHasNoTime() {
        assertThat(times.timeOf(1, 42)).isEqualTo(42);
        times.note(5, START);
        assertThat(times.timeOf(4, 42)).isEqualTo(42);
    }

    @Test
    void whatComesSeldomAndLittleIsKnownExactly() {
        for (int i = 0; i < 16; i++) {
            times.note(i, START + i * SECOND);
        }
        for (int i = 0; i < 16; i++) {
            assertThat(times.timeOf(i, 0)).isEqualTo(START + i * SECOND);
        }
    }

    @Test
    void whatComesOftenIsKnownToATenthOfASecondOrOfItsAge() {
        check(10_000, 1_000_000L, 1);
    }

    @Test
    void howeverLongItGoesOnAnAgeIsRightWithinATenthAndLittleIsKept() {
        check(1_000_000, SECOND, 997);
        assertThat(times.marks()).isLessThan(1000);
    }

    @Test
    void whatWasCertainlyGivenOutByATimeIsKnownToTheLastMark() {
        assertThat(times.givenOutBy(START)).as("nothing was").isZero();
        times.note(1, START);
        times.note(2, START + 1);
        times.note(3, START + 2 * SECOND);
        assertThat(times.givenOutBy(START - 1)).isZero();
        assertThat(times.givenOutBy(START)).isEqualTo(1);
        assertThat(times.givenOutBy(START + SECOND))
                .as("2 has no mark of its own")
                .isEqualTo(1);
        assertThat(times.givenOutBy(START + 2 * SECOND)).isEqualTo(3);
        assertThat(times.givenOutBy(START + 3 * SECOND))
                .as("later there would be a mark")
                .isEqualTo(Long.MAX_VALUE);
    }

    private void check(int count, long interval, int step) {
        for (int i = 0; i < count; i++) {
            times.note(i, START + i * interval);
        }
        long now = START + count * interval;
        for (int i = 0; i < count; i += step) {
            long age = now - (START + i * interval);
            long told = now - times.timeOf(i, now);
            assertThat(told - age)
                    .as("number %d of age %d", i, age)
                    .isBetween(0L, Math.max(Timeline.RESOLUTION_NANOS, age / Timeline.PRECISION));
        }
    }
}
