package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.machine.Deadlines.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlinesTest {

    private final List<String> ran = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {0, -5_000, Long.MAX_VALUE - 10, Long.MIN_VALUE})
    void actionsRunInTheOrderOfTheirTimesWhateverTheOrigin(long origin) {
        Deadlines deadlines = new Deadlines(origin);
        deadlines.after(Duration.ofNanos(30), () -> ran.add("third"));
        deadlines.after(Duration.ofNanos(10), () -> ran.add("first"));
        deadlines.after(Duration.ofNanos(20), () -> ran.add("second"));

        deadlines.advance(origin + 9);
        assertThat(ran).isEmpty();
        deadlines.advance(origin + 20);
        assertThat(ran).containsExactly("first", "second");
        assertThat(deadlines.next()).hasValue(origin + 30);
        deadlines.advance(origin + 1_000);
        assertThat(ran).containsExactly("first", "second", "third");
        assertThat(deadlines.next()).isEmpty();
    }

    @Test
    void aCancelledActionNeverRunsAndIsNotWaitedFor() {
        Deadlines deadlines = new Deadlines(0);
        Deadline cancelled = deadlines.at(10, () -> ran.add("cancelled"));
        deadlines.at(20, () -> ran.add("kept"));

        cancelled.cancel();
        cancelled.cancel();

        assertThat(deadlines.size()).isEqualTo(1);
        assertThat(deadlines.next()).hasValue(20);
        deadlines.advance(100);
        assertThat(ran).containsExactly("kept");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void cancellingWhatHasRunChangesNothing() {
        Deadlines deadlines = new Deadlines(0);
        Deadline done = deadlines.at(10, () -> ran.add("done"));
        deadlines.at(20, () -> ran.add("waiting"));
        deadlines.advance(10);

        done.cancel();

        assertThat(deadlines.size()).isEqualTo(1);
        deadlines.advance(20);
        assertThat(ran).containsExactly("done", "waiting");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void anActionMayCancelAnotherThatIsDueAtTheSameTime() {
        Deadlines deadlines = new Deadlines(0);
        Deadline later = deadlines.at(20, () -> ran.add("later"));
        deadlines.at(10, () -> {
            ran.add("earlier");
            later.cancel();
        });

        deadlines.advance(50);

        assertThat(ran).containsExactly("earlier");
        assertThat(deadlines.size()).isZero();
    }

    @Test
    void anActionMayScheduleAnotherThatIsDueAlready() {
        Deadlines deadlines = new Deadlines(0);
        deadlines.at(10, () -> deadlines.at(15, () -> ran.add("nested at " + deadlines.now())));

        deadlines.advance(50);

        assertThat(ran).containsExactly("nested at 50");
    }

    @Test
    void aDelayTooLongToCountMeansNever() {
        Deadlines deadlines = new Deadlines(Long.MAX_VALUE - 1);
        deadlines.after(Duration.ofSeconds(Long.MAX_VALUE), () -> ran.add("never"));
        deadlines.after(Duration.ofSeconds(1), () -> ran.add("soon"));

        deadlines.advance(Long.MAX_VALUE - 1 + Duration.ofDays(365).toNanos());

        assertThat(ran).containsExactly("soon");
    }

    @Test
    void manyCancelledOnesDoNotPileUp() {
        Deadlines deadlines = new Deadlines(0);
        Deadline kept = deadlines.at(1_000_000, () -> ran.add("kept"));
        for (int i = 0; i < 100_000; i++) {
            deadlines.at(2_000_000 + i, () -> ran.add("cancelled")).cancel();
        }

        assertThat(deadlines.size()).isEqualTo(1);
        assertThat(deadlines.entries()).isLessThan(200);
        kept.cancel();
        assertThat(deadlines.next()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void behavesAsASortedListDoes(long seed) {
        Random random = new Random(seed);
        Deadlines deadlines = new Deadlines(0);
        TreeMap<Long, String> model = new TreeMap<>();
        TreeMap<Long, Deadline> live = new TreeMap<>();
        long now = 0;
        for (int step = 0; step < 5_000; step++) {
            int choice = random.nextInt(10);
            if (choice < 6) {
                long at = now + 1 + random.nextInt(10_000);
                if (!model.containsKey(at)) {
                    model.put(at, "at " + at);
                    live.put(at, deadlines.at(at, () -> ran.add("at " + at)));
                }
            } else if (choice < 9 && !live.isEmpty()) {
                Long victim = live.ceilingKey(now + random.nextInt(10_000));
                if (victim != null) {
                    live.remove(victim).cancel();
                    model.remove(victim);
                }
            } else {
                now += random.nextInt(3_000);
                ran.clear();
                deadlines.advance(now);
                assertThat(ran)
                        .containsExactlyElementsOf(model.headMap(now, true).values());
                model.headMap(now, true).clear();
                live.headMap(now, true).clear();
            }
            assertThat(deadlines.size()).isEqualTo(model.size());
            if (model.isEmpty()) {
                assertThat(deadlines.next()).isEmpty();
            } else {
                assertThat(deadlines.next()).hasValue(model.firstKey());
            }
        }
    }
}
