package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

    /** Always the longest pause there can be, or always the shortest. */
    private static RandomGenerator always(boolean longest) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public long nextLong(long bound) {
                return longest ? bound - 1 : 0;
            }
        };
    }

    @Test
    void theBoundDoublesUpToTheLongest() {
        Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(3), always(true));

        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
        backoff.skip();
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(3));
        assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(3));
        backoff.reset();
        assertThat(backoff.next()).isEqualTo(Duration.ofMillis(500));
    }

    @Test
    void aPauseMayBeNothing() {
        assertThat(new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), always(false)).next())
                .isZero();
    }

    @Test
    void pausesTooLongToCountAreLong() {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        Backoff backoff = new Backoff(Duration.ofNanos(1), endless, always(true));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next()).isPositive();
        }
        assertThat(backoff.next()).isGreaterThan(Duration.ofDays(365 * 50));
        assertThat(new Backoff(endless, endless, always(true)).next()).isPositive();
    }

    @Test
    void pausesSpreadOverTheWholeRange() {
        Random random = new Random(1);
        int low = 0;
        int high = 0;
        for (int i = 0; i < 10_000; i++) {
            long pause = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), random)
                    .next()
                    .toMillis();
            low += pause < 250 ? 1 : 0;
            high += pause >= 750 ? 1 : 0;
        }

        assertThat(low).isBetween(2_200, 2_800);
        assertThat(high).isBetween(2_200, 2_800);
    }

    @Test
    void boundsThatMakeNoBackoffAreRefused() {
        Random random = new Random(1);
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), random))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), random))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
