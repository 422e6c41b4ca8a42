package dev.leveret.amqp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.EntityOutcome.Result;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConsumerSink;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.testing.MachineRig;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a restoration does when a broker leaves it without an answer, as for a queue whose leader stands still. */
class RestorationPatienceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private MachineRig rig = MachineRig.alone().open();
    private TopologyRecorder recorder = new TopologyRecorder(rig.deadlines());
    private final List<EntityOutcome> retried = new ArrayList<>();
    private @Nullable List<EntityOutcome> done;

    /** A connection that may have so many channels. */
    private void allow(int channels) {
        rig = MachineRig.alone().open(new ConnectionMethod.Tune(channels, 131072, 0));
        recorder = new TopologyRecorder(rig.deadlines());
    }

    private void restore(RecoverableChannel... channels) {
        new Restoration(
                        rig.machine(),
                        rig.deadlines(),
                        recorder,
                        List.of(channels),
                        entity -> true,
                        Duration.ofMinutes(3),
                        PATIENCE,
                        new Restoration.Listener() {
                            @Override
                            public void onRenamed(String oldName, String newName) {
                                throw new AssertionError("nothing was renamed");
                            }

                            @Override
                            public void onDone(List<EntityOutcome> outcomes) {
                                done = List.copyOf(outcomes);
                            }

                            @Override
                            public void onRetried(EntityOutcome outcome) {
                                retried.add(outcome);
                            }
                        })
                .start();
        rig.pump();
    }

    private void open(int channel) {
        assertThat(rig.takeSent()).anyMatch(it -> it.channel() == channel && it.method() instanceof ChannelMethod.Open);
        rig.feed(channel, new ChannelMethod.OpenOk());
    }

    @Test
    void aDeclarationWithoutAnAnswerIsTriedLaterAndWhatIsBehindItOnAnotherChannel() {
        recorder.queueDeclared(QueueSpec.of("stuck"), "stuck");
        recorder.queueDeclared(QueueSpec.of("there"), "there");
        restore();
        open(1);
        assertThat(rig.takeSentMethods()).hasSize(2);
        rig.advance(PATIENCE);
        assertThat(done).isNull();
        open(2);
        rig.feed(2, new QueueMethod.DeclareOk("there", 0, 0));
        assertThat(done).extracting(EntityOutcome::result).containsExactly(Result.RETRYING, Result.RESTORED);
        assertThat(done.get(0).cause()).get().isInstanceOf(AmqpTimeoutException.class);
        // Too late for that time, and of no harm.
        rig.feed(1, new QueueMethod.DeclareOk("stuck", 0, 0));
        assertThat(retried).isEmpty();
        rig.takeSent();
        rig.advance(Duration.ofMillis(100));
        open(3);
        rig.feed(3, new QueueMethod.DeclareOk("stuck", 0, 0));
        assertThat(retried).extracting(EntityOutcome::result).containsExactly(Result.RESTORED);
    }

    @Test
    void callsDoNotWaitForAConsumerWithoutAnAnswerWhichStartsWhenItComes() {
        OneConsumer channel = new OneConsumer();
        restore(channel);
        open(1);
        assertThat(rig.takeSentMethods()).hasSize(2);
        rig.feed(1, new BasicMethod.QosOk());
        rig.advance(PATIENCE);
        assertThat(channel.events).containsExactly("late 1", "restored");
        assertThat(done).extracting(EntityOutcome::result).containsExactly(Result.RESTORED, Result.RETRYING);
        rig.feed(1, new BasicMethod.ConsumeOk("tag"));
        assertThat(channel.events).containsExactly("late 1", "restored", "late -1", "consumer restored");
        assertThat(retried).extracting(EntityOutcome::result).containsExactly(Result.RESTORED);
    }

    @Test
    void aConsumerThatIsNeverAnsweredHasItsChannelOpenedAgainAndIsStartedOnItsOwn() {
        OneConsumer channel = new OneConsumer();
        restore(channel);
        open(1);
        rig.feed(1, new BasicMethod.QosOk());
        rig.advance(PATIENCE);
        assertThat(done).extracting(EntityOutcome::result).containsExactly(Result.RESTORED, Result.RETRYING);
        rig.advance(PATIENCE.multipliedBy(4));
        assertThat(channel.events).doesNotContain("renewed");
        rig.advance(PATIENCE);
        assertThat(channel.events).contains("renewed", "late -1", "retried true");
        assertThat(retried).isEmpty();
    }

    @Test
    void aBrokerThatDoesNotEvenOpenAChannelHasLostTheConnection() {
        restore(new OneConsumer());
        rig.advance(PATIENCE);
        assertThat(done).isNull();
        assertThat(rig.endCause()).isInstanceOf(ConnectionLostException.class).hasMessageContaining("channel");
    }

    @Test
    void theOnlyChannelThatIsAllowedIsOpenedWhenTheOneForDeclarationsIsClosed() {
        allow(1);
        recorder.queueDeclared(QueueSpec.of("there"), "there");
        restore(new OneConsumer());
        open(1);
        rig.feed(1, new QueueMethod.DeclareOk("there", 0, 0));
        assertThat(rig.takeSentMethods()).hasSize(2).noneMatch(ChannelMethod.Open.class::isInstance);
        rig.feed(1, new ChannelMethod.CloseOk());
        open(1);
    }

    @Test
    void aCloseThatIsNotAnsweredIsNotWaitedForForEver() {
        allow(1);
        recorder.queueDeclared(QueueSpec.of("there"), "there");
        OneConsumer channel = new OneConsumer();
        restore(channel);
        open(1);
        rig.feed(1, new QueueMethod.DeclareOk("there", 0, 0));
        assertThat(done).isNull();
        rig.advance(PATIENCE);
        assertThat(done).extracting(EntityOutcome::result).contains(Result.RESTORED, Result.FAILED);
        assertThat(channel.events).singleElement().asString().startsWith("not restored");
        // Too late, and of no harm.
        rig.feed(1, new ChannelMethod.CloseOk());
        assertThat(channel.events).hasSize(1);
    }

    /** A channel with one consumer. */
    private static final class OneConsumer implements RecoverableChannel, RecoverableConsumer, ChannelMachine.Owner {

        final List<String> events = new ArrayList<>();
        private @Nullable ChannelMachine machine;

        @Override
        public int number() {
            return 1;
        }

        @Override
        public @Nullable ChannelMachine openOn(ConnectionMachine connection, Reply reply) {
            machine = connection.openChannel(this, reply);
            return machine;
        }

        @Override
        public boolean isTransactional() {
            return false;
        }

        @Override
        public OptionalInt sharedPrefetch() {
            return OptionalInt.empty();
        }

        @Override
        public List<? extends RecoverableConsumer> consumers() {
            return List.of(this);
        }

        @Override
        public void startLate(RecoverableConsumer consumer, Reply reply) {
            throw new AssertionError("it was asked for already");
        }

        @Override
        public void startingLate(int change) {
            events.add("late " + change);
        }

        @Override
        public void renew(ChannelClosedException cause) {
            events.add("renewed");
            if (machine != null) {
                machine.replace(cause);
            }
        }

        @Override
        public void onRestored() {
            events.add(events.contains("restored") ? "consumer restored" : "restored");
        }

        @Override
        public void onNotRestored(RuntimeException cause) {
            events.add("not restored: " + cause);
        }

        @Override
        public String consumerTag() {
            return "tag";
        }

        @Override
        public String queue() {
            return "q";
        }

        @Override
        public boolean isEnded() {
            return false;
        }

        @Override
        public boolean isRetried() {
            return false;
        }

        @Override
        public void retried(boolean value) {
            events.add("retried " + value);
        }

        @Override
        public boolean isSuspended() {
            return true;
        }

        @Override
        public void startOn(ChannelMachine machine, Reply reply) {
            machine.consume("q", "tag", 10, false, false, Map.of(), new Silent(), reply);
        }

        @Override
        public void onEnd(@Nullable AmqpException cause) {
            events.add("ended");
        }

        @Override
        public void onReturn(ReturnedMessage message) {
            throw new AssertionError("nothing was published");
        }

        @Override
        public void onRecovered(long highestTag) {
            throw new AssertionError("nothing was given back");
        }
    }

    /** A consumer that gets nothing. */
    private static final class Silent implements ConsumerSink {

        @Override
        public void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body) {
            throw new AssertionError("nothing was delivered");
        }

        @Override
        public void onBatchEnd() {}

        @Override
        public void onClosing() {}

        @Override
        public void onEnd(@Nullable AmqpException cause) {}
    }
}
