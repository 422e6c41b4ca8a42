package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.testing.PublicationLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a broker does not confirm is given up in time, and nothing earlier. */
class ConfirmTimeoutTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Wraps soon: it must not matter. */
    private final Deadlines deadlines = new Deadlines(Long.MAX_VALUE - 5);

    private final ConfirmTracker tracker = new ConfirmTracker();
    private final ConfirmTimeout timeout = new ConfirmTimeout(deadlines, 7, tracker, () -> this.looks++);
    private final List<PublicationLog> published = new ArrayList<>();
    private int looks;

    private PublicationLog publish() {
        PublicationLog publication = new PublicationLog(OutboundMessage.of("x", "k", new byte[1]));
        published.add(publication);
        tracker.add(publication);
        timeout.published();
        return publication;
    }

    private void pass(Duration duration) {
        long end = deadlines.now() + duration.toNanos();
        while (deadlines.next().isPresent() && deadlines.next().getAsLong() - end <= 0) {
            deadlines.advance(deadlines.next().getAsLong());
        }
        deadlines.advance(end);
    }

    @Test
    void aPublishWithoutConfirmIsUnknownWhenItsTimeIsUp() {
        timeout.limit(LIMIT);
        PublicationLog publication = publish();
        pass(LIMIT.minusMillis(1));
        assertThat(publication.outcome()).isEqualTo("none");
        pass(Duration.ofMillis(1));
        assertThat(publication.results().get(0))
                .isInstanceOfSatisfying(
                        PublishResult.Unknown.class,
                        unknown -> assertThat(unknown.cause())
                                .isInstanceOf(AmqpTimeoutException.class)
                                .hasMessageContaining("PT30S")
                                .hasMessageContaining("channel 7"));
        assertThat(looks).as("whoever waits for the last one is told").isEqualTo(1);
    }

    @Test
    void aConfirmThatComesTooLateIsHeardByNobody() {
        timeout.limit(LIMIT);
        PublicationLog late = publish();
        pass(LIMIT);
        PublicationLog next = publish();
        tracker.ack(1, false);
        assertThat(late.outcome()).isEqualTo("Unknown");
        assertThat(next.outcome()).isEqualTo("none");
        tracker.ack(2, false);
        assertThat(next.outcome()).isEqualTo("Confirmed");
    }

    @Test
    void withoutALimitPublishesWait() {
        PublicationLog publication = publish();
        pass(Duration.ofDays(1));
        assertThat(publication.outcome()).isEqualTo("none");
        assertThat(deadlines.next()).isEmpty();
    }

    @Test
    void whenNothingIsUnconfirmedNobodyLooksAnyMore() {
        timeout.limit(LIMIT);
        publish();
        tracker.ack(1, false);
        pass(LIMIT);
        assertThat(deadlines.next()).isEmpty();
        publish();
        assertThat(deadlines.next()).isPresent();
    }

    @Test
    void stoppedItGivesNothingUp() {
        timeout.limit(LIMIT);
        PublicationLog publication = publish();
        timeout.stop();
        pass(LIMIT.multipliedBy(2));
        assertThat(publication.outcome()).isEqualTo("none");
    }

    @Test
    void atAnyRateOfPublishingEachIsGivenUpAfterItsTimeAndAtMostATenthLater() {
        timeout.limit(LIMIT);
        Random random = new Random(1);
        List<Long> begun = new ArrayList<>();
        long[] ended = new long[5_000];
        for (int i = 0; i < ended.length; i++) {
            begun.add(deadlines.now());
            publish();
            pass(Duration.ofMillis(random.nextInt(10) == 0 ? random.nextInt(3_000) : random.nextInt(20)));
            note(ended);
        }
        while (deadlines.next().isPresent()) {
            deadlines.advance(deadlines.next().getAsLong());
            note(ended);
        }
        for (int i = 0; i < ended.length; i++) {
            assertThat(Duration.ofNanos(ended[i] - begun.get(i)))
                    .as("publish %d", i)
                    .isBetween(LIMIT, LIMIT.plus(LIMIT.dividedBy(10)).plusSeconds(3));
        }
    }

    private void note(long[] ended) {
        for (int i = 0; i < published.size(); i++) {
            if (ended[i] == 0 && published.get(i).outcome().equals("Unknown")) {
                ended[i] = deadlines.now();
            }
        }
    }
}
