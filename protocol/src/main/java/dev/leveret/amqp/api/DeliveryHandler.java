package dev.leveret.amqp.api;

/** Handles deliveries, one at a time and in order per channel, on the executor that {@link ConsumeOptions} names. */
@FunctionalInterface
public interface DeliveryHandler {

    /**
     * Handles one delivery. It may block, call any operation of any channel, and settle the delivery here or later from
     * anywhere.
     *
     * @throws Exception what then happens to the delivery is {@link ConsumeOptions#onHandlerError}'s
     */
    void handle(Delivery delivery) throws Exception;
}
