package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.testing.PublicationLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link ConfirmTracker} against the obvious way to do it: a list of all publishes ever made. */
class ConfirmTrackerModelTest {

    private static final OutboundMessage MESSAGE = OutboundMessage.of("x", "k", new byte[0]);

    /** One publish as the naive model sees it. */
    private static final class Entry {
        final PublicationLog publication;
        String expected = "none";

        Entry(PublicationLog publication) {
            this.publication = publication;
        }
    }

    private final List<Entry> model = new ArrayList<>();
    private final ConfirmTracker tracker = new ConfirmTracker();

    static List<Long> seeds() {
        return new Random().longs(20).boxed().toList();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void agreesWithTheModel(long seed) {
        run(seed);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agreesWithTheModelWhateverTheSeed(long seed) {
        run(seed);
    }

    private void run(long seed) {
        Random random = new Random(seed);
        int inFlight = 1 + random.nextInt(500);
        for (int step = 0; step < 3_000; step++) {
            if (random.nextInt(100) < 55 && unanswered() < inFlight) {
                publish(random);
            } else {
                answer(random);
            }
        }
        tracker.failAll(new ConnectionLostException("gone", null), null);
        model.forEach(it -> settle(it, "Unknown"));
        check(seed);
    }

    private void publish(Random random) {
        boolean awaited = random.nextInt(10) > 0;
        PublicationLog publication = new PublicationLog(MESSAGE);
        tracker.add(awaited ? publication : null);
        Entry entry = new Entry(publication);
        if (!awaited) {
            entry.expected = "nobody waits";
        }
        model.add(entry);
    }

    private void answer(Random random) {
        long sequence = random.nextInt(20) == 0
                ? random.nextInt(model.size() + 5) - 2
                : Math.max(1, model.size() - random.nextInt(40));
        boolean multiple = random.nextInt(4) == 0;
        String outcome = random.nextInt(5) == 0 ? "Nacked" : "Confirmed";
        if (outcome.equals("Nacked")) {
            tracker.nack(sequence, multiple);
        } else {
            tracker.ack(sequence, multiple);
        }
        if (sequence >= 1 && sequence <= model.size()) {
            for (long each = multiple ? 1 : sequence; each <= sequence; each++) {
                settle(model.get((int) each - 1), outcome);
            }
        }
    }

    private static void settle(Entry entry, String outcome) {
        if (entry.expected.equals("none")) {
            entry.expected = outcome;
        }
    }

    private long unanswered() {
        return model.stream()
                .skip(Math.max(0, model.size() - 600))
                .filter(it -> it.expected.equals("none"))
                .count();
    }

    private void check(long seed) {
        for (int i = 0; i < model.size(); i++) {
            Entry entry = model.get(i);
            String expected = entry.expected.equals("nobody waits") ? "none" : entry.expected;
            assertThat(entry.publication.outcome())
                    .as("publish %d of seed %d", i + 1, seed)
                    .isEqualTo(expected);
        }
        assertThat(tracker.outstanding()).isZero();
    }
}
