package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.PublicationLog;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import dev.leveret.amqp.wire.TxMethod;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Transactions on one {@link ChannelMachine}. */
class TransactionTest {

    private static final OutboundMessage MESSAGE = OutboundMessage.of("x", "k", new byte[0]);
    private static final Method PUBLISH = new BasicMethod.Publish("x", "k", false, false);

    private final MachineRig rig = MachineRig.alone().open();
    private final ChannelLog channel = rig.channel();
    private final ChannelMachine machine = channel.machine();

    private void select() {
        machine.txSelect(new ReplyLog());
        rig.pump();
        rig.feed(1, new TxMethod.SelectOk());
        rig.takeSent();
    }

    private ReplyLog commit() {
        ReplyLog reply = new ReplyLog();
        machine.txCommit(reply);
        rig.pump();
        return reply;
    }

    private ReplyLog rollback() {
        ReplyLog reply = new ReplyLog();
        machine.txRollback(reply);
        rig.pump();
        return reply;
    }

    private SinkLog consumer() {
        SinkLog sink = channel.consume("t", false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk("t"));
        rig.takeSent();
        return sink;
    }

    @Test
    void whatIsSentIsCommittedOrRolledBack() {
        select();
        machine.publish(MESSAGE, null);
        ReplyLog committed = commit();
        assertThat(rig.takeSentMethods()).containsExactly(PUBLISH, new TxMethod.Commit());
        assertThat(committed.outcomes()).isZero();
        rig.feed(1, new TxMethod.CommitOk());
        assertThat(committed.reply()).isEqualTo(new TxMethod.CommitOk());
        ReplyLog undone = rollback();
        rig.feed(1, new TxMethod.RollbackOk());
        assertThat(undone.reply()).isEqualTo(new TxMethod.RollbackOk());
    }

    @Test
    void commitAndRollbackOfAnOrdinaryChannelAreRefusedHere() {
        assertThat(commit().failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("call txSelect");
        assertThat(rollback().failure()).isInstanceOf(IllegalStateException.class);
        assertThat(rig.takeSent()).isEmpty();
        assertThat(machine.state()).isEqualTo(ChannelState.OPEN);
    }

    @Test
    void aChannelWithConfirmsIsNotMadeTransactional() {
        channel.publish(MESSAGE);
        rig.pump();
        rig.takeSent();
        ReplyLog reply = new ReplyLog();
        machine.txSelect(reply);
        rig.pump();
        assertThat(reply.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("confirms");
        assertThat(rig.takeSent()).isEmpty();
        rig.feed(1, new ConfirmMethod.SelectOk());
        assertThat(rig.endCause()).isNull();
    }

    @Test
    void aTransactionalChannelPublishesWithoutConfirmsOnly() {
        select();
        PublicationLog publication = channel.publish(MESSAGE);
        rig.pump();
        assertThat(publication.results())
                .singleElement()
                .isInstanceOfSatisfying(
                        PublishResult.Rejected.class,
                        it -> assertThat(it.cause())
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("transactional"));
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void everythingWaitsUntilACommitHasEndedInItsOrder() {
        select();
        SinkLog sink = consumer();
        for (int tag = 1; tag <= 4; tag++) {
            rig.deliver(1, "t", tag, "m" + tag);
        }
        assertThat(sink.tags()).hasSize(4);
        commit();
        rig.takeSent();
        machine.publish(MESSAGE, null);
        machine.ack(1, false);
        machine.nack(2, false, true);
        machine.reject(3, false);
        ReplyLog purged = channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        ReplyLog got = new ReplyLog();
        machine.get("q", true, got);
        machine.consume("q", "u", 5, false, false, Map.of(), new SinkLog(), new ReplyLog());
        machine.cancel("t", new ReplyLog());
        ReplyLog second = commit();
        machine.recover(new ReplyLog());
        ReplyLog undone = rollback();
        rig.pump();
        assertThat(rig.takeSent()).as("RabbitMQ would close the connection").isEmpty();

        rig.feed(1, new TxMethod.CommitOk());
        assertThat(rig.takeSentMethods())
                .containsExactly(
                        PUBLISH,
                        new BasicMethod.Ack(1, false),
                        new BasicMethod.Nack(2, false, true),
                        new BasicMethod.Reject(3, false),
                        new QueueMethod.Purge("q", false),
                        new BasicMethod.Get("q", true),
                        new BasicMethod.Qos(0, 5, false),
                        new BasicMethod.Consume("q", "u", false, false, false, false, Map.of()),
                        new BasicMethod.Cancel("t", false),
                        new TxMethod.Commit());
        rig.feed(1, new QueueMethod.PurgeOk(0));
        rig.feed(1, new BasicMethod.GetEmpty());
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk("u"));
        rig.feed(1, new BasicMethod.CancelOk("t"));
        assertThat(rig.takeSent()).isEmpty();
        rig.feed(1, new TxMethod.CommitOk());
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Recover(true), new TxMethod.Rollback());
        rig.feed(1, new BasicMethod.RecoverOk());
        rig.feed(1, new TxMethod.RollbackOk());
        assertThat(purged.outcomes() + got.outcomes() + second.outcomes() + undone.outcomes())
                .isEqualTo(4);
        assertThat(rig.endCause()).isNull();
    }

    @Test
    void theAnswerToTheBrokersCancelWaitsToo() {
        select();
        consumer();
        commit();
        rig.takeSent();
        rig.feed(1, new BasicMethod.Cancel("t", true));
        assertThat(rig.takeSent()).isEmpty();
        rig.feed(1, new TxMethod.CommitOk());
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Cancel("t", false));
    }

    @Test
    void acknowledgementsAreNotGatheredAsARollbackBringsSomeBack() {
        select();
        consumer();
        for (int tag = 1; tag <= 4; tag++) {
            rig.deliver(1, "t", tag, "m" + tag);
        }
        machine.ack(1, false);
        machine.ack(2, false);
        rollback();
        rig.feed(1, new TxMethod.RollbackOk());
        rig.takeSent();
        machine.ack(3, false);
        machine.ack(4, false);
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(3, false), new BasicMethod.Ack(4, false));
    }

    @Test
    void acknowledgementsFromBeforeTheSelectionAreNotPartOfIt() {
        consumer();
        rig.deliver(1, "t", 1, "m1");
        machine.ack(1, false);
        machine.txSelect(new ReplyLog());
        rig.pump();
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(1, false), new TxMethod.Select());
    }

    @Test
    void aCommitThatFailsEndsTheChannelAndWhatWaitedForIt() {
        select();
        ReplyLog committed = commit();
        ReplyLog waiting = channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        ReplyLog second = commit();
        rig.takeSent();
        rig.feed(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED - partial tx completion", 90, 20));
        assertThat(rig.takeSentMethods()).containsExactly(new ChannelMethod.CloseOk());
        assertThat(committed.failure()).isEqualTo(channel.endCause());
        assertThat(waiting.failure()).isEqualTo(channel.endCause());
        assertThat(second.failure()).isEqualTo(channel.endCause());
    }

    @Test
    void closingDoesNotWaitForACommit() {
        select();
        ReplyLog committed = commit();
        ReplyLog waiting = channel.request(new QueueMethod.Purge("q", false), QueueMethod.PurgeOk.ID);
        rig.takeSent();
        machine.close();
        rig.pump();
        assertThat(rig.takeSentMethods()).singleElement().isInstanceOf(ChannelMethod.Close.class);
        rig.feed(1, new TxMethod.CommitOk());
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(committed.failure()).isNotNull();
        assertThat(waiting.failure()).isNotNull();
    }

    @Test
    void aCommitOkThatNobodyAskedForEndsTheConnection() {
        select();
        rig.feed(1, new TxMethod.CommitOk());
        assertThat(rig.endCause()).isNotNull();
    }
}
