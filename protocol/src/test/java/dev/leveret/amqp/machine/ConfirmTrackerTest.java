package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.testing.PublicationLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfirmTrackerTest {

    private static final int INITIAL_CAPACITY = 64;

    private final ConfirmTracker tracker = new ConfirmTracker();
    /** The publication of sequence number {@code n} is number {@code n - 1} here. */
    private final List<PublicationLog> published = new ArrayList<>();

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            PublicationLog publication =
                    new PublicationLog(OutboundMessage.of("x", "k", new byte[] {(byte) published.size()}));
            published.add(publication);
            tracker.add(publication);
        }
    }

    private List<String> outcomes() {
        return published.stream().map(PublicationLog::outcome).toList();
    }

    @Test
    void onlyPublishedNumbersAreKnown() {
        assertThat(tracker.isKnown(1)).isFalse();
        publish(2);
        assertThat(tracker.isKnown(1)).isTrue();
        assertThat(tracker.isKnown(2)).isTrue();
        assertThat(tracker.isKnown(3)).isFalse();
        assertThat(tracker.isKnown(0)).as("numbers begin at 1").isFalse();
        assertThat(tracker.isKnown(-1)).as("2^64-1").isFalse();
        assertThat(tracker.isKnown(Long.MIN_VALUE)).isFalse();
    }

    @Test
    void aSingleAckConfirmsOneAlone() {
        publish(3);
        tracker.ack(2, false);
        assertThat(outcomes()).containsExactly("none", "Confirmed", "none");
    }

    @Test
    void aMultipleAckConfirmsEverythingUpToItsNumber() {
        publish(4);
        tracker.ack(3, true);
        assertThat(outcomes()).containsExactly("Confirmed", "Confirmed", "Confirmed", "none");
    }

    @Test
    void aMultipleNackRefusesWhatHasNoAnswerYet() {
        publish(4);
        tracker.ack(2, false);
        tracker.nack(3, true);
        tracker.ack(4, false);
        assertThat(outcomes()).containsExactly("Nacked", "Confirmed", "Nacked", "Confirmed");
    }

    @Test
    void aSingleNackRefusesOneAlone() {
        publish(2);
        tracker.nack(1, false);
        assertThat(outcomes()).containsExactly("Nacked", "none");
    }

    @Test
    void answersMayComeInAnyOrder() {
        publish(5);
        for (long sequence : new long[] {5, 2, 4, 1, 3}) {
            tracker.ack(sequence, false);
        }
        assertThat(outcomes()).containsOnly("Confirmed");
        assertThat(tracker.outstanding()).isZero();
    }

    @Test
    void aSecondAnswerToTheSameNumberChangesNothing() {
        publish(2);
        tracker.ack(1, false);
        tracker.nack(1, false);
        tracker.ack(2, true);
        tracker.nack(2, true);
        assertThat(outcomes()).containsExactly("Confirmed", "Confirmed");
    }

    @Test
    void unknownNumbersChangeNothing() {
        publish(1);
        tracker.ack(7, false);
        tracker.nack(7, true);
        tracker.ack(0, true);
        tracker.ack(-3, true);
        assertThat(outcomes()).containsExactly("none");
    }

    @Test
    void aPublishThatNobodyWaitsForCountsAllTheSame() {
        tracker.add(null);
        publish(1);
        tracker.add(null);
        publish(1);
        tracker.ack(2, false);
        assertThat(outcomes()).containsExactly("Confirmed", "none");
        tracker.ack(4, true);
        assertThat(outcomes()).containsExactly("Confirmed", "Confirmed");
    }

    @Test
    void theRingGrowsWithWhatIsInFlightAndKeepsItsOrder() {
        publish(10);
        tracker.ack(10, true);
        publish(1_000);
        assertThat(tracker.outstanding()).isEqualTo(1_000);
        tracker.ack(510, true);
        assertThat(outcomes().subList(0, 510)).containsOnly("Confirmed");
        assertThat(outcomes().subList(510, 1_010)).containsOnly("none");
        tracker.nack(1_010, true);
        assertThat(outcomes().subList(510, 1_010)).containsOnly("Nacked");
    }

    @Test
    void theRingDoesNotGrowWithWhatHasBeenAnswered() {
        for (int round = 0; round < 10_000; round++) {
            publish(1);
            tracker.ack(published.size(), false);
        }
        assertThat(tracker.capacity()).isEqualTo(INITIAL_CAPACITY);
    }

    @Test
    void theRingDoesNotGrowAfterAnswersOutOfOrder() {
        publish(4);
        tracker.ack(2, false);
        tracker.ack(4, false);
        tracker.ack(3, false);
        tracker.ack(1, false);
        for (int round = 0; round < 10_000; round++) {
            publish(1);
            tracker.ack(published.size(), false);
        }
        assertThat(outcomes()).containsOnly("Confirmed");
        assertThat(tracker.capacity()).isEqualTo(INITIAL_CAPACITY);
    }

    @Test
    void theRingDoesNotGrowWithPublishesThatNobodyWaitsFor() {
        for (long sequence = 1; sequence <= 10_000; sequence++) {
            tracker.add(null);
            if (sequence % 7 != 0) {
                tracker.ack(sequence, false);
            }
        }
        assertThat(tracker.capacity()).isEqualTo(INITIAL_CAPACITY);
    }

    @Test
    void theEndLeavesEveryUnansweredPublishUnknownOnce() {
        AmqpException cause = new ConnectionLostException("gone", null);
        publish(200);
        tracker.ack(50, true);
        tracker.ack(60, false);
        tracker.failAll(cause, null);
        tracker.failAll(new ConnectionLostException("again", null), null);
        tracker.ack(200, true);
        assertThat(outcomes().subList(0, 50)).containsOnly("Confirmed");
        assertThat(outcomes().get(59)).isEqualTo("Confirmed");
        assertThat(outcomes().subList(60, 200)).containsOnly("Unknown");
        assertThat(published.get(199).results()).containsExactly(new PublishResult.Unknown(cause));
        assertThat(tracker.outstanding()).isZero();
    }
}
