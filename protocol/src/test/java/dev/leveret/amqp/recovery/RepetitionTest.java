package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepetitionTest {

    @ParameterizedTest
    @ValueSource(longs = {0, -30, Long.MAX_VALUE - 30})
    void soManyTimesWithinThePeriodAreTooMany(long origin) {
        Repetition repetition = new Repetition(3, Duration.ofNanos(100));

        assertThat(repetition.tooOften("a", origin)).isFalse();
        assertThat(repetition.tooOften("b", origin + 10)).isFalse();
        assertThat(repetition.tooOften("a", origin + 50)).isFalse();
        assertThat(repetition.tooOften("a", origin + 100)).isTrue();
        assertThat(repetition.tooOften("a", origin + 149)).isTrue();
        assertThat(repetition.tooOften("a", origin + 250)).isFalse();
    }

    @Test
    void onceIsTooOftenWhereTheLimitIsOne() {
        assertThat(new Repetition(1, Duration.ofNanos(1)).tooOften("a", 0)).isTrue();
    }

    @Test
    void whatHappensSlowlyIsNeverTooOften() {
        Repetition repetition = new Repetition(2, Duration.ofNanos(100));
        for (int i = 0; i < 1_000; i++) {
            assertThat(repetition.tooOften("a", i * 101L)).isFalse();
            assertThat(repetition.retained()).isEqualTo(1);
        }
    }

    @Test
    void neitherManyThingsNorManyTimesPileUp() {
        Repetition repetition = new Repetition(5, Duration.ofDays(1));
        for (int i = 0; i < 100_000; i++) {
            repetition.tooOften("key " + i, i);
            repetition.tooOften("the same", i);
        }

        assertThat(repetition.retained()).isLessThanOrEqualTo(5 + 256);
        assertThat(repetition.tooOften("the same", 100_000)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void itCountsAsALogOfEverythingDoes(long seed) {
        Random random = new Random(seed);
        Repetition repetition = new Repetition(4, Duration.ofNanos(200));
        Map<String, List<Long>> log = new HashMap<>();
        long now = 0;
        for (int step = 0; step < 5_000; step++) {
            now += random.nextInt(60);
            long at = now;
            String key = "k" + random.nextInt(4);
            List<Long> moments = log.computeIfAbsent(key, it -> new ArrayList<>());
            moments.add(at);
            boolean expected = moments.stream().filter(it -> at - it <= 200).count() >= 4;
            assertThat(repetition.tooOften(key, at)).as("step %d", step).isEqualTo(expected);
        }
    }
}
