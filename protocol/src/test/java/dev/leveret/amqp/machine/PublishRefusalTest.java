package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.PublicationLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What can be told of the publishes under way when the broker closes the channel over one of them. */
class PublishRefusalTest {

    private static final ChannelMethod.Close NO_EXCHANGE_X =
            new ChannelMethod.Close(404, "NOT_FOUND - no exchange 'x' in vhost '/'", 60, 40);

    private final MachineRig rig = MachineRig.alone().open();
    private final ChannelLog channel = rig.channel();
    private final List<PublicationLog> published = new ArrayList<>();

    private void publish(String... exchanges) {
        for (String exchange : exchanges) {
            published.add(channel.publish(OutboundMessage.of(exchange, "k", new byte[1])));
        }
        rig.pump();
    }

    private void publishOfSizes(int... sizes) {
        for (int size : sizes) {
            published.add(channel.publish(OutboundMessage.of("y", "k", new byte[size])));
        }
        rig.pump();
    }

    private List<String> outcomesAfter(ChannelMethod.Close close) {
        rig.feed(1, close);
        assertThat(published).allSatisfy(it -> assertThat(it.results()).hasSize(1));
        return published.stream().map(PublicationLog::outcome).toList();
    }

    @Test
    void theOnePublishToAMissingExchangeIsRejectedAndSoIsAllBehindIt() {
        publish("y", "y", "x", "y", "y");
        assertThat(outcomesAfter(NO_EXCHANGE_X))
                .containsExactly("Unknown", "Unknown", "Rejected", "Rejected", "Rejected");
        assertThat(published.get(2).results()).containsExactly(new PublishResult.Rejected(channel.endCause()));
    }

    @Test
    void whatIsConfirmedStaysConfirmed() {
        publish("y", "y", "x", "y");
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(1, new BasicMethod.Ack(2, false));
        assertThat(outcomesAfter(NO_EXCHANGE_X)).containsExactly("Unknown", "Confirmed", "Rejected", "Rejected");
    }

    @Test
    void ofSeveralPublishesToItTheLastIsCertain() {
        publish("x", "y", "x", "y");
        assertThat(outcomesAfter(NO_EXCHANGE_X)).containsExactly("Unknown", "Unknown", "Rejected", "Rejected");
    }

    @Test
    void onePublishThatNobodyWaitsForMayBeTheRefusedOne() {
        publish("y", "x", "y");
        channel.machine().publish(OutboundMessage.of("x", "k", new byte[1]), null);
        publish("y");
        assertThat(outcomesAfter(NO_EXCHANGE_X)).containsExactly("Unknown", "Unknown", "Unknown", "Rejected");
    }

    @Test
    void aPublishThatNobodyWaitsForBehindAllOthersLeavesThemUnknown() {
        publish("y", "x", "y");
        channel.machine().publish(OutboundMessage.of("y", "k", new byte[1]), null);
        rig.pump();
        assertThat(outcomesAfter(NO_EXCHANGE_X)).containsOnly("Unknown");
    }

    @Test
    void everyMessageOfTheRefusedSizeIsRejectedAsTheLimitDoesNotChange() {
        publishOfSizes(10, 99, 10, 100, 10, 200, 10);
        assertThat(outcomesAfter(new ChannelMethod.Close(
                        406, "PRECONDITION_FAILED - message size 100 is larger than configured max size 99", 60, 40)))
                .containsExactly("Unknown", "Unknown", "Unknown", "Rejected", "Rejected", "Rejected", "Rejected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ACCESS_REFUSED - access to exchange 'x' in vhost '/' refused for user 'u'",
                "ACCESS_REFUSED - cannot publish to internal exchange 'x' in vhost '/'",
                "ACCESS_REFUSED - access to topic 'k' in exchange 'x' in vhost '/' refused for user 'u'",
                "ACCESS_REFUSED - access to exchange 'amq.default' in vhost '/' refused for user 'u'"
            })
    void aMissingPermissionNamesTheExchangeToo(String text) {
        publish("y", text.contains("amq.default") ? "" : "x", "y");
        assertThat(outcomesAfter(new ChannelMethod.Close(403, text, 60, 40)))
                .containsExactly("Unknown", "Rejected", "Rejected");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NOT_FOUND - no exchange 'x' in vhost '/' | 50 | 10",
                "NOT_FOUND - no exchange 'x' in vhost '/' | 0 | 0",
                "NOT_FOUND - no exchange 'another' in vhost '/' | 60 | 40",
                "NOT_FOUND - no exchange 'x' in vhost '/a long name that had to be cut... | 60 | 40",
                "invalid expiration '5s' | 60 | 40",
                "'' | 60 | 40"
            })
    void whereTheCloseTellsNoPublishAllAreUnknown(String text, int classId, int methodId) {
        publish("y", "x", "y");
        assertThat(outcomesAfter(new ChannelMethod.Close(404, text, classId, methodId)))
                .containsOnly("Unknown");
    }

    /** A broker that routes until its exchange is deleted at some moment, and whose confirms come late or never. */
    @RepeatedTest(300)
    void whatIsRejectedIsNeverInAQueueWhateverWasUnderWay(RepetitionInfo run) {
        Random random = new Random(run.getCurrentRepetition());
        int count = 1 + random.nextInt(40);
        int deletedBefore = random.nextInt(count + 1);
        List<Boolean> stored = new ArrayList<>();
        List<PublicationLog> watched = new ArrayList<>();
        List<Integer> sequences = new ArrayList<>();
        publish("y"); // selects confirms
        boolean refused = false;
        for (int i = 0; i < count; i++) {
            String exchange = random.nextInt(4) == 0 ? "x" : "y";
            refused |= exchange.equals("x") && i >= deletedBefore;
            stored.add(!refused);
            OutboundMessage message = OutboundMessage.of(exchange, "k", new byte[1]);
            if (random.nextInt(5) == 0) {
                channel.machine().publish(message, null);
            } else {
                watched.add(channel.publish(message));
                sequences.add(i);
            }
        }
        rig.pump();
        rig.feed(1, new ConfirmMethod.SelectOk());
        for (int i = 0; i < count; i++) {
            if (stored.get(i) && random.nextInt(3) == 0) {
                rig.feed(1, new BasicMethod.Ack(i + 2, random.nextInt(8) == 0));
            }
        }
        if (refused) {
            rig.feed(1, NO_EXCHANGE_X);
        }
        for (int i = 0; i < watched.size(); i++) {
            String outcome = watched.get(i).outcome();
            if (stored.get(sequences.get(i))) {
                assertThat(outcome).isNotEqualTo("Rejected");
            } else {
                assertThat(outcome).isIn("Rejected", "Unknown");
            }
        }
    }
}
