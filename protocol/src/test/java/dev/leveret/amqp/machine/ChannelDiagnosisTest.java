package dev.leveret.amqp.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.testing.ChannelLog;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.testing.ReplyLog;
import dev.leveret.amqp.testing.SinkLog;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a channel can say about what it waits for, in simulated time. */
class ChannelDiagnosisTest {

    private final MachineRig rig = MachineRig.alone().open();
    private final ChannelLog channel = rig.channel();

    private ChannelMachine machine() {
        return rig.machine().channels().get(0);
    }

    private void consume(String tag) {
        channel.consume(tag, false);
        rig.pump();
        rig.feed(1, new BasicMethod.QosOk());
        rig.feed(1, new BasicMethod.ConsumeOk(tag));
    }

    private ConsumerState consumer(String tag) {
        return machine().consumers().stream()
                .filter(it -> it.consumerTag().equals(tag))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void requestsWaitInOrderAndGetOlder() {
        channel.request(new QueueMethod.Purge("a", false), QueueMethod.PurgeOk.ID);
        rig.advance(Duration.ofSeconds(3));
        channel.request(new QueueMethod.Delete("b", false, false, false), QueueMethod.DeleteOk.ID);
        rig.advance(Duration.ofSeconds(4));
        assertThat(machine().waitingRequests().toString()).isEqualTo("[queue.purge (7.0 s), queue.delete (4.0 s)]");
        rig.feed(1, new QueueMethod.PurgeOk(0));
        assertThat(machine().waitingRequests().toString()).isEqualTo("[queue.delete (4.0 s)]");
    }

    @Test
    void theOldestUnconfirmedPublishIsKnownThoughNoneCarriesATime() {
        assertThat(machine().oldestUnconfirmed()).isEmpty();
        for (int i = 0; i < 3; i++) {
            channel.publish(OutboundMessage.toQueue("q", new byte[1]));
            rig.advance(Duration.ofSeconds(2));
        }
        assertThat(machine().unconfirmed()).isEqualTo(3);
        assertThat(machine().oldestUnconfirmed()).contains(Duration.ofSeconds(6));
        rig.feed(1, new ConfirmMethod.SelectOk());
        rig.feed(1, new BasicMethod.Ack(1, false));
        assertThat(machine().unconfirmed()).isEqualTo(2);
        assertThat(machine().oldestUnconfirmed()).contains(Duration.ofSeconds(4));
        rig.feed(1, new BasicMethod.Ack(3, true));
        assertThat(machine().oldestUnconfirmed()).isEmpty();
    }

    @Test
    void unsettledDeliveriesAreCountedForTheConsumerThatHasThem() {
        consume("a");
        consume("b");
        for (int tag = 1; tag <= 200; tag++) {
            rig.deliver(1, tag % 4 == 0 ? "b" : "a", tag, "x");
        }
        assertThat(consumer("a").unsettled()).isEqualTo(150);
        assertThat(consumer("b").unsettled()).isEqualTo(50);
        channel.machine().ack(199, true);
        rig.pump();
        assertThat(consumer("a").unsettled()).isZero();
        assertThat(consumer("a").oldest()).isEmpty();
        assertThat(consumer("b").unsettled()).isEqualTo(1);
        assertThat(machine().unsettled()).isEqualTo(1);
    }

    @Test
    void theOldestUnsettledDeliveryIsFoundAmongManyThatPassedItBy() {
        consume("a");
        rig.deliver(1, "a", 1, "passed on");
        rig.advance(Duration.ofMinutes(5));
        rig.deliver(1, "a", 2, "stuck");
        for (int tag = 3; tag < 5000; tag++) {
            rig.deliver(1, "a", tag, "passed on");
            channel.machine().ack(tag, false);
            rig.advance(Duration.ofMillis(300));
        }
        channel.machine().ack(1, false);
        rig.pump();
        Duration age = consumer("a").oldest().orElseThrow();
        Duration exact = Duration.ofMillis(300 * 4997);
        assertThat(age).isBetween(exact, exact.plus(exact.dividedBy(10)));
        assertThat(consumer("a").unsettled()).isEqualTo(1);
    }

    @Test
    void whatWasFetchedIsNoConsumers() {
        consume("a");
        channel.machine().fetched(1);
        assertThat(machine().unsettled()).isEqualTo(1);
        assertThat(consumer("a").unsettled()).isZero();
    }

    @Test
    void thePrefetchIsTheConsumersOwn() {
        channel.machine().consume("q", "p", 7, false, false, Map.of(), new SinkLog(), new ReplyLog());
        assertThat(consumer("p").prefetch()).isEqualTo(7);
        assertThat(consumer("p").oldest()).isEmpty();
    }
}
