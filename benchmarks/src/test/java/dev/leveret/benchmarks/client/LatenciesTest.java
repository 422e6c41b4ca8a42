package dev.leveret.benchmarks.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 63, 64, 65, 127, 128, 1_000, 123_456, 3_000_000_000L, Long.MAX_VALUE / 2})
    void aTimeIsTooLargeByOneSixtyFourthAtMost(long nanos) {
        Latencies latencies = new Latencies();
        latencies.add(nanos);
        assertThat(latencies.micros(0.5)).isBetween(nanos / 1e3, (nanos + 1) * (1 + 1 / 64.0) / 1e3);
    }

    @Test
    void ofAThousandTimesTenAreLongerThanTheNinetyNinthPercentile() {
        Latencies latencies = new Latencies();
        for (int i = 1; i <= 1000; i++) {
            latencies.add(i * 1000L);
        }
        assertThat(latencies.micros(0.50)).isCloseTo(500, within(500 / 60.0));
        assertThat(latencies.micros(0.99)).isCloseTo(990, within(990 / 60.0));
    }

    @Test
    void thereIsNoneWhereNothingWasTaken() {
        assertThat(new Latencies().micros(0.5)).isZero();
    }
}
