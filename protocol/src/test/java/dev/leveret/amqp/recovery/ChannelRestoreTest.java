package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.TxMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** {@link ChannelRestore} step by step; the test is the broker. */
class ChannelRestoreTest {

    private static final Method OPEN = new ChannelMethod.Open();
    private static final Method CLOSE_OK = new ChannelMethod.CloseOk();
    private static final Method QOS = new BasicMethod.Qos(0, 7, false);
    private static final Method REFUSAL = new ChannelMethod.Close(403, "ACCESS_REFUSED - in exclusive use", 60, 20);

    private final MachineRig rig = MachineRig.alone().open();
    private final RecoverableStub channel = new RecoverableStub();

    @Test
    void transactionsAndTheSharedPrefetchComeBeforeTheConsumers() {
        channel.transactional = true;
        channel.sharedPrefetch = OptionalInt.of(50);
        channel.consumer("a", "q");
        start();
        Method shared = new BasicMethod.Qos(0, 50, true);
        assertThat(open()).containsExactly(new TxMethod.Select(), shared, QOS, shared, consume("a"));

        answer(new TxMethod.SelectOk());
        answer(new BasicMethod.QosOk());
        granted("a", 2);

        assertThat(channel.told)
                .containsExactly("channel restored", "RESTORED channel 0", "a restored", "RESTORED a", "done");
    }

    @Test
    void consumersAreAskedForAtOnceAndTheChannelIsThereWhenAllAreGranted() {
        channel.consumer("a", "q");
        channel.consumer("b", "q");
        start();
        assertThat(open()).containsExactly(QOS, consume("a"), QOS, consume("b"));
        granted("b", 2);
        assertThat(channel.told).isEmpty();
        granted("a", 0);

        assertThat(channel.told)
                .containsOnlyOnce("channel restored", "a restored", "b restored")
                .endsWith("done");
    }

    @Test
    void theOnlyOneWithoutAnAnswerIsTheOneThatIsRefused() {
        channel.consumer("a", "q");
        channel.consumer("b", "q");
        start();
        open();
        granted("a", 2);
        answer(REFUSAL);

        assertThat(channel.told).containsExactly("refused b");
        assertThat(open()).as("after %s", CLOSE_OK).containsExactly(QOS, consume("a"));
        granted("a", 1);
        assertThat(channel.told)
                .containsExactly(
                        "refused b", "channel restored", "RESTORED channel 0", "a restored", "RESTORED a", "done");
    }

    @Test
    void whenSeveralHaveNoAnswerTheyAreStartedOneByOneSoThatARefusedOneTakesNoOtherAlong() {
        channel.consumer("a", "q");
        channel.consumer("b", "q");
        channel.consumer("c", "q");
        start();
        open();
        answer(REFUSAL);

        assertThat(channel.told).as("nobody knows whom that meant").isEmpty();
        assertThat(open()).containsExactly(QOS, consume("a"));
        granted("a", 1);
        assertThat(rig.takeSentMethods()).containsExactly(QOS, consume("b"));
        answer(REFUSAL);
        assertThat(channel.told).containsExactly("refused b");
        open();
        granted("a", 1);
        granted("c", 1);

        assertThat(channel.told)
                .containsExactly(
                        "refused b",
                        "channel restored",
                        "RESTORED channel 0",
                        "a restored",
                        "RESTORED a",
                        "c restored",
                        "RESTORED c",
                        "done");
    }

    @Test
    void whoeverIsNotWantedOrHasEndedIsLeftOut() {
        channel.consumer("a", "q").ended = true;
        channel.consumer("unwanted", "q");
        channel.consumer("c", "q");
        start();

        assertThat(open()).containsExactly(QOS, consume("c"));
    }

    @Test
    void aChannelWhoseOwnStepsAreRefusedIsNotRestored() {
        channel.transactional = true;
        start();
        open();
        answer(new ChannelMethod.Close(540, "NOT_IMPLEMENTED - no transactions", 90, 10));

        assertThat(channel.told).containsExactly("channel not restored", "FAILED channel 0", "done");
    }

    @Test
    void whenTheConnectionEndsNothingMoreIsTold() {
        channel.consumer("a", "q");
        start();
        open();
        rig.lose(null);

        assertThat(channel.told).isEmpty();
        start();
        assertThat(channel.told).as("on a connection that has ended").isEmpty();
    }

    // ---- parts ------------------------------------------------------------------------------------------------------

    private void start() {
        ChannelRestore.start(
                rig.machine(),
                rig.deadlines(),
                Duration.ofSeconds(3),
                channel,
                it -> !it.consumerTag().equals("unwanted"),
                new ChannelRestore.Listener() {
                    @Override
                    public void onOutcome(EntityOutcome outcome) {
                        channel.told.add(outcome.result() + " "
                                + (outcome.entity() instanceof TopologyEntity.Consumer it
                                        ? it.consumerTag()
                                        : outcome.entity().describe()));
                    }

                    @Override
                    public void onRefused(
                            RecoverableConsumer consumer, TopologyEntity.Consumer entity, RuntimeException cause) {
                        channel.told.add("refused " + entity.consumerTag());
                    }

                    @Override
                    public void onLate(TopologyEntity.Consumer entity) {
                        channel.told.add("late " + entity.describe());
                    }

                    @Override
                    public void onLateRefused(RecoverableConsumer consumer) {
                        channel.told.add("late and refused " + consumer.consumerTag());
                    }

                    @Override
                    public void onDone() {
                        channel.told.add("done");
                    }
                });
        rig.pump();
    }

    /** Grants the channel that is asked for and tells what is asked for on it. */
    private List<Method> open() {
        assertThat(rig.takeSentMethods()).endsWith(OPEN);
        answer(new ChannelMethod.OpenOk());
        return rig.takeSentMethods();
    }

    private void granted(String tag, int qosBefore) {
        for (int i = 0; i < qosBefore; i++) {
            answer(new BasicMethod.QosOk());
        }
        answer(new BasicMethod.ConsumeOk(tag));
    }

    private void answer(Method method) {
        rig.feed(channel.number(), method);
    }

    private static Method consume(String tag) {
        return new BasicMethod.Consume("q", tag, false, false, false, false, Map.of());
    }
}
