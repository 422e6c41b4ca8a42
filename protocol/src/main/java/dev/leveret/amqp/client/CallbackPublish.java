package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishCallback;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.machine.Publication;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A publish whose result a callback tells. */
final class CallbackPublish extends LinkedCommand implements Publication {

    private static final Logger LOG = LoggerFactory.getLogger(CallbackPublish.class);

    private final ChannelHandle channel;
    private final OutboundMessage message;
    private final PublishCallback callback;

    CallbackPublish(ChannelHandle channel, OutboundMessage message, PublishCallback callback) {
        this.channel = channel;
        this.message = message;
        this.callback = callback;
    }

    @Override
    public void execute() {
        if (!isWanted()) {
            onResult(new PublishResult.Rejected(withdrawn()));
            return;
        }
        if (channel.life().holds(this)) {
            return;
        }
        RuntimeException refusal = channel.connection().life().refusal();
        if (refusal == null) {
            channel.machine().publish(message, this);
        } else {
            onResult(new PublishResult.Rejected(refusal));
        }
    }

    /** Why a message that is not wanted any more was not sent. */
    static CancellationException withdrawn() {
        return new CancellationException("withdrawn before the message was written");
    }

    @Override
    public boolean isWanted() {
        try {
            return callback.isWanted();
        } catch (Throwable e) {
            logged(e);
            return true;
        }
    }

    @Override
    public int weight() {
        return UnconfirmedPublish.weight(message);
    }

    @Override
    public OutboundMessage message() {
        return message;
    }

    @Override
    public void onResult(PublishResult result) {
        if (result instanceof PublishResult.Unknown unknown && channel.life().keeps(this, unknown)) {
            return;
        }
        try {
            callback.onResult(result);
        } catch (Throwable e) {
            // Errors too: one callback's must not end the connection of all others.
            logged(e);
        }
    }

    private void logged(Throwable failure) {
        LOG.error(
                "channel {} of {}: a publish callback threw",
                channel.machine().number(),
                channel.connection(),
                failure);
    }
}
