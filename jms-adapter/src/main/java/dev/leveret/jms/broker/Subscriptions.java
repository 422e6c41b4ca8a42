package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.JMSException;
import java.util.Map;

/**
 * Finds or makes the queue from which a consumer gets the messages of its destination. Thread-safe.
 *
 * <p>A topic's messages are copied into a queue per subscription. That of a non-durable one is exclusive, so that it ends
 * with the connection even if nobody can delete it; it is not auto-delete, because a consumer is at times replaced by
 * another on the same queue, and the queue must outlive the moment between.
 */
public final class Subscriptions {

    private final BrokerLink link;
    private final Naming naming;
    private final Declarations declarations;
    private final int prefetch;

    /**
     * For one connection.
     *
     * @param prefetch how many deliveries a consumer may hold unsettled before it asks for more
     */
    public Subscriptions(BrokerLink link, Naming naming, Declarations declarations, int prefetch) {
        this.link = link;
        this.naming = naming;
        this.declarations = declarations;
        this.prefetch = prefetch;
    }

    /**
     * Opens the way in for a queue's consumer, or for a new non-durable subscription of a topic; waits.
     *
     * @param admission what the consumer wants; of a queue everything
     */
    public Intake open(JmsDestination destination, Admission admission, Intake.Arrivals arrivals) throws JMSException {
        if (destination.isQueue()) {
            declarations.forReceiving(destination);
            return new Intake(
                    link, link.openChannel(), new Source(destination.name(), false), admission, prefetch, arrivals);
        }
        declarations.topicExchange();
        AsyncChannel channel = link.openChannel();
        try {
            return new Intake(link, channel, subscribe(channel, destination), admission, prefetch, arrivals);
        } catch (JMSException e) {
            channel.close();
            throw e;
        }
    }

    private Source subscribe(AsyncChannel channel, JmsDestination topic) throws JMSException {
        String queue = Naming.newSubscriberQueue();
        String doing = "subscribing to " + topic;
        link.await(channel.declareQueue(new QueueSpec(queue, false, true, false, Map.of())), doing);
        link.await(channel.bind(BindingSpec.toQueue(naming.topicExchange(), queue, topic.name())), doing);
        return new Source(queue, true);
    }
}
