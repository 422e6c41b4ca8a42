package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.QueueMethod;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acknowledging, refusing and giving back on one {@link ChannelMachine}. */
class ChannelSettlingTest {

    private final MachineRig rig = MachineRig.alone().open();
    private final ChannelLog channel = rig.channel();
    private SinkLog sink;

    @BeforeEach
    void consume() {
        sink = channel.consume("c", false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk("c"));
        rig.takeSent();
    }

    private void deliver(int count) {
        long first = sink.tags().size() + 1;
        for (long tag = first; tag < first + count; tag++) {
            rig.deliver(1, "c", tag, "m" + tag);
        }
    }

    private ChannelMachine machine() {
        return channel.machine();
    }

    @Test
    void acknowledgementsGoOutTogetherAtTheEndOfTheInput() {
        deliver(5);
        for (long tag = 1; tag <= 4; tag++) {
            machine().ack(tag, false);
        }
        assertThat(rig.takeSent()).isEmpty();
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(4, true));
        rig.pump();
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void acknowledgementsOfTheNextInputGoOutToo() {
        deliver(2);
        machine().ack(1, false);
        rig.pump();
        machine().ack(2, false);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(1, false), new BasicMethod.Ack(2, false));
    }

    @Test
    void whatIsRefusedComesAfterWhatWasAcknowledgedBefore() {
        deliver(6);
        machine().ack(1, false);
        machine().nack(2, false, true);
        machine().ack(3, false);
        machine().reject(4, false);
        machine().ack(5, false);
        machine().nack(6, true, false);
        rig.pump();
        assertThat(rig.takeSentMethods())
                .containsExactly(
                        new BasicMethod.Ack(1, false),
                        new BasicMethod.Nack(2, false, true),
                        new BasicMethod.Ack(3, false),
                        new BasicMethod.Reject(4, false),
                        new BasicMethod.Ack(5, false),
                        new BasicMethod.Nack(6, true, false));
    }

    @Test
    void whatIsNotOutstandingIsNeverSettled() {
        deliver(2);
        machine().ack(1, false);
        rig.pump();
        rig.takeSent();
        machine().ack(1, false);
        machine().ack(7, false);
        machine().nack(1, false, true);
        machine().nack(1, true, true);
        machine().reject(9, true);
        machine().ack(1, true);
        rig.pump();
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void automaticallyAcknowledgedDeliveriesAreNotSettled() {
        channel.consume("auto", true);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk("auto"));
        rig.takeSent();
        rig.deliver(1, "auto", 1, "x");
        rig.deliver(1, "c", 2, "y");
        rig.deliver(1, "auto", 3, "z");
        machine().ack(1, false);
        machine().ack(3, true);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(2, false));
    }

    @Test
    void aFetchedMessageIsSettledLikeADelivery() {
        deliver(1);
        ReplyLog got = new ReplyLog();
        machine().get("q", false, got);
        rig.pump();
        rig.feed(
                1, new BasicMethod.GetOk(2, false, "", "q", 0), dev.leveret.amqp.api.BasicProperties.EMPTY, new byte[] {
                    1
                });
        machine().fetched(2);
        rig.takeSent();
        machine().ack(2, true);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(2, true));
    }

    @Test
    void acknowledgementsPrecedeTheNextRequest() {
        deliver(2);
        machine().ack(1, false);
        channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        machine().ack(2, false);
        machine().get("q", true, new ReplyLog());
        rig.pump();
        assertThat(rig.takeSentMethods())
                .containsExactly(
                        new BasicMethod.Ack(1, false),
                        new QueueMethod.Purge("q", false),
                        new BasicMethod.Ack(2, false),
                        new BasicMethod.Get("q", true));
    }

    @Test
    void acknowledgementsPrecedeOurCloseAndNoneFollowsIt() {
        deliver(3);
        machine().ack(1, false);
        machine().close();
        machine().ack(2, false);
        machine().nack(3, false, true);
        rig.pump();
        assertThat(rig.takeSentMethods())
                .containsExactly(new BasicMethod.Ack(1, false), new ChannelMethod.Close(200, "goodbye", 0, 0));
    }

    @Test
    void nothingFollowsTheAnswerToTheBrokersClose() {
        deliver(3);
        machine().ack(1, false);
        rig.feed(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED", 60, 80));
        machine().ack(2, false);
        machine().nack(3, false, true);
        machine().reject(3, true);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new ChannelMethod.CloseOk());
    }

    // ---- recover --------------------------------------------------------------------------------------------------

    @Test
    void recoverGivesAllBackAndWhatIsDeliveredAgainHasToBeSettledAgain() {
        deliver(3);
        machine().ack(1, false);
        ReplyLog recovered = new ReplyLog();
        machine().recover(recovered);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(1, false), new BasicMethod.Recover(true));
        rig.feed(1, new BasicMethod.RecoverOk());
        assertThat(recovered.reply()).isEqualTo(new BasicMethod.RecoverOk());
        assertThat(channel.recovered()).containsExactly(3L);
        machine().ack(2, false);
        rig.pump();
        assertThat(rig.takeSent()).as("the broker has it").isEmpty();
        deliver(1);
        machine().ack(4, true);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(4, false));
    }

    @Test
    void whatIsSettledWhileTheBrokerTakesBackIsNotSent() {
        deliver(2);
        machine().recover(new ReplyLog());
        rig.pump();
        rig.takeSent();
        machine().ack(1, false);
        machine().nack(2, false, false);
        deliver(1);
        machine().reject(3, false);
        rig.pump();
        assertThat(rig.takeSent()).isEmpty();
        rig.feed(1, new BasicMethod.RecoverOk());
        assertThat(channel.recovered()).containsExactly(3L);
    }

    @Test
    void untilEveryRecoverIsAnsweredNothingIsSettled() {
        deliver(1);
        machine().recover(new ReplyLog());
        machine().recover(new ReplyLog());
        rig.feed(1, new BasicMethod.RecoverOk());
        deliver(1);
        rig.takeSent();
        machine().ack(2, false);
        rig.pump();
        assertThat(rig.takeSent()).as("the second recover comes before it").isEmpty();
        rig.feed(1, new BasicMethod.RecoverOk());
        deliver(1);
        machine().ack(3, false);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(3, false));
    }
}
