package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StreamProgressTest {

    private static final int SEEDS = 3_000;

    private final StreamProgress progress = new StreamProgress();

    @Test
    void aConsumerThatGotNothingBeginsAsItDidTheFirstTime() {
        progress.onSettled(1, true);
        progress.newIncarnation();

        assertThat(progress.resumeFrom()).isEmpty();
        assertThat(progress.isProcessed(0)).isFalse();
    }

    @Test
    void whatWasDeliveredAndNotProcessedComesAgain() {
        progress.onDelivered(1, 700);
        progress.onDelivered(2, 701);
        progress.newIncarnation();

        assertThat(progress.resumeFrom()).hasValue(700);
        assertThat(progress.isProcessed(700)).isFalse();
        assertThat(progress.isProcessed(699)).as("never delivered").isFalse();
    }

    @Test
    void afterTheLastProcessedOneTheNextIsWanted() {
        progress.onDelivered(1, 700);
        progress.onDelivered(2, 701);
        progress.onSettled(2, true);

        assertThat(progress.resumeFrom()).hasValue(702);
        assertThat(progress.isProcessed(701)).isTrue();
        assertThat(progress.isProcessed(702)).isFalse();
    }

    @Test
    void ofWhatWasSettledOutOfOrderOnlyTheRestIsProcessedAgain() {
        for (int i = 1; i <= 5; i++) {
            progress.onDelivered(i, 99 + i);
        }
        progress.onSettled(1, false);
        progress.onSettled(3, false);
        progress.onSettled(4, false);
        progress.newIncarnation();
        assertThat(progress.resumeFrom()).hasValue(101);

        List<Long> handedOut = new ArrayList<>();
        for (int i = 1; i <= 6; i++) {
            if (progress.onDelivered(i, 100 + i)) {
                handedOut.add(100L + i);
            }
        }

        assertThat(handedOut).containsExactly(101L, 104L, 105L, 106L);
    }

    @Test
    void aSettlementOfAnEarlierIncarnationOrAnotherConsumerChangesNothing() {
        progress.onDelivered(7, 100);
        progress.onSettled(6, true);
        progress.onSettled(9, false);
        progress.newIncarnation();
        progress.onSettled(7, false);

        assertThat(progress.resumeFrom()).hasValue(100);
    }

    @Test
    void aLossBeforeEverythingHasComeAgainForgetsNothing() {
        for (int i = 1; i <= 4; i++) {
            progress.onDelivered(i, i);
        }
        progress.onSettled(2, false);
        progress.newIncarnation();
        progress.onDelivered(1, 1);
        progress.onSettled(1, false);
        progress.newIncarnation();

        assertThat(progress.resumeFrom()).hasValue(3);
        assertThat(progress.isProcessed(2)).isTrue();
        assertThat(progress.isProcessed(4)).isFalse();
    }

    @Test
    void oneThatIsHeldWhileAMillionPassItByCostsNothing() {
        progress.onDelivered(1, 0);
        for (long i = 2; i <= 1_000_000; i++) {
            progress.onDelivered(i, i * 3);
            progress.onSettled(i, false);
        }

        assertThat(progress.retained()).isEqualTo(2);
        assertThat(progress.resumeFrom()).hasValue(0);
        assertThat(progress.isProcessed(999_999)).isTrue();
    }

    @Test
    void offsetsThatBeginAnewAreAnotherStreams() {
        progress.onDelivered(1, 100);
        progress.onSettled(1, false);
        progress.newIncarnation();

        assertThat(progress.onDelivered(1, 10)).isTrue();
        assertThat(progress.onDelivered(2, 50)).isTrue();
        assertThat(progress.onDelivered(3, 100)).isTrue();
        progress.onSettled(3, true);
        assertThat(progress.resumeFrom()).hasValue(101);
    }

    @Test
    void whateverIsLostNothingIsLeftOutAndNothingSettledIsHandedOutTwice() {
        LongStream.concat(LongStream.range(0, SEEDS / 2), new Random().longs(SEEDS / 2))
                .forEach(StreamProgressTest::run);
    }

    /** A broker with a stream, with gaps as a filter makes them, and a naive account of what was processed. */
    private static void run(long seed) {
        Random random = new Random(seed);
        StreamProgress progress = new StreamProgress();
        List<Long> stream = new ArrayList<>();
        long offset = random.nextInt(1_000);
        int length = random.nextInt(200);
        for (int i = 0; i < length; i++) {
            stream.add(offset);
            offset += random.nextInt(10) == 0 ? 1 + random.nextInt(50) : 1;
        }
        int prefetch = 1 + random.nextInt(30);
        Set<Long> processed = new HashSet<>();
        Set<Long> delivered = new HashSet<>();
        while (processed.size() < stream.size()) {
            long from = progress.resumeFrom().orElse(Long.MIN_VALUE);
            long expected = stream.stream()
                    .filter(it -> delivered.contains(it) && !processed.contains(it))
                    .findFirst()
                    .orElse(delivered.stream().mapToLong(it -> it + 1).max().orElse(Long.MIN_VALUE));
            assertThat(from).as("where seed %d resumes", seed).isEqualTo(expected);
            incarnation(
                    random,
                    progress,
                    stream.stream().filter(it -> it >= from).toList(),
                    prefetch,
                    processed,
                    delivered);
            assertThat(progress.retained()).isLessThanOrEqualTo(2 * prefetch);
            progress.newIncarnation();
        }
    }

    private static void incarnation(
            Random random,
            StreamProgress progress,
            List<Long> coming,
            int prefetch,
            Set<Long> processed,
            Set<Long> delivered) {
        TreeMap<Long, Long> held = new TreeMap<>();
        long tag = random.nextInt(3);
        int next = 0;
        int steps = random.nextInt(150);
        for (int step = 0; step < steps; step++) {
            if (next < coming.size() && held.size() < prefetch && random.nextInt(2) == 0) {
                long offset = coming.get(next++);
                tag += 1 + random.nextInt(2); // some are another consumer's
                assertThat(progress.isProcessed(offset)).isEqualTo(processed.contains(offset));
                boolean fresh = progress.onDelivered(tag, offset);
                assertThat(fresh).as("offset %d", offset).isEqualTo(!processed.contains(offset));
                delivered.add(offset);
                if (fresh) {
                    held.put(tag, offset);
                }
            } else if (!held.isEmpty()) {
                Long picked = held.ceilingKey(random.nextLong(tag + 1));
                long settled = picked == null ? held.lastKey() : picked;
                if (random.nextInt(8) == 0) {
                    progress.onSettled(settled, true);
                    processed.addAll(held.headMap(settled, true).values());
                    held.headMap(settled, true).clear();
                } else {
                    progress.onSettled(settled, false);
                    processed.add(held.remove(settled));
                }
            }
        }
    }
}
