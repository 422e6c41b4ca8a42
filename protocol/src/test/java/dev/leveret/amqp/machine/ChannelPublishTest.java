package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.PublicationLog;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing on one {@link ChannelMachine}. */
class ChannelPublishTest {

    private static final int FRAME_MAX = 8192;

    private final MachineRig rig = MachineRig.alone().open(new ConnectionMethod.Tune(2047, FRAME_MAX, 0));
    private final ChannelLog channel = rig.channel();

    private static OutboundMessage message(String body) {
        return OutboundMessage.of("x", "k", body.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> sentTexts() {
        return rig.takeSent().stream()
                .filter(it -> it.method() instanceof BasicMethod.Publish)
                .map(Received::text)
                .toList();
    }

    @Test
    void theFirstPublishThatIsWaitedForSelectsConfirms() {
        PublicationLog first = channel.publish(message("1"));
        PublicationLog second = channel.publish(message("2"));
        rig.pump();
        assertThat(rig.takeSentMethods())
                .containsExactly(
                        new ConfirmMethod.Select(false),
                        new BasicMethod.Publish("x", "k", false, false),
                        new BasicMethod.Publish("x", "k", false, false));
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(1, new BasicMethod.Ack(1, false));
        assertThat(first.outcome()).isEqualTo("Confirmed");
        assertThat(second.outcome()).isEqualTo("none");
        rig.feed(1, new BasicMethod.Nack(2, false, false));
        assertThat(second.outcome()).isEqualTo("Nacked");
    }

    @Test
    void withoutAnybodyWaitingNothingIsConfirmed() {
        channel.machine().publish(message("1"), null);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Publish("x", "k", false, false));
        rig.feed(1, new BasicMethod.Ack(1, false));
        assertThat(rig.endCause())
                .as("the broker confirms what was not to be confirmed")
                .isNotNull();
    }

    @Test
    void onlyPublishesAfterTheSelectionCount() {
        channel.machine().publish(message("not counted"), null);
        PublicationLog first = channel.publish(message("1"));
        channel.machine().publish(message("2, nobody waits"), null);
        PublicationLog third = channel.publish(message("3"));
        rig.pump();
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(1, new BasicMethod.Ack(3, false));
        assertThat(first.outcome()).isEqualTo("none");
        assertThat(third.outcome()).isEqualTo("Confirmed");
        rig.feed(1, new BasicMethod.Ack(2, true));
        assertThat(first.outcome()).isEqualTo("Confirmed");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2, 100, -1, Long.MIN_VALUE})
    void aConfirmOfAPublishThatWasNeverMadeEndsTheConnection(long number) {
        PublicationLog only = channel.publish(message("1"));
        rig.pump();
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(1, new BasicMethod.Ack(number, true));
        assertThat(rig.endCause()).hasMessageContaining("no such publish");
        assertThat(only.outcome()).isEqualTo("Unknown");
    }

    @Test
    void aMessageWhosePropertiesFitNoFrameIsRejectedAndTakesNoNumber() {
        BasicProperties large =
                BasicProperties.builder().header("h", "x".repeat(FRAME_MAX)).build();
        PublicationLog tooLarge = channel.publish(message("large").withProperties(large));
        PublicationLog next = channel.publish(message("next"));
        rig.pump();
        assertThat(tooLarge.outcome()).isEqualTo("Rejected");
        assertThat(((PublishResult.Rejected) tooLarge.results().get(0)).cause())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8192");
        assertThat(sentTexts()).containsExactly("next");
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(1, new BasicMethod.Ack(1, false));
        assertThat(next.outcome()).isEqualTo("Confirmed");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, FRAME_MAX - 9, FRAME_MAX - 8, FRAME_MAX - 7, 3 * (FRAME_MAX - 8), 100_000})
    void bodiesAreCutIntoFramesThatFit(int size) {
        byte[] body = new byte[size];
        Arrays.fill(body, (byte) 7);
        channel.machine().publish(OutboundMessage.of("", "q", body), null);
        rig.pump();
        Received published = rig.takeSent().get(0);
        assertThat(published.body()).isEqualTo(body);
        assertThat(rig.largestFrameSent()).isLessThanOrEqualTo(FRAME_MAX);
        int expectedBodies = (size + FRAME_MAX - 9) / (FRAME_MAX - 8);
        assertThat(rig.bodyFramesSent()).isEqualTo(expectedBodies);
    }

    @Test
    void withoutALimitABodyIsOneFrame() {
        MachineRig unlimited = MachineRig.alone().open(new ConnectionMethod.Tune(0, 0, 0));
        ChannelLog open = unlimited.channel();
        open.machine().publish(OutboundMessage.of("", "q", new byte[3_000_000]), null);
        open.machine().publish(OutboundMessage.of("", "q", new byte[0]), null);
        unlimited.pump();
        assertThat(unlimited.takeSent()).extracting(it -> it.body().length).containsExactly(3_000_000, 0);
        assertThat(unlimited.bodyFramesSent()).isEqualTo(1);
    }

    @Test
    void aReturnedMessageThatSomebodyWaitsForIsTheirs() {
        PublicationLog publication = channel.publish(message("lost").withMandatory(true));
        rig.pump();
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(
                1,
                new BasicMethod.Return(312, "NO_ROUTE", "x", "k"),
                BasicProperties.EMPTY,
                "lost".getBytes(StandardCharsets.UTF_8));
        rig.feed(1, new BasicMethod.Ack(1, false));
        assertThat(publication.outcome()).isEqualTo("Returned");
        assertThat(channel.returned()).isEmpty();
    }

    @Test
    void aReturnedMessageThatNobodyWaitsForIsTheChannels() {
        channel.machine().publish(message("lost").withMandatory(true), null);
        rig.feed(
                1,
                new BasicMethod.Return(312, "NO_ROUTE", "x", "k"),
                BasicProperties.EMPTY,
                "lost".getBytes(StandardCharsets.UTF_8));
        assertThat(channel.returned()).singleElement().satisfies(it -> {
            assertThat(it.replyCode()).isEqualTo(312);
            assertThat(it.replyText()).isEqualTo("NO_ROUTE");
            assertThat(it.exchange()).isEqualTo("x");
            assertThat(it.routingKey()).isEqualTo("k");
            assertThat(new String(it.body(), StandardCharsets.UTF_8)).isEqualTo("lost");
        });
    }

    @Test
    void whatIsPublishedOnAClosedChannelIsRejectedAndWhatWasUnderWayUnknown() {
        PublicationLog underWay = channel.publish(message("1"));
        rig.pump();
        rig.feed(1, new ChannelMethod.Close(541, "INTERNAL_ERROR", 0, 0));
        PublicationLog late = channel.publish(message("2"));
        assertThat(underWay.results())
                .containsExactly(new PublishResult.Unknown(Objects.requireNonNull(channel.endCause())));
        assertThat(late.results()).containsExactly(new PublishResult.Rejected(channel.endCause()));
        assertThat(channel.endCause()).isInstanceOf(ChannelClosedException.class);
    }

    @Test
    void whileTheBrokerWantsNoContentPublishesWaitInTheirOrder() {
        rig.feed(1, new ChannelMethod.Flow(false));
        assertThat(rig.takeSentMethods()).containsExactly(new ChannelMethod.FlowOk(false));
        List<PublicationLog> publications = new ArrayList<>();
        for (String body : List.of("1", "2", "3")) {
            publications.add(channel.publish(message(body)));
        }
        channel.machine().publish(message("4"), null);
        rig.pump();
        assertThat(rig.takeSent()).isEmpty();
        rig.feed(1, new ChannelMethod.Flow(true));
        assertThat(sentTexts()).containsExactly("1", "2", "3", "4");
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(1, new BasicMethod.Ack(3, true));
        assertThat(publications).extracting(PublicationLog::outcome).containsOnly("Confirmed");
    }

    @Test
    void publishesThatWaitForTheFlowAreRejectedWhenTheChannelEnds() {
        rig.feed(1, new ChannelMethod.Flow(false));
        PublicationLog waiting = channel.publish(message("1"));
        rig.feed(1, new ChannelMethod.Close(541, "INTERNAL_ERROR", 0, 0));
        assertThat(waiting.results()).containsExactly(new PublishResult.Rejected(channel.endCause()));
    }
}
