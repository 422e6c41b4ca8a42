package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.testing.PublicationLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Returned messages carry no number: {@link ConfirmTracker} finds whose they are. */
class ConfirmTrackerReturnsTest {

    private final ConfirmTracker tracker = new ConfirmTracker();
    private final List<PublicationLog> published = new ArrayList<>();

    private PublicationLog publish(OutboundMessage message) {
        PublicationLog publication = new PublicationLog(message);
        published.add(publication);
        tracker.add(publication);
        return publication;
    }

    private static OutboundMessage message(String key, String body, BasicProperties properties) {
        return new OutboundMessage("x", key, true, properties, body.getBytes(StandardCharsets.UTF_8));
    }

    private static OutboundMessage message(String key, String body) {
        return message(key, body, BasicProperties.EMPTY);
    }

    private static ReturnedMessage returned(OutboundMessage message) {
        return returned(message, message.properties());
    }

    private static ReturnedMessage returned(OutboundMessage message, BasicProperties properties) {
        return new ReturnedMessage(
                312, "NO_ROUTE", message.exchange(), message.routingKey(), properties, message.body());
    }

    private List<String> outcomes() {
        return published.stream().map(PublicationLog::outcome).toList();
    }

    @Test
    void aReturnedMessageIsToldWithItsReasonAndItsAckChangesNothing() {
        OutboundMessage message = message("nowhere", "body");
        PublicationLog publication = publish(message);
        assertThat(tracker.returned(returned(message))).isTrue();
        tracker.ack(1, false);
        assertThat(publication.outcome()).isEqualTo("Returned");
        assertThat(((PublishResult.Returned) publication.results().get(0))
                        .message()
                        .replyCode())
                .isEqualTo(312);
    }

    @Test
    void aNackBeforeTheReturnLeavesNobodyForTheReturn() {
        OutboundMessage message = message("nowhere", "body");
        publish(message);
        tracker.nack(1, false);
        assertThat(tracker.returned(returned(message))).isFalse();
        assertThat(outcomes()).containsExactly("Nacked");
    }

    @Test
    void nobodyWaitsForAMessageThatWasNotMandatoryOrNotAskedFor() {
        OutboundMessage message = message("nowhere", "body");
        publish(message.withMandatory(false));
        tracker.add(null);
        assertThat(tracker.returned(returned(message))).isFalse();
        assertThat(outcomes()).containsExactly("none");
    }

    @Test
    void exchangeKeyAndBodyTellMessagesApart() {
        publish(message("a", "1"));
        publish(message("b", "1"));
        publish(message("b", "2"));
        publish(new OutboundMessage("y", "b", true, BasicProperties.EMPTY, "2".getBytes(StandardCharsets.UTF_8)));
        tracker.returned(returned(message("b", "2")));
        assertThat(outcomes()).containsExactly("none", "none", "Returned", "none");
    }

    @Test
    void everySeventhOfThousandsInFlightIsTold() {
        int count = 3_000;
        for (int i = 0; i < count; i++) {
            publish(message(i % 7 == 0 ? "nowhere" : "q", "body " + i));
        }
        for (int i = 0; i < count; i++) {
            if (i % 7 == 0) {
                tracker.returned(returned(published.get(i).message()));
                tracker.ack(i + 1, false);
            }
        }
        tracker.ack(count, true);
        for (int i = 0; i < count; i++) {
            assertThat(outcomes().get(i)).as("message " + i).isEqualTo(i % 7 == 0 ? "Returned" : "Confirmed");
        }
    }

    @Test
    void ofIdenticalMessagesEachReturnIsForOne() {
        for (int i = 0; i < 5; i++) {
            publish(message("nowhere", "same"));
        }
        for (int i = 0; i < 3; i++) {
            assertThat(tracker.returned(returned(message("nowhere", "same")))).isTrue();
        }
        assertThat(outcomes()).containsExactly("Returned", "Returned", "Returned", "none", "none");
    }

    @Test
    void identicalBodiesAreToldApartByTheirProperties() {
        publish(message("k", "same", BasicProperties.builder().messageId("1").build()));
        publish(message("k", "same", BasicProperties.builder().messageId("2").build()));
        publish(message(
                "k", "same", BasicProperties.builder().correlationId("3").build()));
        publish(message("k", "same", BasicProperties.builder().header("n", 4).build()));
        publish(message("k", "same", BasicProperties.builder().header("n", 5).build()));
        for (int i : new int[] {1, 2, 4}) {
            tracker.returned(returned(published.get(i).message()));
        }
        assertThat(outcomes()).containsExactly("none", "Returned", "Returned", "none", "Returned");
    }

    @Test
    void propertiesThatTheBrokerAddedDoNotHideTheMessage() {
        OutboundMessage message =
                message("k", "b", BasicProperties.builder().messageId("1").build());
        publish(message);
        BasicProperties changed = message.properties().toBuilder()
                .header("x-added", true)
                .appId("broker")
                .build();
        assertThat(tracker.returned(returned(message, changed))).isTrue();
    }

    @Test
    void propertiesThatTheBrokerTookAwayDoNotHideTheMessage() {
        BasicProperties sent = BasicProperties.builder()
                .messageId("1")
                .header("BCC", List.of("q"))
                .build();
        OutboundMessage message = message("k", "b", sent);
        publish(message);
        assertThat(tracker.returned(returned(
                        message, BasicProperties.builder().messageId("1").build())))
                .isTrue();
    }

    @Test
    void aHeaderThatTheBrokerTookAwayDoesNotMixMessagesUp() {
        publish(message(
                "k",
                "same",
                BasicProperties.builder()
                        .messageId("1")
                        .header("BCC", List.of("q"))
                        .build()));
        publish(message(
                "k",
                "same",
                BasicProperties.builder()
                        .messageId("2")
                        .header("BCC", List.of("q"))
                        .build()));
        publish(message(
                "k",
                "same",
                BasicProperties.builder()
                        .header("n", 3)
                        .header("BCC", List.of("q"))
                        .build()));
        publish(message(
                "k",
                "same",
                BasicProperties.builder()
                        .header("n", 4)
                        .header("BCC", List.of("q"))
                        .build()));

        tracker.returned(returned(
                published.get(1).message(),
                BasicProperties.builder().messageId("2").build()));
        tracker.returned(returned(
                published.get(3).message(),
                BasicProperties.builder().header("n", 4).build()));

        assertThat(outcomes()).containsExactly("none", "Returned", "none", "Returned");
    }

    @Test
    void headersWithArraysAndBytesAreCompared() {
        byte[] bytes = {1, 2};
        publish(message(
                "k",
                "same",
                BasicProperties.builder().header("h", List.of(new byte[] {9})).build()));
        publish(message(
                "k", "same", BasicProperties.builder().header("h", bytes).build()));
        publish(message(
                "k",
                "same",
                BasicProperties.builder().header("h", List.of(bytes)).build()));
        tracker.returned(returned(
                published.get(2).message(),
                BasicProperties.builder().header("h", List.of(bytes.clone())).build()));
        tracker.returned(returned(
                published.get(1).message(),
                BasicProperties.builder().header("h", bytes.clone()).build()));
        assertThat(outcomes()).containsExactly("none", "Returned", "Returned");
    }

    @Test
    void aReturnOfNoKnownMessageIsNobodys() {
        publish(message("k", "b"));
        assertThat(tracker.returned(returned(message("k", "other")))).isFalse();
        assertThat(outcomes()).containsExactly("none");
    }
}
