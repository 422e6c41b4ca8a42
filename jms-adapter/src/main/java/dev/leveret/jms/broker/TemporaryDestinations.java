package dev.leveret.jms.broker;

import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsTemporaryQueue;
import dev.leveret.jms.destination.JmsTemporaryTopic;
import dev.leveret.jms.destination.TemporaryOwner;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The temporary destinations of one connection (Jakarta Messaging 3.1, section 6.2.2). Thread-safe.
 *
 * <p>A temporary queue is an exclusive queue: the broker lets other connections send to it and nothing else, and deletes it
 * with the connection. A temporary topic is just a name that nobody else uses.
 *
 * <p>When the connection is lost and comes back, the queue is declared again under its name: empty, and only when the broker
 * has noticed that the old connection is dead, which may take some heartbeats.
 */
public final class TemporaryDestinations implements TemporaryOwner {

    private final BrokerLink link;
    private final Predicate<JmsDestination> inUse;
    private final Set<JmsDestination> existing = ConcurrentHashMap.newKeySet();

    /**
     * For one connection.
     *
     * @param inUse whether the connection has a consumer of a destination
     */
    public TemporaryDestinations(BrokerLink link, Predicate<JmsDestination> inUse) {
        this.link = link;
        this.inUse = inUse;
    }

    /** Makes a queue; waits. */
    public JmsTemporaryQueue createQueue() throws JMSException {
        // Another name each time: one that was declared and not answered may be locked until its connection is dead.
        String name = link.repeat(this::declareQueue);
        JmsTemporaryQueue queue = new JmsTemporaryQueue(name, this);
        existing.add(queue);
        return queue;
    }

    private String declareQueue() throws JMSException {
        String name = Naming.newTemporaryQueue();
        link.onSpareChannelOnce(
                "creating a temporary queue", it -> it.declareQueue(new QueueSpec(name, false, true, false, Map.of())));
        return name;
    }

    /** Makes a topic. */
    public JmsTemporaryTopic createTopic() {
        JmsTemporaryTopic topic = new JmsTemporaryTopic(Naming.newTemporaryTopic(), this);
        existing.add(topic);
        return topic;
    }

    /**
     * Refuses temporary destinations of other connections, and deleted ones.
     *
     * @throws InvalidDestinationException if it is one
     */
    public void requireConsumable(JmsDestination destination) throws InvalidDestinationException {
        if (destination.temporaryOwner().isPresent() && !existing.contains(destination)) {
            throw new InvalidDestinationException(
                    destination + " is not a temporary destination of this connection, or was deleted");
        }
    }

    @Override
    public void delete(JmsDestination destination) throws JMSException {
        if (inUse.test(destination)) {
            throw new JMSException(destination + " cannot be deleted while it has consumers");
        }
        if (existing.remove(destination) && destination.isQueue()) {
            link.onSpareChannel("deleting " + destination, it -> it.deleteQueue(destination.name()));
        }
    }
}
