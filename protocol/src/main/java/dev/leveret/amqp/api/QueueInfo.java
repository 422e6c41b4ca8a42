package dev.leveret.amqp.api;

/**
 * What the broker answers to {@code queue.declare}.
 *
 * @param name the queue's name; the one the broker made up when the declared name was empty
 * @param messageCount messages ready for delivery; stale on streams
 * @param consumerCount active consumers
 */
public record QueueInfo(String name, long messageCount, long consumerCount) {}
