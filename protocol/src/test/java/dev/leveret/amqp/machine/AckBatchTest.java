package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Acknowledgements that wait for others. */
class AckBatchTest {

    private static final Duration DELAY = Duration.ofMillis(100);

    private final MachineRig rig = MachineRig.alone().open();
    private final ChannelLog channel = rig.channel();
    private SinkLog sink;

    @BeforeEach
    void consume() {
        channel.machine().gatherAcks(3, DELAY);
        sink = channel.consume("c", false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk("c"));
        rig.takeSent();
    }

    private void deliver(int count) {
        for (int i = 0; i < count; i++) {
            rig.deliver(1, "c", sink.tags().size() + 1, "m");
        }
    }

    private void ack(long... tags) {
        for (long tag : tags) {
            channel.machine().ack(tag, false);
            rig.pump();
        }
    }

    @Test
    void theyGoOutTogetherWhenThereAreEnough() {
        deliver(10);
        ack(1, 2);
        assertThat(rig.takeSent()).isEmpty();
        ack(3);
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(3, true));
        ack(4, 5);
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void noneWaitsLongerThanTheDelay() {
        deliver(2);
        ack(1);
        rig.advance(DELAY.minusMillis(1));
        assertThat(rig.takeSent()).isEmpty();
        ack(2);
        rig.advance(Duration.ofMillis(1));
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(2, true));
        rig.advance(DELAY.multipliedBy(10));
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void theDelayBeginsAnewWithTheNextBatch() {
        deliver(4);
        ack(1, 2, 3);
        rig.takeSent();
        rig.advance(DELAY.dividedBy(2));
        ack(4);
        rig.advance(DELAY.dividedBy(2));
        assertThat(rig.takeSent()).isEmpty();
        rig.advance(DELAY.dividedBy(2));
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(4, false));
    }

    @Test
    void whatIsFinishedOutOfOrderNeverAcknowledgesWhatIsNot() {
        deliver(6);
        ack(6, 2, 4);
        assertThat(rig.takeSentMethods())
                .containsExactly(
                        new BasicMethod.Ack(2, false), new BasicMethod.Ack(4, false), new BasicMethod.Ack(6, false));
        ack(3, 1, 5);
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(5, true));
    }

    @Test
    void whatIsRefusedTakesThoseThatWaitAlong() {
        deliver(3);
        ack(1);
        channel.machine().nack(2, false, true);
        rig.pump();
        assertThat(rig.takeSentMethods())
                .containsExactly(new BasicMethod.Ack(1, false), new BasicMethod.Nack(2, false, true));
    }

    @Test
    void closingTheChannelSendsThemFirst() {
        deliver(1);
        ack(1);
        channel.machine().close();
        rig.pump();
        assertThat(rig.takeSentMethods()).hasSize(2).first().isEqualTo(new BasicMethod.Ack(1, false));
    }

    @Test
    void closingTheConnectionSendsThemFirst() {
        deliver(2);
        ack(1, 2);
        rig.machine().close(Duration.ofSeconds(1));
        rig.pump();
        assertThat(rig.takeSentMethods())
                .startsWith(new BasicMethod.Ack(2, true))
                .last()
                .isInstanceOf(ConnectionMethod.Close.class);
    }

    @Test
    void afterTheEndOfTheChannelNoneIsSent() {
        deliver(1);
        ack(1);
        rig.feed(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED - for this test", 0, 0));
        rig.takeSent();
        rig.advance(DELAY.multipliedBy(2));
        assertThat(rig.takeSent()).isEmpty();
    }

    @Test
    void consumersThatShareAChannelShareTheLeastPatience() {
        channel.machine().gatherAcks(50, Duration.ofMillis(10));
        deliver(1);
        ack(1);
        rig.advance(Duration.ofMillis(10));
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(1, false));
        channel.machine().gatherAcks(1, Duration.ZERO);
        deliver(1);
        ack(2);
        assertThat(rig.takeSentMethods()).containsExactly(new BasicMethod.Ack(2, false));
    }

    /** Whatever the order and the pauses: what the broker takes for settled is what was acknowledged, and in the end all. */
    @Test
    void inAnyOrderTheBrokerHearsOfExactlyWhatWasAcknowledged() {
        for (int seed = 0; seed < 300; seed++) {
            MachineRig one = MachineRig.alone().open();
            ChannelLog log = one.channel();
            Random random = new Random(seed);
            log.machine().gatherAcks(1 + random.nextInt(8), Duration.ofMillis(1 + random.nextInt(50)));
            log.consume("c", false);
            one.pump();
            one.feed(1, new BasicMethod.QosOk());
            one.feed(1, new BasicMethod.ConsumeOk("c"));
            one.takeSent();
            Set<Long> delivered = new TreeSet<>();
            Set<Long> acked = new TreeSet<>();
            Set<Long> settled = new TreeSet<>();
            for (int step = 0; step < 60; step++) {
                List<Long> open =
                        delivered.stream().filter(it -> !acked.contains(it)).toList();
                if (open.isEmpty() || random.nextBoolean()) {
                    long tag = delivered.size() + 1;
                    delivered.add(tag);
                    one.deliver(1, "c", tag, "m");
                } else {
                    long tag = open.get(random.nextInt(open.size()));
                    acked.add(tag);
                    log.machine().ack(tag, false);
                }
                one.advance(Duration.ofMillis(random.nextInt(3) == 0 ? 20 : 0));
                one.pump();
                settle(one, delivered, settled);
                assertThat(acked).as("seed %d", seed).containsAll(settled);
            }
            one.advance(Duration.ofMillis(50));
            one.pump();
            settle(one, delivered, settled);
            assertThat(settled).as("seed %d", seed).isEqualTo(acked);
        }
    }

    private static void settle(MachineRig rig, Set<Long> delivered, Set<Long> settled) {
        rig.takeSentMethods().forEach(method -> {
            BasicMethod.Ack ack = (BasicMethod.Ack) method;
            delivered.stream()
                    .filter(tag -> ack.multiple() ? tag <= ack.deliveryTag() : tag == ack.deliveryTag())
                    .forEach(settled::add);
        });
    }
}
