package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SrvRecordTest {

    private static SrvRecord record(int priority, int weight, String target) {
        return new SrvRecord(priority, weight, 5672, target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 2 3", "1 2 3 host. more", "a 2 3 host."})
    void whatIsNoRecordIsRefused(String text) {
        assertThatThrownBy(() -> SrvRecord.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aRecordIsReadAsZoneFilesWriteIt() {
        assertThat(SrvRecord.parse("10 60 5673 broker.example."))
                .isEqualTo(new SrvRecord(10, 60, 5673, "broker.example"));
        assertThat(SrvRecord.parse("0 0 0 .").target()).isEmpty();
    }

    @Test
    void theLowerPriorityComesFirstWhateverTheWeights() {
        List<SrvRecord> records = List.of(record(20, 65535, "late"), record(0, 0, "first"), record(10, 1, "second"));
        for (int seed = 0; seed < 100; seed++) {
            assertThat(SrvRecord.inOrder(records, new Random(seed)))
                    .extracting(SrvRecord::target)
                    .containsExactly("first", "second", "late");
        }
    }

    @Test
    void withinAPriorityTheWeightsAreTheChances() {
        List<SrvRecord> records =
                List.of(record(0, 60, "a"), record(0, 30, "b"), record(0, 10, "c"), record(0, 0, "d"));
        Map<String, Integer> first = new HashMap<>();
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            List<SrvRecord> order = SrvRecord.inOrder(records, random);
            assertThat(order).containsExactlyInAnyOrderElementsOf(records);
            first.merge(order.get(0).target(), 1, Integer::sum);
        }
        assertThat(first.get("a") / 200.0).isCloseTo(60, within(2.0));
        assertThat(first.get("b") / 200.0).isCloseTo(30, within(2.0));
        assertThat(first.get("c") / 200.0).isCloseTo(10, within(2.0));
        assertThat(first.get("d") / 200.0).as("a small chance").isBetween(0.2, 2.0);
    }
}
