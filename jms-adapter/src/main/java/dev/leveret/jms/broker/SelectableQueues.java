package dev.leveret.jms.broker;

import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.JMSException;

/**
 * Which queues may be consumed with selectors. What matches no selector has to be returned, and a quorum queue before RabbitMQ
 * 4.3 counts every return as a failure of the message: after 20, or whatever its limit is, the message is gone.
 */
final class SelectableQueues {

    private final BrokerLink link;
    private final boolean acceptUnknown;

    /**
     * For one connection.
     *
     * @param acceptUnknown whether a queue of which the type cannot be found out may be
     */
    SelectableQueues(BrokerLink link, boolean acceptUnknown) {
        this.link = link;
        this.acceptUnknown = acceptUnknown;
    }

    /**
     * Looks at a queue that exists; waits.
     *
     * @return whether it takes back what does not match; otherwise it is a stream, which keeps everything anyway
     * @throws JMSException if it would lose messages, or it is not known
     */
    boolean takesBack(JmsDestination queue) throws JMSException {
        if (!link.isRabbitMq()) {
            // Apache Qpid, for one, no longer knows the deliveries of a consumer that was cancelled.
            throw new JMSException("a consumer of " + queue + " cannot have a selector: this is " + link.broker()
                    + ", and what becomes of messages that are held for long is known of RabbitMQ only. Use a topic");
        }
        if (Naming.isTemporary(queue)) {
            return true;
        }
        return switch (QueueTypeProbe.probe(link, queue.name())) {
            case CLASSIC -> true;
            case STREAM -> false;
            case QUORUM -> {
                if (!link.nackIsFree()) {
                    throw new JMSException(queue + " is a quorum queue, and this is " + link.broker()
                            + ": before 4.3 a consumer with a selector would lose messages, because what does not match has to be"
                            + " returned, each return counts towards the delivery limit, and a message beyond it is dropped or"
                            + " dead-lettered. Use a classic queue, a topic, or RabbitMQ 4.3 or later");
                }
                yield true;
            }
            case SELF_DELETING ->
                throw new JMSException(
                        queue + " is deleted when it has no consumer, at once or within a minute, so a consumer of it"
                                + " cannot have a selector: it has to pause for others to get what does not match, and the queue would be"
                                + " gone with its messages. Declare it without auto-delete and with a longer x-expires");
            case UNKNOWN -> {
                if (!link.nackIsFree() && !acceptUnknown) {
                    throw new JMSException("the type of " + queue
                            + " could not be found out, for which the permission to configure it is needed."
                            + " Were it a quorum queue, a consumer with a selector would lose messages before RabbitMQ 4.3,"
                            + " and this is " + link.broker()
                            + ". Set jms.selectorsOnUnknownQueues=true if all queues that are"
                            + " consumed with selectors are classic");
                }
                yield true;
            }
        };
    }
}
