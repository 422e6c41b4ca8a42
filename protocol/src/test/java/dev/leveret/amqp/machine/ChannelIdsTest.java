package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChannelIdsTest {

    @Test
    void withoutANegotiatedNumberThereIsNone() {
        assertThat(new ChannelIds(0).acquire()).isEmpty();
    }

    @Test
    void numbersStartAtOneAndEndAtTheLimit() {
        ChannelIds ids = new ChannelIds(3);
        assertThat(ids.acquire()).hasValue(1);
        assertThat(ids.acquire()).hasValue(2);
        assertThat(ids.acquire()).hasValue(3);
        assertThat(ids.acquire()).isEmpty();
    }

    @Test
    void aFreedNumberWaitsUntilTheUnusedOnesAreGone() {
        ChannelIds ids = new ChannelIds(4);
        ids.acquire();
        ids.acquire();
        ids.release(1);
        assertThat(ids.acquire()).hasValue(3);
        assertThat(ids.acquire()).hasValue(4);
        assertThat(ids.acquire()).hasValue(1);
        assertThat(ids.acquire()).isEmpty();
    }

    @Test
    void theNumberThatHasBeenFreeForLongestComesFirst() {
        ChannelIds ids = new ChannelIds(3);
        ids.acquire();
        ids.acquire();
        ids.acquire();
        ids.release(2);
        ids.release(3);
        ids.release(1);
        assertThat(ids.acquire()).hasValue(2);
        assertThat(ids.acquire()).hasValue(3);
        assertThat(ids.acquire()).hasValue(1);
    }

    @Test
    void onlyNumbersThatWereHandedOutHaveBeenUsed() {
        ChannelIds ids = new ChannelIds(10);
        assertThat(ids.everUsed(1)).isFalse();
        ids.acquire();
        ids.acquire();
        ids.release(1);
        assertThat(ids.everUsed(0))
                .as("the connection's own number is no channel's")
                .isFalse();
        assertThat(ids.everUsed(1)).isTrue();
        assertThat(ids.everUsed(2)).isTrue();
        assertThat(ids.everUsed(3)).isFalse();
        assertThat(ids.highest()).isEqualTo(2);
        assertThat(ids.max()).isEqualTo(10);
    }

    @Test
    void allOfTheHighestLimitCanBeInUseAtOnce() {
        ChannelIds ids = new ChannelIds(65_535);
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < 65_535; i++) {
            all.add(ids.acquire().orElseThrow());
        }
        assertThat(all).doesNotHaveDuplicates();
        assertThat(ids.acquire()).isEmpty();
    }
}
