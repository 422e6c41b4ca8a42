package dev.leveret.amqp.api;

/** What happens to a delivery whose {@link DeliveryHandler} throws; the exception is logged in any case. */
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
