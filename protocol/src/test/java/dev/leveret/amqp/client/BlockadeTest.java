package dev.leveret.amqp.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BlockedPolicy;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.machine.Deadlines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockadeTest {

    private final Deadlines deadlines = new Deadlines(0);
    private final List<String> events = new ArrayList<>();

    private Blockade blockade(BlockedPolicy policy, Duration... timeout) {
        Blockade blockade = new Blockade(
                policy,
                deadlines,
                () -> events.add("go"),
                reason -> new ConnectionBlockedException("connection 'orders' is blocked: " + reason, null));
        for (Duration longest : timeout) {
            blockade.limit(longest, reason -> events.add("end: " + reason));
        }
        return blockade;
    }

    private void pass(Duration time) {
        deadlines.tell(deadlines.now() + time.toNanos());
        deadlines.runDue();
    }

    @Test
    void whoWaitsIsHeldUntilTheBrokerReadsAgain() {
        Blockade blockade = blockade(BlockedPolicy.waiting());
        assertThat(blockade.holds()).isFalse();
        blockade.blocked("low on memory");
        pass(Duration.ofDays(1));
        assertThat(blockade.holds()).isTrue();
        assertThat(blockade.refusal()).isNull();
        blockade.lifted();
        assertThat(blockade.holds()).isFalse();
        assertThat(events).containsExactly("go");
    }

    @Test
    void whoDoesNotWaitIsRefusedAtOnceAndToldTheReason() {
        Blockade blockade = blockade(BlockedPolicy.failFast());
        blockade.blocked("low on memory");
        assertThat(blockade.holds()).isFalse();
        assertThat(blockade.refusal())
                .isInstanceOf(ConnectionBlockedException.class)
                .hasMessageContaining("orders")
                .hasMessageContaining("low on memory");
        blockade.lifted();
        assertThat(blockade.refusal()).isNull();
    }

    @Test
    void patienceEndsAndBeginsAnewWithTheNextBlockade() {
        Blockade blockade = blockade(BlockedPolicy.waitUpTo(Duration.ofSeconds(10)));
        blockade.blocked("disk");
        pass(Duration.ofSeconds(9));
        blockade.blocked("disk"); // said again while it lasts
        assertThat(blockade.holds()).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(blockade.holds()).isFalse();
        assertThat(blockade.refusal()).isNotNull();
        assertThat(events).containsExactly("go");
        blockade.lifted();
        blockade.blocked("disk");
        pass(Duration.ofSeconds(9));
        assertThat(blockade.holds()).isTrue();
        blockade.lifted();
        pass(Duration.ofSeconds(60));
        assertThat(blockade.refusal()).isNull();
    }

    @Test
    void aConnectionThatIsBlockedForTooLongIsGivenUp() {
        Blockade blockade = blockade(BlockedPolicy.waiting(), Duration.ofMinutes(5));
        blockade.blocked("disk");
        pass(Duration.ofMinutes(4));
        blockade.lifted();
        blockade.blocked("disk");
        pass(Duration.ofMinutes(4));
        assertThat(events).containsExactly("go");
        pass(Duration.ofMinutes(1));
        assertThat(events).last().asString().isEqualTo("end: disk");
    }
}
