package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.ConsumerSink;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.BasicMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A channel that notes what it and its consumers are told. Its consumers wait again whenever their channel ends. */
final class RecoverableStub implements RecoverableChannel, ChannelMachine.Owner {

    final List<String> told = new ArrayList<>();
    final List<ConsumerStub> consumers = new ArrayList<>();
    boolean transactional;
    OptionalInt sharedPrefetch = OptionalInt.empty();
    /** Whether a consumer can be started late. */
    boolean live = true;

    private @Nullable ChannelMachine machine;

    /** With a prefetch of 7. */
    ConsumerStub consumer(String tag, String queue) {
        ConsumerStub consumer = new ConsumerStub(tag, queue);
        consumers.add(consumer);
        return consumer;
    }

    @Override
    public int number() {
        return machine == null ? 0 : machine.number();
    }

    @Override
    public @Nullable ChannelMachine openOn(ConnectionMachine connection, Reply reply) {
        machine = connection.openChannel(this, reply);
        return machine;
    }

    @Override
    public boolean isTransactional() {
        return transactional;
    }

    @Override
    public OptionalInt sharedPrefetch() {
        return sharedPrefetch;
    }

    @Override
    public List<ConsumerStub> consumers() {
        return List.copyOf(consumers);
    }

    @Override
    public void startLate(RecoverableConsumer consumer, Reply reply) {
        if (live && machine != null) {
            consumer.startOn(machine, reply);
        } else {
            reply.onFailure(new ChannelClosedException("channel is not open", 0, false, "", null));
        }
    }

    @Override
    public void startingLate(int change) {}

    @Override
    public void onRestored() {
        told.add("channel restored");
    }

    @Override
    public void renew(ChannelClosedException cause) {
        throw new AssertionError("renewed", cause);
    }

    @Override
    public void onNotRestored(RuntimeException cause) {
        told.add("channel not restored");
    }

    @Override
    public void onEnd(@Nullable AmqpException cause) {
        live = false;
    }

    @Override
    public void onReturn(ReturnedMessage message) {}

    @Override
    public void onRecovered(long highestTag) {}

    /** A consumer. */
    final class ConsumerStub implements RecoverableConsumer, ConsumerSink {

        final String tag;
        final String queue;
        boolean suspended = true;
        boolean ended;
        boolean retried;

        ConsumerStub(String tag, String queue) {
            this.tag = tag;
            this.queue = queue;
        }

        @Override
        public String consumerTag() {
            return tag;
        }

        @Override
        public String queue() {
            return queue;
        }

        @Override
        public boolean isEnded() {
            return ended;
        }

        @Override
        public boolean isSuspended() {
            return suspended;
        }

        @Override
        public boolean isRetried() {
            return retried;
        }

        @Override
        public void retried(boolean value) {
            retried = value;
        }

        @Override
        public void startOn(ChannelMachine on, Reply reply) {
            suspended = false;
            on.consume(queue, tag, 7, false, false, Map.of(), this, reply);
        }

        @Override
        public void onRestored() {
            told.add(tag + " restored");
        }

        @Override
        public void onNotRestored(RuntimeException cause) {
            ended = true;
            suspended = false;
            told.add(tag + " not restored");
        }

        @Override
        public void onDelivery(BasicMethod.Deliver deliver, byte[] properties, byte[] body) {}

        @Override
        public void onBatchEnd() {}

        @Override
        public void onClosing() {}

        @Override
        public void onEnd(@Nullable AmqpException cause) {
            suspended = !ended;
        }
    }
}
