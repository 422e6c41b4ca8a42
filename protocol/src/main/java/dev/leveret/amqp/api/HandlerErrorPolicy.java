package dev.leveret.amqp.api;

/**
 * What happens to a delivery whose {@link DeliveryHandler} throws; the exception is logged in any case. A stream's deliveries
 * cannot be given back, so a consumer that says where in a stream to begin can neither have {@link #REQUEUE} nor
 * {@link #REJECT}; one that reads a stream without saying so has its channel closed.
 */
public enum HandlerErrorPolicy {

    /** The channel is closed: the broker takes back all that is unsettled and the consumer's end tells the exception. */
    CLOSE_CHANNEL,

    /** It returns to the queue and will be delivered again, perhaps at once and for ever. */
    REQUEUE,

    /** It is rejected without requeue: dead-lettered where the queue has a dead letter exchange, otherwise dropped. */
    REJECT,

    /** Nothing: it stays unsettled and takes a place of the prefetch until the channel ends. */
    LEAVE_UNSETTLED
}
