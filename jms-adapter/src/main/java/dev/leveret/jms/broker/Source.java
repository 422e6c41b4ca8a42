package dev.leveret.jms.broker;

/**
 * The AMQP queue that one consumer consumes.
 *
 * @param queue its name
 * @param owned whether it was made for this consumer and is deleted with it
 */
record Source(String queue, boolean owned) {}
