package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.PublicationLog;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.FrameWriter;
import dev.leveret.amqp.wire.QueueMethod;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The end of a {@link ChannelMachine}, and what arrives around it. */
class ChannelClosingTest {

    private final MachineRig rig = MachineRig.alone().open(new ConnectionMethod.Tune(1, 131072, 0));
    private final ChannelLog channel = rig.channel();

    private SinkLog consuming() {
        SinkLog sink = channel.consume("c", false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk("c"));
        rig.takeSent();
        return sink;
    }

    @Test
    void ourCloseIsToldWhenTheBrokerHasAnswered() {
        channel.machine().close();
        rig.pump();
        assertThat(channel.ends()).isZero();
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(channel.endCause()).isNull();
    }

    @Test
    void everythingPendingEndsOnceWithTheBrokersReason() {
        SinkLog sink = consuming();
        ReplyLog request = channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        PublicationLog publication = channel.publish(OutboundMessage.of("", "q", new byte[0]));
        rig.pump();
        rig.feed(1, new ChannelMethod.Close(404, "NOT_FOUND - no queue 'q'", 50, 30));
        rig.lose(null);
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(request.failure()).isSameAs(channel.endCause());
        assertThat(request.outcomes()).isEqualTo(1);
        assertThat(publication.outcome()).isEqualTo("Unknown");
        assertThat(sink.events()).containsExactly("end ChannelClosedException");
        assertThat(((ChannelClosedException) Objects.requireNonNull(channel.endCause())).method())
                .isEqualTo("queue.purge");
    }

    @Test
    void theNumberIsFreeWhenTheBrokersCloseIsAnswered() {
        rig.feed(1, new ChannelMethod.Close(404, "NOT_FOUND", 0, 0));
        assertThat(rig.takeSentMethods()).containsExactly(new ChannelMethod.CloseOk());
        assertThat(rig.requestChannel().number()).isEqualTo(1);
    }

    @Test
    void theNumberIsTakenUntilOurCloseIsAnswered() {
        channel.machine().close();
        ReplyLog refused = new ReplyLog();
        assertThat(rig.machine().openChannel(new ChannelLog(), refused)).isNull();
        assertThat(refused.failure()).isInstanceOf(IllegalStateException.class);
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(rig.requestChannel().number()).isEqualTo(1);
    }

    @Test
    void aCloseThatIsNotAnsweredInTimeKeepsItsNumber() {
        channel.machine().close();
        rig.pump();
        channel.machine().giveUpClosing();
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(rig.machine().openChannel(new ChannelLog(), new ReplyLog())).isNull();
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(rig.requestChannel().number()).isEqualTo(1);
    }

    @Test
    void bothSidesMayCloseAtOnce() {
        channel.machine().close();
        rig.pump();
        rig.takeSent();
        rig.feed(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED", 0, 0));
        assertThat(rig.takeSentMethods()).containsExactly(new ChannelMethod.CloseOk());
        assertThat(channel.ends()).isZero();
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(channel.endCause()).isNull();
    }

    @Test
    void aRepeatedCloseOfTheBrokerIsNoSurprise() {
        rig.feed(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED", 0, 0));
        rig.takeSent();
        rig.feed(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED", 0, 0));
        assertThat(rig.takeSent()).as("the number is closed for the broker").isEmpty();
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
        assertThat(channel.ends()).isEqualTo(1);
    }

    @Test
    void deliveriesThatCrossOurCloseAreDropped() {
        SinkLog sink = consuming();
        ByteBuf begun = Unpooled.buffer();
        FrameWriter.method(begun, 1, new BasicMethod.Deliver("c", 1, false, "", "q"));
        FrameWriter.contentHeader(begun, 1, 60, 10, BasicProperties.EMPTY);
        FrameWriter.body(begun, 1, new byte[4], 0, 4);
        rig.feed(begun);
        channel.machine().close();
        ByteBuf rest = Unpooled.buffer();
        FrameWriter.body(rest, 1, new byte[6], 0, 6);
        rig.feed(rest);
        rig.deliver(1, "c", 2, "more");
        rig.feed(1, new ChannelMethod.CloseOk());
        rig.deliver(1, "c", 3, "even later");
        assertThat(sink.events()).containsExactly("closing", "end");
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
    }

    @Test
    void whatBelongedToAnEarlierChannelOfTheNumberIsDropped() {
        consuming();
        rig.feed(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED", 0, 0));
        ChannelLog second = rig.requestChannel();
        rig.deliver(1, "c", 1, "late");
        rig.feed(1, new BasicMethod.Ack(1, true));
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
        rig.feed(1, new ChannelMethod.OpenOk());
        assertThat(second.opened().reply()).isEqualTo(new ChannelMethod.OpenOk());
        second.consume("c", false);
        rig.deliver(1, "c", 1, "tags begin anew");
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
    }

    @Test
    void contentBeforeAFreshNumberIsOpenEndsTheConnection() {
        channel.machine().close();
        rig.feed(1, new ChannelMethod.CloseOk());
        MachineRig other = MachineRig.alone().open();
        other.requestChannel();
        ByteBuf header = Unpooled.buffer();
        FrameWriter.contentHeader(header, 1, 60, 10, BasicProperties.EMPTY);
        other.feed(header);
        assertThat(other.endCause()).hasMessageContaining("content header on channel 1 before channel.open-ok");
    }

    @Test
    void theConnectionsLossWhileClosingIsWhatWasWanted() {
        ReplyLog request = channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        channel.machine().close();
        rig.pump();
        rig.lose(null);
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(channel.endCause()).isNull();
        assertThat(request.failure()).isInstanceOf(ChannelClosedException.class);
    }

    @Test
    void theConnectionsLossEndsTheChannelWithIt() {
        SinkLog sink = consuming();
        rig.lose(null);
        assertThat(channel.endCause()).isInstanceOf(ConnectionLostException.class);
        assertThat(sink.endCause()).isSameAs(channel.endCause());
        assertThat(channel.machine().state()).isEqualTo(ChannelState.CLOSED);
    }

    // ---- failures of this side --------------------------------------------------------------------------------------

    @Test
    void aFailureOfThisSideIsToldAtOnceAndTheBrokerToo() {
        SinkLog sink = consuming();
        Throwable bug = new IllegalStateException("bug");
        channel.machine().fail(ReplyCode.INTERNAL_ERROR, "a handler failed", bug);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new ChannelMethod.Close(541, "a handler failed", 0, 0));
        assertThat(channel.endCause())
                .isInstanceOf(ChannelClosedException.class)
                .hasCause(bug);
        assertThat(sink.endCause()).isSameAs(channel.endCause());
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(rig.requestChannel().number()).isEqualTo(1);
    }

    @Test
    void aTextOfAnyLengthAndAlphabetIsToldTheBrokerAsFarAsItFits() {
        String text = "x".repeat(79) + "\uD83D\uDC07\uD800" + "y".repeat(300);
        channel.machine().fail(ReplyCode.INTERNAL_ERROR, text, null);
        rig.pump();
        ChannelMethod.Close close = (ChannelMethod.Close) rig.takeSentMethods().get(0);
        assertThat(close.replyText()).startsWith("xxxx").hasSizeBetween(79, 80);
        assertThat(channel.endCause()).hasMessageContaining(text);
        assertThat(channel.ends()).isEqualTo(1);
    }

    @Test
    void aFailureWhileClosingDoesNotTurnTheEndIntoOne() {
        channel.machine().close();
        channel.machine().fail(ReplyCode.INTERNAL_ERROR, "too late", new IllegalStateException());
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new ChannelMethod.Close(200, "goodbye", 0, 0));
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(channel.ends()).isEqualTo(1);
        assertThat(channel.endCause()).isNull();
    }

    @Test
    void aMessageTooLargeToAcceptEndsItsChannelBeforeItIsStored() {
        SinkLog sink = consuming();
        int limit = MachineRig.OPTIONS.maxInboundBody();
        ByteBuf frames = Unpooled.buffer();
        FrameWriter.method(frames, 1, new BasicMethod.Deliver("c", 1, false, "", "q"));
        FrameWriter.contentHeader(frames, 1, 60, limit + 1L, BasicProperties.EMPTY);
        FrameWriter.body(frames, 1, new byte[1000], 0, 1000);
        rig.feed(frames);
        assertThat(rig.takeSentMethods()).singleElement().isInstanceOfSatisfying(ChannelMethod.Close.class, close -> {
            assertThat(close.replyCode()).isEqualTo(311);
        });
        assertThat(sink.endCause()).hasMessageContaining(Integer.toString(limit + 1));
        assertThat(rig.machine().state()).isEqualTo(ConnectionState.OPEN);
    }

    @Test
    void aMessageAtTheLimitIsAccepted() {
        SinkLog sink = consuming();
        int limit = MachineRig.OPTIONS.maxInboundBody();
        ByteBuf frames = Unpooled.buffer();
        FrameWriter.method(frames, 1, new BasicMethod.Deliver("c", 1, false, "", "q"));
        FrameWriter.contentHeader(frames, 1, 60, limit, BasicProperties.EMPTY);
        for (int sent = 0; sent < limit; sent += 65536) {
            FrameWriter.body(frames, 1, new byte[65536], 0, 65536);
        }
        rig.feed(frames);
        assertThat(sink.texts().get(0)).hasSize(limit);
    }

    @Test
    void aSizeBeyondAnyMemoryEndsTheChannelToo() {
        consuming();
        ByteBuf frames = Unpooled.buffer();
        FrameWriter.method(frames, 1, new BasicMethod.Deliver("c", 1, false, "", "q"));
        FrameWriter.contentHeader(frames, 1, 60, 1L << 62, BasicProperties.EMPTY);
        rig.feed(frames);
        assertThat(channel.endCause()).hasMessageContaining(Long.toString(1L << 62));
    }

    @Test
    void aHeaderThatNothingAnnouncedEndsTheConnectionWhateverItsSize() {
        ByteBuf header = Unpooled.buffer();
        FrameWriter.contentHeader(header, 1, 60, 1L << 62, BasicProperties.EMPTY);
        rig.feed(header);
        assertThat(rig.endCause()).hasMessageContaining("no method announced");
    }

    @Test
    void confirmsThatCrossOurCloseAreDropped() {
        PublicationLog publication = channel.publish(OutboundMessage.of("", "q", new byte[0]));
        rig.pump();
        rig.feed(1, new ConfirmMethod.SelectOk());
        channel.machine().close();
        rig.feed(1, new BasicMethod.Ack(1, false));
        assertThat(publication.outcome()).isEqualTo("none");
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(publication.outcome()).isEqualTo("Unknown");
    }
}
