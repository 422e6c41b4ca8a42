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

    private final Incarnation incarnation;
    private final OutboundMessage message;

    ConfirmedPublish(Incarnation incarnation, OutboundMessage message) {
        this.incarnation = incarnation;
        this.message = message;
    }

    @Override
    public void execute() {
        if (isDone()) {
            return;
        }
        RuntimeException refusal = incarnation.connection().refusal();
        if (refusal == null) {
            incarnation.machine().publish(message, this);
        } else {
            onResult(new PublishResult.Rejected(refusal));
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
    @SuppressWarnings("NullAway") // the value of a CompletableFuture<Void>
    public void onResult(PublishResult result) {
        if (result instanceof PublishResult.Confirmed) {
            complete(null);
        } else {
            completeExceptionally(PublishException.of(message, result));
        }
    }
}
