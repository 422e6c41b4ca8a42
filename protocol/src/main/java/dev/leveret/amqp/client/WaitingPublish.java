package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.machine.ChannelState;

/** A publish whose result nobody asks for and for which there is no room yet: the future tells when it has gone out. */
final class WaitingPublish extends CommandFuture<Void> {

    private final ChannelHandle channel;
    private final OutboundMessage message;

    WaitingPublish(ChannelHandle channel, OutboundMessage message) {
        this.channel = channel;
        this.message = message;
    }

    @Override
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    public void execute() {
        if (isDone() || channel.life().holds(this)) {
            return;
        }
        RuntimeException refusal = channel.connection().life().refusal();
        if (refusal != null) {
            completeExceptionally(refusal);
        } else if (channel.machine().state() == ChannelState.OPEN) {
            channel.machine().publish(message, null);
            complete(null);
        } else {
            completeExceptionally(channel.machine().whyClosed());
        }
    }

    @Override
    public int weight() {
        return UnconfirmedPublish.weight(message);
    }
}
