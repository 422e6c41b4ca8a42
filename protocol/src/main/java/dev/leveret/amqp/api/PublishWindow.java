package dev.leveret.amqp.api;

import java.util.concurrent.CompletableFuture;

/** The blocking face of {@link AsyncPublishWindow}. Made by {@link Channel#publishWindow}; thread-safe. */
public interface PublishWindow {

    /**
     * Publishes a message as soon as there is room in the window, and waits for that, at most
     * {@link ConnectionOptions#requestTimeout()}.
     *
     * @return the message's fate, which is not waited for: see {@link AsyncChannel#publish(OutboundMessage)}
     * @throws AmqpTimeoutException if there was no room in time; the message is not sent
     */
    CompletableFuture<Void> publish(OutboundMessage message);

    /**
     * Waits until the fate of everything published so far is known, at most {@link ConnectionOptions#requestTimeout()},
     * whatever other threads publish meanwhile.
     *
     * @throws PublishException the first since the last flush that told one
     */
    void flush();

    /** @see AsyncPublishWindow#unconfirmed() */
    int unconfirmed();

    /** The same window for callers that do not want to wait. */
    AsyncPublishWindow async();
}
