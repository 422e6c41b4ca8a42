package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.recovery.RecoverableStub.ConsumerStub;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@link ConsumerRetry}; the test is the broker. */
class ConsumerRetryTest {

    private static final Method MISSING = new ChannelMethod.Close(404, "NOT_FOUND - no queue 'q'", 50, 10);
    private static final Method DOWN = new ChannelMethod.Close(
            404, "NOT_FOUND - home node 'rabbit@b' of durable queue 'q' in vhost '/' is down or inaccessible", 50, 10);
    private static final Method HELD = new ChannelMethod.Close(403, "ACCESS_REFUSED - in exclusive use", 60, 20);
    private static final Method CONSUME = new BasicMethod.Consume("q", "a", false, false, false, false, Map.of());

    private final MachineRig rig = MachineRig.alone().open();
    private final RecoverableStub channel = new RecoverableStub();
    private final ConsumerStub consumer = channel.consumer("a", "q");

    @Test
    void theQueueIsLookedForElsewhereAndThenTheConsumerStarted() {
        openChannel();
        looking(true);
        found();
        assertThat(rig.takeSentMethods()).contains(CONSUME);
        assertThat(consumer.isRetried()).isTrue();
        granted();

        assertThat(channel.told).containsExactly("a restored", "told restored");
        assertThat(consumer.isRetried()).isFalse();
        assertNothingWaits();
    }

    @Test
    void pausesGrowUntilTheTimeIsUp() {
        openChannel();
        retry(false, Duration.ofSeconds(2)).later();
        for (int pause : new int[] {100, 200, 400, 800, 1_600}) {
            rig.advance(Duration.ofMillis(pause - 1));
            assertThat(rig.takeSentMethods()).as("before %d ms", pause).doesNotContain(new ChannelMethod.Open());
            rig.advance(Duration.ofMillis(1));
            assertThat(channel.told).isEmpty();
            missing();
        }

        assertThat(channel.told).containsExactly("a not restored", "told given up");
        assertNothingWaits();
    }

    @Test
    void aQueueThatMustExistAndDoesNotEndsItAtOnce() {
        openChannel();
        looking(true);
        missing();

        assertThat(channel.told).containsExactly("a not restored", "told given up");
        assertNothingWaits();
    }

    @Test
    void aQueueThatMustExistAndIsDownIsLookedForAgain() {
        openChannel();
        looking(true);
        rig.feed(grantChannel(), DOWN);
        assertThat(channel.told).isEmpty();
        rig.advance(Duration.ofMillis(200));
        found();
        granted();

        assertThat(channel.told).containsExactly("a restored", "told restored");
    }

    @Test
    void whoeverWasStartedWithItsChannelMeanwhileIsNotStartedAgain() {
        openChannel();
        retry(false, Duration.ofSeconds(5)).later();
        consumer.suspended = false;
        rig.advance(Duration.ofDays(1));

        assertThat(rig.takeSent()).isEmpty();
        assertThat(channel.told).isEmpty();
    }

    @Test
    void alsoIfThatWasWhileTheQueueWasLookedFor() {
        openChannel();
        looking(false);
        consumer.suspended = false;
        found();

        assertThat(rig.takeSentMethods()).doesNotContain(CONSUME);
        assertNothingWaits();
    }

    @Test
    void aRefusedConsumerGoesOnWithTheSamePausesAndTheSameTimeAndItsEndIsTold() {
        openChannel();
        retry(false, Duration.ofSeconds(1)).later();
        for (int pause : new int[] {100, 200, 400, 800}) {
            rig.advance(Duration.ofMillis(pause - 1));
            assertThat(channel.told).isEmpty();
            rig.advance(Duration.ofMillis(1));
            found();
            rig.feed(channel.number(), HELD);
            rig.advance(Duration.ZERO);
            assertThat(consumer.isRetried())
                    .as("so that it is not started with its channel")
                    .isTrue();
            openChannel();
        }

        assertThat(channel.told).containsExactly("a not restored", "told given up");
        assertNothingWaits();
    }

    @Test
    void aChannelThatIsBeingOpenedAgainIsNoReasonToGiveUp() {
        openChannel();
        channel.live = false;
        looking(true);
        found();
        rig.advance(Duration.ofMillis(199));
        channel.live = true;
        rig.takeSent();
        rig.advance(Duration.ofMillis(1));
        found();
        granted();

        assertThat(channel.told).containsExactly("a restored", "told restored");
    }

    @Test
    void aClosureForAnotherCauseIsNoReasonToGiveUp() {
        openChannel();
        looking(true);
        found();
        rig.feed(channel.number(), new ChannelMethod.Close(406, "PRECONDITION_FAILED - timeout", 0, 0));
        openChannel();
        rig.advance(Duration.ofMillis(200));
        found();
        granted();

        assertThat(channel.told).containsExactly("a restored", "told restored");
    }

    @Test
    void afterAStopOrTheConnectionsEndNothingIsTold() {
        openChannel();
        ConsumerRetry stopped = retry(false, Duration.ofSeconds(5));
        stopped.later();
        stopped.stop();
        assertNothingWaits();
        looking(false);
        rig.lose(null);
        rig.advance(Duration.ofDays(1));

        assertThat(channel.told).isEmpty();
        assertNothingWaits();
    }

    // ---- parts ------------------------------------------------------------------------------------------------------

    private void openChannel() {
        channel.openOn(rig.machine(), new ReplyLog());
        rig.feed(channel.number(), new ChannelMethod.OpenOk());
        rig.takeSent();
        channel.live = true;
    }

    /** A try whose first pause is over. */
    private void looking(boolean queueMustExist) {
        retry(queueMustExist, Duration.ofSeconds(5)).later();
        rig.advance(Duration.ofMillis(100));
    }

    private ConsumerRetry retry(boolean queueMustExist, Duration within) {
        return new ConsumerRetry(
                rig.machine(),
                rig.deadlines(),
                channel,
                consumer,
                queueMustExist,
                within,
                Duration.ofSeconds(3),
                new ConsumerRetry.Listener() {
                    @Override
                    public void onRestored(TopologyEntity.Consumer entity) {
                        channel.told.add("told restored");
                    }

                    @Override
                    public void onGivenUp(TopologyEntity.Consumer entity, RuntimeException cause) {
                        channel.told.add("told given up");
                    }
                });
    }

    /** Answers the look for the queue. */
    private void found() {
        int elsewhere = grantChannel();
        rig.feed(elsewhere, new QueueMethod.DeclareOk("q", 0, 0));
        rig.feed(elsewhere, new ChannelMethod.CloseOk());
    }

    private void missing() {
        rig.feed(grantChannel(), MISSING);
    }

    private int grantChannel() {
        rig.pump();
        List<Received> sent = rig.takeSent();
        Received last = sent.get(sent.size() - 1);
        assertThat(last.method()).isEqualTo(new ChannelMethod.Open());
        rig.feed(last.channel(), new ChannelMethod.OpenOk());
        assertThat(rig.takeSentMethods())
                .singleElement()
                .isInstanceOfSatisfying(
                        QueueMethod.Declare.class,
                        it -> assertThat(it.passive()).isTrue());
        return last.channel();
    }

    private void granted() {
        rig.feed(channel.number(), new BasicMethod.QosOk());
        rig.feed(channel.number(), new BasicMethod.ConsumeOk("a"));
    }

    private void assertNothingWaits() {
        assertThat(rig.deadlines().size()).isZero();
    }
}
