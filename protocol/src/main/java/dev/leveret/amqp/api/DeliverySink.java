package dev.leveret.amqp.api;

/**
 * Takes deliveries on the connection's event loop, for those who hand them over themselves: the cheapest way to consume.
 *
 * <p>The methods are called on the event loop: they must not block and must not throw (what they throw closes the
 * channel). Settling from there is fine.
 */
public interface DeliverySink {

    /** One delivery, in the order of the channel. */
    void onDelivery(Delivery delivery);

    /** The deliveries that had arrived together have been handed over: a good moment to wake somebody up, once. */
    default void onBatchEnd() {}

    /**
     * The channel has ended and is going to be opened again: what was delivered until now cannot be settled any more, the
     * broker gives it to somebody again, and what comes next begins anew. Told before the first delivery of that.
     */
    default void onInterrupted() {}

    /** No delivery will come any more; {@link Subscription#ended} tells why. */
    default void onEnd() {}
}
