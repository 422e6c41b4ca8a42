package dev.leveret.amqp.api;

import java.util.concurrent.CompletableFuture;

/** A consumer that the broker has accepted. Thread-safe. */
public interface Subscription {

    /** The consumer's tag: unique on its channel. */
    String consumerTag();

    /** The queue it consumes from. */
    String queue();

    /**
     * Stops the deliveries ({@code basic.cancel}). Completes when the broker has answered: nothing arrives afterwards.
     * What was delivered before stays the consumer's to settle. Calling it again returns the same outcome.
     */
    CompletableFuture<Void> cancel();

    /**
     * Stops reading from the connection, for a consumer that takes deliveries itself ({@link DeliverySink}) and has no room
     * for more. Everything on the connection waits along: answers, confirms and the deliveries of others; only heartbeats
     * are looked after. What has been read already still arrives. Reading goes on when all consumers that have stopped it
     * have called {@link #resumeReading} or have ended. Idempotent.
     */
    void pauseReading();

    /** Ends what {@link #pauseReading} began. Idempotent. */
    void resumeReading();

    /**
     * Completes when no delivery will come any more: normally after {@link #cancel}, otherwise exceptionally with a
     * {@link ConsumerCancelledException} (by the broker: the queue is gone), a {@link ChannelClosedException}, a
     * {@link ConnectionClosedException} or a {@link ConnectionLostException}.
     */
    CompletableFuture<Void> ended();
}
