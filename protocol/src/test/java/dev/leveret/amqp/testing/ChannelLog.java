package dev.leveret.amqp.testing;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.wire.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Owns a {@link ChannelMachine} and notes what it is told. */
public final class ChannelLog implements ChannelMachine.Owner {

    private final ReplyLog opened = new ReplyLog();
    private final List<ReturnedMessage> returned = new ArrayList<>();
    private final List<Long> recovered = new ArrayList<>();
    private @Nullable ChannelMachine machine;
    private @Nullable AmqpException endCause;
    private int ends;

    void attach(@Nullable ChannelMachine opening) {
        machine = opening;
    }

    // ---- short forms ----------------------------------------------------------------------------------------------

    public ChannelMachine machine() {
        if (machine == null) {
            throw new AssertionError("the channel was refused: " + opened);
        }
        return machine;
    }

    public int number() {
        return machine().number();
    }

    public ReplyLog request(Method request, int replyId) {
        ReplyLog reply = new ReplyLog();
        machine().request(request, replyId, reply);
        return reply;
    }

    public PublicationLog publish(OutboundMessage message) {
        PublicationLog publication = new PublicationLog(message);
        machine().publish(message, publication);
        return publication;
    }

    /** Starts a consumer of queue {@code q} with this tag. */
    public SinkLog consume(String tag, boolean autoAck) {
        SinkLog sink = new SinkLog();
        machine().consume("q", tag, 100, autoAck, false, Map.of(), sink, sink.consuming());
        return sink;
    }

    // ---- what tests ask -------------------------------------------------------------------------------------------

    /** The outcome of the opening. */
    public ReplyLog opened() {
        return opened;
    }

    public List<ReturnedMessage> returned() {
        return returned;
    }

    /** The tags that {@link #onRecovered} told. */
    public List<Long> recovered() {
        return recovered;
    }

    /** How often it was told its end. */
    public int ends() {
        return ends;
    }

    public @Nullable AmqpException endCause() {
        return endCause;
    }

    // ---- what the machine tells -----------------------------------------------------------------------------------

    @Override
    public void onEnd(@Nullable AmqpException cause) {
        ends++;
        endCause = cause;
    }

    @Override
    public void onReturn(ReturnedMessage message) {
        returned.add(message);
    }

    @Override
    public void onRecovered(long highestTag) {
        recovered.add(highestTag);
    }
}
