package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.machine.ChannelState;

/** A publish whose result nobody asks for and for which there is no room yet: the future tells when it has gone out. */
final class WaitingPublish extends CommandFuture<Void> {

    private final Incarnation incarnation;
    private final OutboundMessage message;

    WaitingPublish(Incarnation incarnation, OutboundMessage message) {
        this.incarnation = incarnation;
        this.message = message;
    }

    @Override
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    public void execute() {
        if (isDone()) {
            return;
        }
        RuntimeException refusal = incarnation.connection().refusal();
        if (refusal != null) {
            completeExceptionally(refusal);
        } else if (incarnation.machine().state() == ChannelState.OPEN) {
            incarnation.machine().publish(message, null);
            complete(null);
        } else {
            completeExceptionally(incarnation.machine().whyClosed());
        }
    }

    @Override
    public int weight() {
        return UnconfirmedPublish.weight(message);
    }
}
