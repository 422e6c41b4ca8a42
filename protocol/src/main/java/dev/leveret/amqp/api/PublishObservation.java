package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** Observes one publish: see {@link ConnectionObserver#onPublish}. */
@FunctionalInterface
public interface PublishObservation {

    /**
     * The message to publish in its place, usually the same or with other properties: where a trace's context is put into the
     * headers. Called once, on the thread that publishes.
     */
    default OutboundMessage message(OutboundMessage message) {
        return message;
    }

    /**
     * What became of it; called once, before the publisher is told. On the event loop, or on the publishing thread for what is
     * refused there and for {@link AsyncChannel#send}.
     *
     * @param result {@code null} for {@link AsyncChannel#send}, whose result nobody will know: it is on its way
     */
    void onEnd(@Nullable PublishResult result);
}
