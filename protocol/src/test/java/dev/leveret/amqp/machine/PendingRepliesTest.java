package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PendingRepliesTest {

    private static final Method DECLARE = new QueueMethod.Declare("q", false, true, false, false, false, Map.of());
    private static final Method DECLARE_OK = new QueueMethod.DeclareOk("q", 0, 0);
    private static final Method PURGE = new QueueMethod.Purge("q", false);
    private static final Method PURGE_OK = new QueueMethod.PurgeOk(0);

    private final PendingReplies pending = new PendingReplies();
    private final ReplyLog first = new ReplyLog();
    private final ReplyLog second = new ReplyLog();

    @Test
    void nothingIsDueToBeginWith() {
        assertThat(pending.isDue(DECLARE_OK)).isFalse();
        assertThat(pending.take(DECLARE_OK)).isNull();
        assertThat(pending).hasToString("[]");
    }

    @Test
    void answersBelongToTheRequestsInTheirOrder() {
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, first);
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, second);
        assertThat(pending.take(DECLARE_OK)).isSameAs(first);
        assertThat(pending.take(DECLARE_OK)).isSameAs(second);
        assertThat(pending.take(DECLARE_OK)).isNull();
    }

    @Test
    void anAnswerToALaterRequestIsNotDueAndTakesNothing() {
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, first);
        pending.add(PURGE, QueueMethod.PurgeOk.ID, second);
        assertThat(pending.take(PURGE_OK)).isNull();
        assertThat(pending.take(DECLARE_OK)).isSameAs(first);
        assertThat(pending.take(PURGE_OK)).isSameAs(second);
    }

    @Test
    void theAnswersOfQueuesMayBeOvertaken() {
        pending.add(consume("a"), BasicMethod.ConsumeOk.ID, first);
        pending.add(new BasicMethod.Cancel("b", false), BasicMethod.CancelOk.ID, second);
        ReplyLog third = new ReplyLog();
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, third);
        assertThat(pending.take(DECLARE_OK)).isSameAs(third);
        assertThat(pending.take(new BasicMethod.CancelOk("b"))).isSameAs(second);
        assertThat(pending.take(new BasicMethod.ConsumeOk("a"))).isSameAs(first);
    }

    @Test
    void theAnswersOfQueuesMayOvertakeEachOtherAndEarlierRequests() {
        ReplyLog third = new ReplyLog();
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, first);
        pending.add(consume("a"), BasicMethod.ConsumeOk.ID, second);
        pending.add(consume("b"), BasicMethod.ConsumeOk.ID, third);
        assertThat(pending.take(new BasicMethod.ConsumeOk("c")))
                .as("nobody asked for c")
                .isNull();
        assertThat(pending.take(new BasicMethod.ConsumeOk("b"))).isSameAs(third);
        assertThat(pending.take(DECLARE_OK)).isSameAs(first);
        assertThat(pending.take(new BasicMethod.ConsumeOk("a"))).isSameAs(second);
    }

    private static Method consume(String tag) {
        return new BasicMethod.Consume("q", tag, false, false, false, false, Map.of());
    }

    @Test
    void aTagThatIsUsedAgainIsAnsweredInItsOrder() {
        pending.add(new BasicMethod.Cancel("a", false), BasicMethod.CancelOk.ID, first);
        pending.add(new BasicMethod.Cancel("a", false), BasicMethod.CancelOk.ID, second);
        assertThat(pending.take(new BasicMethod.CancelOk("a"))).isSameAs(first);
        assertThat(pending.take(new BasicMethod.CancelOk("a"))).isSameAs(second);
    }

    @Test
    void eitherOfTwoMethodsMayAnswer() {
        BasicMethod.Get get = new BasicMethod.Get("q", false);
        pending.add(get, BasicMethod.GetOk.ID, BasicMethod.GetEmpty.ID, first);
        pending.add(get, BasicMethod.GetOk.ID, BasicMethod.GetEmpty.ID, second);
        assertThat(pending.isDue(new BasicMethod.GetOk(1, false, "", "q", 0))).isTrue();
        assertThat(pending.take(new BasicMethod.GetEmpty())).isSameAs(first);
        assertThat(pending.take(new BasicMethod.GetOk(1, false, "", "q", 0))).isSameAs(second);
    }

    @Test
    void theEndFailsAllOnceAndInOrder() {
        AmqpException cause = new ConnectionLostException("gone", null);
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, first);
        pending.add(PURGE, QueueMethod.PurgeOk.ID, second);
        pending.failAll(cause);
        pending.failAll(new ConnectionLostException("again", null));
        assertThat(first.failure()).isSameAs(cause);
        assertThat(second.failure()).isSameAs(cause);
        assertThat(first.outcomes()).isEqualTo(1);
        assertThat(second.outcomes()).isEqualTo(1);
        assertThat(pending.isDue(DECLARE_OK)).isFalse();
    }

    @Test
    void whoIsToldTheEndMayAskAgainWithoutBeingLost() {
        ReplyLog late = new ReplyLog();
        Reply asksAgain = new Reply() {
            @Override
            public void onReply(Method reply) {}

            @Override
            public void onFailure(RuntimeException cause) {
                pending.add(PURGE, QueueMethod.PurgeOk.ID, late);
            }
        };
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, asksAgain);
        pending.failAll(new ConnectionLostException("gone", null));
        assertThat(late.outcomes()).isEqualTo(1);
    }

    @Test
    void namesTheRequestsThatWait() {
        pending.add(DECLARE, QueueMethod.DeclareOk.ID, first);
        pending.add(PURGE, QueueMethod.PurgeOk.ID, second);
        assertThat(pending).hasToString("[queue.declare, queue.purge]");
    }
}
