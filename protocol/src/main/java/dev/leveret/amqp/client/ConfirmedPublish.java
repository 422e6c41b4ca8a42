package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.machine.Publication;

/**
 * A publish whose result a future tells: the queue's command, the tracker's slot and the user's future in one object per
 * message. Subclassed only for observers.
 */
class ConfirmedPublish extends CommandFuture<Void> implements Publication {

    private final ChannelHandle channel;
    private final OutboundMessage message;

    ConfirmedPublish(ChannelHandle channel, OutboundMessage message) {
        this.channel = channel;
        this.message = message;
    }

    @Override
    public void execute() {
        if (isDone() || channel.life().holds(this)) {
            return;
        }
        RuntimeException refusal = channel.connection().life().refusal();
        if (refusal == null) {
            channel.machine().publish(message, this);
        } else {
            onResult(new PublishResult.Rejected(refusal));
        }
    }

    @Override
    public final boolean isWanted() {
        return !isDone();
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
    public final void onResult(PublishResult result) {
        if (!(result instanceof PublishResult.Unknown unknown && channel.life().keeps(this, unknown))) {
            decided(result);
        }
    }

    /** Its fate is known. */
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    void decided(PublishResult result) {
        if (result instanceof PublishResult.Confirmed) {
            complete(null);
        } else {
            completeExceptionally(PublishException.of(message, result));
        }
    }
}
