package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests, consumers' beginnings and ends, and fetching, on one {@link ChannelMachine}. */
class ChannelRequestsTest {

    private static final Method PURGE = new QueueMethod.Purge("q", false);

    private final MachineRig rig = MachineRig.alone().open(new ConnectionMethod.Tune(2047, 8192, 0));
    private final ChannelLog channel = rig.channel();

    private static Method declare(String name, String argument) {
        return new QueueMethod.Declare(name, false, true, false, false, false, Map.of("x", argument));
    }

    private SinkLog consuming(String tag) {
        SinkLog sink = channel.consume(tag, false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk(tag));
        rig.takeSent();
        return sink;
    }

    // ---- requests -------------------------------------------------------------------------------------------------

    @Test
    void aRequestThatFitsNoFrameFailsAloneAndNothingIsSent() {
        ReplyLog tooLarge = channel.request(declare("q", "x".repeat(9000)), QueueMethod.DeclareOk.ID);
        rig.pump();
        assertThat(tooLarge.failure())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8192");
        assertThat(rig.takeSent()).isEmpty();
        ReplyLog next = channel.request(PURGE, QueueMethod.PurgeOk.ID);
        rig.pump();
        rig.feed(1, new QueueMethod.PurgeOk(5));
        assertThat(next.reply()).isEqualTo(new QueueMethod.PurgeOk(5));
        assertThat(tooLarge.outcomes()).isEqualTo(1);
    }

    @Test
    void aNameThatCannotBeWrittenFailsAlone() {
        ReplyLog unpaired = channel.request(new QueueMethod.Purge("\uD800", false), QueueMethod.PurgeOk.ID);
        assertThat(unpaired.failure()).isInstanceOf(IllegalArgumentException.class);
        ReplyLog next = channel.request(PURGE, QueueMethod.PurgeOk.ID);
        rig.pump();
        rig.feed(1, new QueueMethod.PurgeOk(1));
        assertThat(next.reply()).isEqualTo(new QueueMethod.PurgeOk(1));
    }

    @Test
    void aConsumerWhoseArgumentsFitNoFrameFailsAloneAndItsTagIsFree() {
        SinkLog sink = new SinkLog();
        channel.machine().consume("q", "tag", 1, false, false, Map.of("x", "x".repeat(9000)), sink, sink.consuming());
        rig.pump();
        assertThat(sink.consuming().failure()).isInstanceOf(IllegalArgumentException.class);
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Qos(0, 1, false));
        rig.feed(1, new BasicMethod.QosOk());
        consuming("tag");
        rig.deliver(1, "tag", 1, "hello");
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
        assertThat(sink.texts()).isEmpty();
    }

    @Test
    void requestsArePipelinedAndAnsweredInTheirOrder() {
        ReplyLog first = channel.request(declare("a", ""), QueueMethod.DeclareOk.ID);
        ReplyLog second = channel.request(PURGE, QueueMethod.PurgeOk.ID);
        ReplyLog third = channel.request(declare("b", ""), QueueMethod.DeclareOk.ID);
        rig.pump();
        rig.feed(1, new QueueMethod.DeclareOk("a", 1, 1));
        rig.feed(1, new QueueMethod.PurgeOk(2));
        rig.feed(1, new QueueMethod.DeclareOk("b", 3, 3));
        assertThat(first.reply()).isEqualTo(new QueueMethod.DeclareOk("a", 1, 1));
        assertThat(second.reply()).isEqualTo(new QueueMethod.PurgeOk(2));
        assertThat(third.reply()).isEqualTo(new QueueMethod.DeclareOk("b", 3, 3));
    }

    @Test
    void aRequestOnAClosedChannelFailsWithTheReasonOfItsEnd() {
        rig.feed(1, new ChannelMethod.Close(404, "NOT_FOUND - no queue 'x'", 50, 10));
        ReplyLog late = channel.request(PURGE, QueueMethod.PurgeOk.ID);
        assertThat(late.failure()).isInstanceOf(ChannelClosedException.class).hasMessageContaining("no queue 'x'");
    }

    @Test
    void aRequestBeforeTheChannelIsOpenFails() {
        ChannelLog opening = rig.requestChannel();
        ReplyLog early = opening.request(PURGE, QueueMethod.PurgeOk.ID);
        assertThat(early.failure()).isInstanceOf(ChannelClosedException.class).hasMessageContaining("not open");
    }

    @Test
    void theOpeningOfAChannelCanBeRefused() {
        ChannelLog refused = rig.requestChannel();
        rig.feed(2, new ChannelMethod.Close(530, "NOT_ALLOWED - too many", 20, 10));
        assertThat(refused.opened().failure()).hasMessageContaining("too many");
        assertThat(refused.ends()).isEqualTo(1);
        rig.feed(0, new ConnectionMethod.Close(320, "bye", 0, 0));
        assertThat(refused.opened().outcomes()).isEqualTo(1);
    }

    @Test
    void theConnectionsEndFailsTheOpeningOfAChannel() {
        ChannelLog opening = rig.requestChannel();
        rig.lose(null);
        assertThat(opening.opened().failure()).isInstanceOf(ConnectionLostException.class);
        assertThat(opening.ends()).isEqualTo(1);
    }

    // ---- consumers ------------------------------------------------------------------------------------------------

    @Test
    void aConsumersPrefetchIsSetRightBeforeIt() {
        SinkLog sink = new SinkLog();
        channel.machine().consume("q", "c", 7, true, true, Map.of("x-priority", 5), sink, sink.consuming());
        rig.pump();
        assertThat(rig.takeSentMethods())
                .containsExactly(
                        new BasicMethod.Qos(0, 7, false),
                        new BasicMethod.Consume("q", "c", false, true, true, false, Map.of("x-priority", 5)));
    }

    @Test
    void consumersGetTagsOfTheirOwn() {
        SinkLog sink = new SinkLog();
        String first = channel.machine().consume("q", "", 1, false, false, Map.of(), sink, new ReplyLog());
        String second = channel.machine().consume("q", "", 1, false, false, Map.of(), sink, new ReplyLog());
        assertThat(first).isNotEmpty().isNotEqualTo(second);
    }

    @Test
    void aTagInUseIsRefusedHereAsTheBrokerWouldCloseTheConnection() {
        consuming("c");
        SinkLog second = channel.consume("c", false);
        rig.pump();
        assertThat(second.consuming().failure())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("'c'");
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void deliveriesMayFollowTheConsumersAnswerAtOnceOrComeBeforeIt() {
        SinkLog sink = channel.consume("c", false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.deliver(1, "c", 1, "early");
        rig.feed(1, new BasicMethod.ConsumeOk("c"));
        rig.deliver(1, "c", 2, "late");
        assertThat(sink.texts()).containsExactly("early", "late");
    }

    @Test
    void cancellingEndsTheConsumerWhenTheBrokerHasAnswered() {
        SinkLog sink = consuming("c");
        ReplyLog cancelled = new ReplyLog();
        channel.machine().cancel("c", cancelled);
        rig.pump();
        rig.deliver(1, "c", 1, "on its way");
        assertThat(sink.events()).containsExactly("delivery 1", "batch end");
        rig.feed(1, new BasicMethod.CancelOk("c"));
        assertThat(cancelled.reply()).isEqualTo(new BasicMethod.CancelOk("c"));
        assertThat(sink.events()).containsExactly("delivery 1", "batch end", "end");
        rig.deliver(1, "c", 2, "too late");
        assertThat(rig.endCause()).isInstanceOf(ConnectionClosedException.class);
    }

    @Test
    void aTagCanBeUsedAgainAfterItsConsumerWasCancelled() {
        consuming("c");
        channel.machine().cancel("c", new ReplyLog());
        rig.feed(1, new BasicMethod.CancelOk("c"));
        SinkLog again = consuming("c");
        rig.deliver(1, "c", 1, "x");
        assertThat(again.texts()).containsExactly("x");
    }

    @Test
    void theBrokersCancelIsAnsweredWithOurOwnAndEndsTheConsumerAtOnce() {
        SinkLog sink = consuming("c");
        rig.feed(1, new BasicMethod.Cancel("c", true));
        assertThat(sink.endCause())
                .isInstanceOf(ConsumerCancelledException.class)
                .hasMessageContaining("'c'");
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Cancel("c", false));
        rig.feed(1, new BasicMethod.CancelOk("c"));
        assertThat(sink.events()).containsExactly("end ConsumerCancelledException");
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
    }

    @Test
    void theBrokersCancelMayCrossOurs() {
        SinkLog sink = consuming("c");
        ReplyLog cancelled = new ReplyLog();
        channel.machine().cancel("c", cancelled);
        rig.pump();
        rig.feed(1, new BasicMethod.Cancel("c", true));
        rig.feed(1, new BasicMethod.CancelOk("c"));
        rig.feed(1, new BasicMethod.CancelOk("c"));
        assertThat(cancelled.outcomes()).isEqualTo(1);
        assertThat(sink.events()).hasSize(1);
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
    }

    @Test
    void theBrokersCancelOfAnUnknownConsumerIsNotAnswered() {
        rig.feed(1, new BasicMethod.Cancel("nobody", true));
        assertThat(rig.takeSentMethods()).isEmpty();
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
    }

    @Test
    void theBrokersCancelIsAnsweredOnceHoweverOftenItIsRepeated() {
        SinkLog sink = consuming("c");
        rig.takeSent();
        for (int i = 0; i < 3; i++) {
            rig.feed(1, new BasicMethod.Cancel("c", true));
        }
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Cancel("c", false));
        assertThat(sink.events()).hasSize(1);
        rig.feed(1, new BasicMethod.CancelOk("c"));
        rig.feed(1, new BasicMethod.Cancel("c", true));
        assertThat(rig.takeSentMethods()).isEmpty();
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
    }

    @Test
    void whatIsDeliveredToAConsumerThatTheBrokerCancelledGoesBack() {
        SinkLog sink = consuming("c");
        rig.deliver(1, "c", 1, "before");
        rig.feed(1, new BasicMethod.Cancel("c", true));
        rig.takeSent();
        rig.deliver(1, "c", 2, "after");
        assertThat(sink.texts()).containsExactly("before");
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Nack(2, false, true));
    }

    // ---- fetching -------------------------------------------------------------------------------------------------

    @Test
    void aFetchedMessageOrNoneIsAnAnswer() {
        ReplyLog message = new ReplyLog();
        ReplyLog none = new ReplyLog();
        channel.machine().get("q", true, message);
        channel.machine().get("q", true, none);
        rig.pump();
        assertThat(rig.takeSentMethods())
                .containsExactly(new BasicMethod.Get("q", true), new BasicMethod.Get("q", true));
        rig.feed(
                1,
                new BasicMethod.GetOk(1, true, "x", "k", 9),
                dev.leveret.amqp.api.BasicProperties.EMPTY,
                "body".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        rig.feed(1, new BasicMethod.GetEmpty());
        assertThat(message.text()).isEqualTo("body");
        assertThat(message.reply()).isEqualTo(new BasicMethod.GetOk(1, true, "x", "k", 9));
        assertThat(none.reply()).isEqualTo(new BasicMethod.GetEmpty());
    }

    @Test
    void fetchingOnAClosedChannelFails() {
        rig.feed(1, new ChannelMethod.Close(404, "NOT_FOUND", 0, 0));
        ReplyLog late = new ReplyLog();
        channel.machine().get("q", true, late);
        assertThat(late.failure()).isInstanceOf(ChannelClosedException.class);
    }
}
