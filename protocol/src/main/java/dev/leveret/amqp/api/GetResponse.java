package dev.leveret.amqp.api;

/**
 * A message fetched with {@code basic.get}.
 *
 * @param delivery the message; to be settled unless it was fetched with automatic acknowledgement
 * @param messageCount how many messages are left ready in the queue
 */
public record GetResponse(Delivery delivery, long messageCount) {}
