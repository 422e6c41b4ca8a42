package dev.leveret.benchmarks.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TagLedgerTest {

    private final TagLedger ledger = new TagLedger();

    @Test
    void aTagUpToWhichAllAreSettledCountsThoseThatWereNot() {
        assertThat(ledger.settle(3, false)).isEqualTo(1);
        assertThat(ledger.settle(1, false)).isEqualTo(1);
        assertThat(ledger.settle(4, true)).isEqualTo(2);
        assertThat(ledger.settle(5, false)).isEqualTo(1);
        assertThat(ledger.count()).isEqualTo(5);
    }

    @Test
    void theSlotsAreUsedAgain() {
        for (long tag = 1; tag <= 300_000; tag += 2) {
            assertThat(ledger.settle(tag + 1, false)).isEqualTo(1);
            assertThat(ledger.settle(tag, tag % 3 == 0)).isEqualTo(1);
        }
        assertThat(ledger.count()).isEqualTo(300_000);
    }

    @Test
    void aTagThatIsSettledIsNotSettledAgain() {
        ledger.settle(2, true);
        ledger.settle(4, false);
        assertThatThrownBy(() -> ledger.settle(2, false)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ledger.settle(1, true)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> ledger.settle(4, false)).isInstanceOf(IllegalStateException.class);
    }
}
