package dev.leveret.amqp.client;

import dev.leveret.amqp.api.PublishCallback;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.api.PublishResult;

/** Tells an observer what became of a publish before its own callback. */
record ObservedCallback(PublishObservation observation, PublishCallback callback) implements PublishCallback {

    @Override
    public boolean isWanted() {
        return callback.isWanted();
    }

    @Override
    public void onResult(PublishResult result) {
        observation.onEnd(result);
        callback.onResult(result);
    }
}
