package dev.leveret.amqp.client;

import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.api.PublishResult;

/** A publish that an observer watches, beside the one whose future it is. */
final class ObservedPublish extends ConfirmedPublish {

    private final PublishObservation observation;

    ObservedPublish(ChannelHandle channel, OutboundMessage message, PublishObservation observation) {
        super(channel, message);
        this.observation = observation;
    }

    @Override
    public void execute() {
        if (isDone()) {
            observation.onEnd(new PublishResult.Rejected(CallbackPublish.withdrawn()));
        } else {
            super.execute();
        }
    }

    @Override
    void decided(PublishResult result) {
        observation.onEnd(result);
        super.decided(result);
    }
}
