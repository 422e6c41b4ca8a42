package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * Is told what one connection does. Every method has a default that does nothing; more may be added.
 *
 * <p>Called on the connection's event loop, unless a method says otherwise, while the thing happens: it must not block, and
 * what it costs every message pays. What it throws is logged and changes nothing. Nothing here carries a time: who wants to
 * know how long something takes looks at a clock at its beginning and at its end, and nobody else pays for it.
 *
 * <p>The methods that ask whether something is to be observed ({@link #onPublish}, {@link #onRequest}, {@link #onHandling})
 * return an object that is told the end of this one thing, exactly once, or {@code null}. One object may serve for all.
 */
public interface ConnectionObserver {

    /** How deliveries were settled. */
    enum Settlement {
        /** {@code basic.ack}. */
        ACKED,
        /** {@code basic.nack}. */
        NACKED,
        /** {@code basic.reject}. */
        REJECTED,
        /** By nobody: the broker took them back, with {@code basic.recover} or the end of their channel. */
        TAKEN_BACK
    }

    // ---- the connection -------------------------------------------------------------------------------------------

    /** The handshake is done, for the first time or again. */
    default void onOpened(Endpoint endpoint, ServerInfo server, Negotiated negotiated) {}

    /** It will not be opened. Called on the event loop, or on the thread that cancels the attempt. */
    default void onFailed(Throwable cause) {}

    /** It was open and is lost; it is going to be recovered. */
    default void onLost(AmqpException cause) {}

    /** It is recovered: {@link #onOpened} was called before. */
    default void onRecovered(RecoveryReport report) {}

    /** It was open and has ended for good; without a cause when this side closed it. */
    default void onClosed(@Nullable AmqpException cause) {}

    /** The broker has stopped reading ({@code connection.blocked}). */
    default void onBlocked(String reason) {}

    /** The broker reads again ({@code connection.unblocked}). */
    default void onUnblocked() {}

    /** The socket takes no more bytes for now ({@code false}), or again ({@code true}, as at the beginning). */
    default void onWritabilityChanged(boolean writable) {}

    /**
     * Bytes have come, not handled yet.
     *
     * @param frames how many frames ended in them
     */
    default void onRead(int bytes, int frames) {}

    /**
     * Bytes are given to the socket.
     *
     * @param frames how many frames ended in them; the protocol header is none
     */
    default void onWritten(int bytes, int frames) {}

    // ---- channels and requests ------------------------------------------------------------------------------------

    default void onChannelOpened(int channel) {}

    /** A channel that was open has ended; without a cause when this side closed it. */
    default void onChannelClosed(int channel, @Nullable AmqpException cause) {}

    /**
     * Something is asked of the broker. Called on the thread that asks.
     *
     * @param channel 0 for {@code channel.open}
     * @param method the specification's name, such as {@code "queue.declare"}
     * @param entity what it is about, such as the queue's name; may be empty
     */
    default @Nullable RequestObservation onRequest(int channel, String method, String entity) {
        return null;
    }

    // ---- publishing -----------------------------------------------------------------------------------------------

    /**
     * A message is about to be published, confirmed or not. Called on the thread that publishes, before anything else: what
     * is returned may change the message's properties.
     */
    default @Nullable PublishObservation onPublish(int channel, OutboundMessage message) {
        return null;
    }

    /** A message was written. */
    default void onPublished(int channel, OutboundMessage message) {}

    /** The broker returned a mandatory message; called before its publisher or a listener is told. */
    default void onReturned(int channel, ReturnedMessage message) {}

    // ---- consuming ------------------------------------------------------------------------------------------------

    default void onConsumerStarted(int channel, String consumerTag, String queue) {}

    /** A consumer that was started has ended; without a cause when it was cancelled by this side or its channel closed. */
    default void onConsumerEnded(int channel, String consumerTag, String queue, @Nullable AmqpException cause) {}

    /** A message has come, for a consumer or in answer to {@code basic.get} (then without consumer tag). */
    default void onDelivered(int channel, String queue, Delivery delivery) {}

    /**
     * A delivery is about to be handled by a {@link DeliveryHandler}. Called on the handler's thread.
     *
     * @return is told the end on the same thread, so that what is set for the thread here can be undone there
     */
    default @Nullable HandlingObservation onHandling(int channel, String queue, Delivery delivery) {
        return null;
    }

    /**
     * A delivery is being settled by its user. Called on the thread that settles, before anything is written.
     *
     * @param multiple whether all before it are, too
     */
    default void onSettle(int channel, Delivery delivery, Settlement how, boolean requeue, boolean multiple) {}

    /**
     * Deliveries are settled and the broker is told.
     *
     * @param requeue whether they return to their queues; {@code false} for {@link Settlement#ACKED}
     * @param count how many
     */
    default void onSettled(int channel, Settlement how, boolean requeue, int count) {}
}
