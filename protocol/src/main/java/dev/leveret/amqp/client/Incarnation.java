package dev.leveret.amqp.client;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.recovery.StreamProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A channel as it is between an opening and the next loss: what a delivery belongs to. The machine is the event loop's;
 * the rest is for any thread to ask whether settling makes sense.
 */
final class Incarnation implements ChannelMachine.Owner {

    private final ChannelHandle channel;
    private final AtomicLong settledUpTo = new AtomicLong();
    /** Set on the event loop before anybody holds this object. */
    private @Nullable ChannelMachine machine;

    /** The event loop's: what consumers of streams have processed. */
    private List<StreamProgress> streams = List.of();

    private volatile boolean ended;

    Incarnation(ChannelHandle channel) {
        this.channel = channel;
    }

    /** Opens it; on the event loop. The reply is told a failure if it has no machine afterwards. */
    void open(ConnectionMachine connection, Reply reply) {
        machine = connection.openChannel(this, reply);
        Duration confirmTimeout = connection().options().confirmTimeout();
        if (machine != null && !confirmTimeout.isZero()) {
            machine.confirmTimeout(confirmTimeout);
        }
    }

    ConnectionHandle connection() {
        return channel.connection();
    }

    ChannelHandle channel() {
        return channel;
    }

    boolean hasMachine() {
        return machine != null;
    }

    /** The event loop's. */
    ChannelMachine machine() {
        ChannelMachine current = machine;
        if (current == null) {
            throw new IllegalStateException("the channel is not open yet");
        }
        return current;
    }

    boolean isEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    /** All deliveries up to this tag are settled. */
    void settledUpTo(long tag) {
        settledUpTo.accumulateAndGet(tag, Math::max);
    }

    /** Whether a delivery is settled because a later one was, with all before it. */
    boolean isSettledWithLater(long tag) {
        return tag <= settledUpTo.get();
    }

    /** Has somebody told what is settled; on the event loop. */
    void watch(StreamProgress progress) {
        List<StreamProgress> more = new ArrayList<>(streams);
        more.add(progress);
        streams = more;
    }

    /** A delivery is being settled; on the event loop. */
    void settled(long tag, boolean multiple) {
        if (!streams.isEmpty()) {
            streams.forEach(it -> it.onSettled(tag, multiple));
        }
    }

    // ---- what the machine tells -----------------------------------------------------------------------------------

    @Override
    public void onEnd(@Nullable AmqpException cause) {
        ended = true;
        channel.life().onEnd(this, cause);
    }

    @Override
    public void onReturn(ReturnedMessage message) {
        channel.onReturn(message);
    }

    @Override
    public void onRecovered(long highestTag) {
        settledUpTo(highestTag);
    }
}
