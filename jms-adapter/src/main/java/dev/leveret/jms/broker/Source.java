package dev.leveret.jms.broker;

/**
 * The AMQP queue that one consumer consumes.
 *
 * @param queue its name
 * @param owned whether it was made for this consumer and is deleted with it
 * @param watched whether others go by whether it has consumers, so that it must have none when the closing of one is over
 */
record Source(String queue, boolean owned, boolean watched) {

    /** A queue of anybody's. */
    static Source of(String queue) {
        return new Source(queue, false, false);
    }

    /** A queue for this consumer alone. */
    static Source owned(String queue) {
        return new Source(queue, true, false);
    }

    /** The queue of a subscription that has a name. */
    static Source watched(String queue) {
        return new Source(queue, false, true);
    }
}
