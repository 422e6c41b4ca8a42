package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.JMSException;
import java.util.Map;
import java.util.Optional;

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
    private final SharedQueues shared;
    private final SelectableQueues selectable;
    private final NamedSubscriptions named;

    /**
     * For one connection.
     *
     * @param prefetch how many deliveries a consumer may hold unsettled before it asks for more
     * @param holdLimit how many messages of a queue may be held that match no selector
     * @param acceptUnknownQueues whether a queue may be consumed with selectors though its type cannot be found out
     */
    public Subscriptions(
            BrokerLink link,
            Naming naming,
            Declarations declarations,
            int prefetch,
            int holdLimit,
            boolean acceptUnknownQueues) {
        this.link = link;
        this.naming = naming;
        this.declarations = declarations;
        this.prefetch = prefetch;
        shared = new SharedQueues(link, prefetch, holdLimit, Alarm.system());
        selectable = new SelectableQueues(link, acceptUnknownQueues);
        named = new NamedSubscriptions(link, naming, declarations, prefetch);
    }

    /**
     * Opens the way in for a queue's consumer, or for a new non-durable subscription of a topic; waits.
     *
     * @param admission what the consumer wants
     * @throws JMSException also if it has a selector and the queue is of a type on which that would lose messages
     */
    public Intake open(JmsDestination destination, Admission admission, Intake.Arrivals arrivals) throws JMSException {
        if (destination.isQueue()) {
            declarations.forReceiving(destination);
            return openQueue(destination, admission, arrivals);
        }
        declarations.topicExchange();
        AsyncChannel channel = link.openChannel();
        try {
            return new ChannelIntake(link, channel, subscribe(channel, destination), admission, prefetch, arrivals);
        } catch (JMSException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Opens the way in for a consumer of a subscription with a name, which is made if there is none, or replaced if it is
     * another one and has no consumer; waits.
     *
     * @param admission what the consumer wants
     * @param started whether it may have messages now; otherwise it has at most one until it begins
     * @throws JMSException if it is another one that has consumers, or shared and this is not, or the reverse, or is not
     *     shared and has a consumer, wherever
     */
    public Intake open(NamedSubscription subscription, Admission admission, Intake.Arrivals arrivals, boolean started)
            throws JMSException {
        return named.open(subscription, admission, arrivals, started);
    }

    /**
     * Deletes a durable subscription, shared or not; waits.
     *
     * @throws jakarta.jms.InvalidDestinationException if there is none
     * @throws JMSException if it has a consumer, wherever
     */
    public void delete(Optional<String> clientId, String name) throws JMSException {
        named.delete(clientId, name);
    }

    private Intake openQueue(JmsDestination queue, Admission admission, Intake.Arrivals arrivals) throws JMSException {
        Optional<Intake> joined = shared.join(queue.name(), admission, arrivals);
        if (joined.isPresent()) {
            return joined.get();
        }
        if (admission.selector().isPresent() && selectable.takesBack(queue)) {
            return shared.open(queue.name(), admission, arrivals);
        }
        return new ChannelIntake(link, link.openChannel(), Source.of(queue.name()), admission, prefetch, arrivals);
    }

    private Source subscribe(AsyncChannel channel, JmsDestination topic) throws JMSException {
        String doing = "subscribing to " + topic;
        // Another name each time: one that was declared and not answered may be locked until its connection is dead.
        String queue = link.repeat(() -> {
            String name = Naming.newSubscriberQueue();
            link.await(channel.declareQueue(new QueueSpec(name, false, true, false, Map.of())), doing);
            return name;
        });
        BindingSpec binding = BindingSpec.toQueue(naming.topicExchange(), queue, topic.name());
        link.repeat(() -> link.await(channel.bind(binding), doing));
        return Source.owned(queue);
    }
}
