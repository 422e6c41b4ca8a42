package dev.leveret.jms.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DelayBucketTest {

    private static final DelayTarget TARGET = DelayTarget.QUEUES;

    private static long limit(long delay) {
        return DelayBucket.of(delay, 4, TARGET).limit();
    }

    @Test
    void noDelayIsLongerThanItsBucketNorShorterByMoreThanASixteenth() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            long delay = 1 + (random.nextLong() & 0xFFFF_FFFFL) >> random.nextInt(32);
            delay = Math.max(1, Math.min(delay, DelayBucket.MAX_DELAY));
            assertThat(limit(delay)).isGreaterThanOrEqualTo(delay);
            assertThat(limit(delay) - delay).isLessThanOrEqualTo(Math.max(15, delay / 16));
        }
    }

    @Test
    void thereAreFewBuckets() {
        Set<Long> limits = new HashSet<>();
        for (long delay = 1; delay <= 65536; delay++) {
            limits.add(limit(delay));
        }
        assertThat(limits).hasSizeLessThanOrEqualTo(16 * 9);
    }

    @Test
    void theLongestDelayHasABucketThatRabbitMqTakes() {
        assertThat(DelayBucket.of(DelayBucket.MAX_DELAY, 4, TARGET).spec().arguments())
                .containsEntry("x-message-ttl", DelayBucket.MAX_DELAY);
    }

    @Test
    void messagesOfAnotherPriorityWaitElsewhere() {
        assertThat(DelayBucket.of(1000, 4, TARGET).name()).isEqualTo("jms.delay.1024.queues");
        assertThat(DelayBucket.of(1000, 9, TARGET).name()).isEqualTo("jms.delay.1024.p9.queues");
    }

    @Test
    void aReplicatedBucketKeepsAMessageUntilItIsInAQueue() {
        assertThat(DelayBucket.of(1000, 4, TARGET).spec().arguments())
                .containsEntry("x-queue-type", "quorum")
                .containsEntry("x-dead-letter-strategy", "at-least-once")
                .containsEntry("x-overflow", "reject-publish")
                .doesNotContainKey("x-expires");
        assertThat(DelayBucket.of(1000, 4, DelayTarget.unconfirmed("")).spec().arguments())
                .containsEntry("x-queue-type", "classic")
                .doesNotContainKey("x-expires");
    }

    @Test
    void namesFitIntoAmqpHoweverLongTheExchanges() {
        String exchange = "e".repeat(255);
        assertThat(DelayBucket.of(1000, 9, DelayTarget.topics(exchange)).name()).hasSizeLessThanOrEqualTo(255);
        assertThat(DelayTarget.topics(exchange).exchange()).hasSizeLessThanOrEqualTo(255);
    }
}
