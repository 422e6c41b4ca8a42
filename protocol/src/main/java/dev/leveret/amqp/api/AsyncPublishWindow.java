package dev.leveret.amqp.api;

import java.util.concurrent.CompletableFuture;

/**
 * Publishes with confirms and keeps a bounded number of messages unconfirmed, in the order of the calls. Made by
 * {@link AsyncChannel#publishWindow}; thread-safe.
 */
public interface AsyncPublishWindow {

    /**
     * Publishes a message, at once or when earlier ones have been confirmed, and tells its fate as
     * {@link AsyncChannel#publish(OutboundMessage)} does. Messages that wait for their turn are kept in memory: see
     * {@link #ready}.
     */
    CompletableFuture<Void> publish(OutboundMessage message);

    /** Completes when a message that is published now is sent now: when there is room in the window and no message waits. */
    CompletableFuture<Void> ready();

    /**
     * Completes when the fate of everything published so far is known, whatever is published meanwhile; fails with the
     * first {@link PublishException} of that since the last flush that told one.
     */
    CompletableFuture<Void> flush();

    /** How many messages are sent and not confirmed: at most the window's size. */
    int unconfirmed();

    /** The same window for callers that want to wait. */
    PublishWindow blocking();
}
