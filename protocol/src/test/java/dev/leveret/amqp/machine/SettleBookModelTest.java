package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link SettleBook} against a model of the broker: whatever the user does, the frames that are written settle exactly what
 * the user settled, and never name a tag that the broker does not hold.
 */
class SettleBookModelTest {

    private final SettleBook book = new SettleBook();
    /** What the broker waits for. */
    private final TreeSet<Long> broker = new TreeSet<>();
    /** What the user has not settled. */
    private final TreeSet<Long> user = new TreeSet<>();

    static List<Long> seeds() {
        List<Long> seeds = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 5L));
        new Random().longs(30).forEach(seeds::add);
        return seeds;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void theFramesSettleExactlyWhatTheUserSettled(long seed) {
        Random random = new Random(seed);
        long tag = 0;
        int prefetch = 1 + random.nextInt(400);
        int disorder = random.nextInt(100);
        for (int step = 0; step < 4_000; step++) {
            int choice = random.nextInt(100);
            if (choice < 50 && user.size() < prefetch) {
                tag += random.nextInt(8) == 0 ? 1 + random.nextInt(100) : 1; // gaps are automatically acknowledged
                book.delivered(tag);
                broker.add(tag);
                user.add(tag);
            } else if (choice < 85) {
                acknowledge(random, disorder, tag);
            } else if (choice < 92) {
                settleOtherwise(random);
            } else if (choice < 99) {
                flush();
            } else if (random.nextInt(20) == 0) {
                book.clear();
                broker.clear();
                user.clear();
            }
            assertThat(book.outstanding()).as("step %d of seed %d", step, seed).isEqualTo(broker.size());
        }
        flush();
        book.ack(tag, true);
        user.clear();
        flush();
        assertThat(book.words()).isZero();
    }

    private void acknowledge(Random random, int disorder, long tag) {
        if (random.nextInt(10) == 0) {
            long strange = random.nextLong(tag + 10);
            boolean expected = user.contains(strange);
            assertThat(book.ack(strange, false)).isEqualTo(expected);
            user.remove(strange);
        } else if (!user.isEmpty()) {
            long picked = random.nextInt(100) < disorder ? pick(random) : user.first();
            boolean multiple = random.nextInt(15) == 0;
            assertThat(book.ack(picked, multiple)).isTrue();
            if (multiple) {
                user.headSet(picked, true).clear();
            } else {
                user.remove(picked);
            }
        }
    }

    /** As a channel does it: noted acknowledgements go out first. */
    private void settleOtherwise(Random random) {
        flush();
        if (user.isEmpty()) {
            return;
        }
        long picked = pick(random);
        boolean multiple = random.nextInt(4) == 0;
        assertThat(book.remove(picked, multiple)).isTrue();
        if (multiple) {
            user.headSet(picked, true).clear();
            broker.headSet(picked, true).clear();
        } else {
            user.remove(picked);
            broker.remove(picked);
        }
    }

    private long pick(Random random) {
        Long picked = user.ceiling(user.first() + random.nextLong(user.last() - user.first() + 1));
        return picked == null ? user.last() : picked;
    }

    private void flush() {
        TreeSet<Long> acknowledged = new TreeSet<>(broker);
        acknowledged.removeAll(user);
        int singlesNeeded =
                user.isEmpty() ? 0 : acknowledged.tailSet(user.first()).size();
        int runNeeded = acknowledged.size() > singlesNeeded ? 1 : 0;
        List<Long> written = new ArrayList<>();

        book.flush((tag, multiple) -> {
            assertThat(broker).as("a tag that the broker knows").contains(tag);
            written.add(tag);
            if (multiple) {
                broker.headSet(tag, true).clear();
            } else {
                broker.remove(tag);
            }
        });

        assertThat(broker).isEqualTo(user);
        assertThat(written).as("as few frames as possible").hasSize(runNeeded + singlesNeeded);
        assertThat(book.hasAcks()).isFalse();
    }
}
