package dev.leveret.jms;

import dev.leveret.jms.broker.Admission;
import dev.leveret.jms.broker.NamedSubscription;
import dev.leveret.jms.broker.NamedSubscription.Kind;
import dev.leveret.jms.broker.Subscriptions;
import dev.leveret.jms.broker.TemporaryDestinations;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.selector.Selector;
import dev.leveret.jms.selector.SelectorCache;
import dev.leveret.jms.wire.Origin;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Topic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks what sessions and connection consumers are asked to consume from, by the rules of the specification that need no
 * broker (Jakarta Messaging 3.1, sections 6.2.2 and 8.3). Used under no lock; thread-safe.
 */
final class Entrances {

    private final Subscriptions subscriptions;
    private final TemporaryDestinations temporaries;
    private final SelectorCache selectors;
    private final Origin origin;

    /**
     * For one session, or connection consumer.
     *
     * @param origin the connection, with the client identifier that it has from now on
     */
    Entrances(Subscriptions subscriptions, TemporaryDestinations temporaries, SelectorCache selectors, Origin origin) {
        this.subscriptions = subscriptions;
        this.temporaries = temporaries;
        this.selectors = selectors;
        this.origin = origin;
    }

    /** A queue, or a new subscription of a topic. */
    Entrance to(@Nullable Destination destination, @Nullable String selector, boolean noLocal) throws JMSException {
        JmsDestination from = JmsDestination.of(destination);
        Admission admission = new Admission(
                selectors.selector(selector),
                noLocal && !from.isQueue() ? Optional.of(Origin.of(origin.connection())) : Optional.empty());
        temporaries.requireConsumable(from);
        return new Entrance(from, (arrivals, started) -> subscriptions.open(from, admission, arrivals));
    }

    /** A subscription with a name. */
    Entrance to(Kind kind, @Nullable Topic topic, @Nullable String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        JmsDestination from = JmsDestination.of(topic);
        if (from.isQueue()) {
            throw new InvalidDestinationException(from + " is no topic: it cannot be subscribed to");
        }
        if (kind.isDurable() && from.temporaryOwner().isPresent()) {
            throw new InvalidDestinationException(from + " is temporary: it has no durable subscriptions");
        }
        temporaries.requireConsumable(from);
        Optional<Selector> wanted = selectors.selector(selector);
        if (kind == Kind.DURABLE && origin.clientId().isEmpty()) {
            throw new IllegalStateException("a durable subscription that is not shared needs a client identifier:"
                    + " setClientID, or jms.clientId of the factory");
        }
        NamedSubscription subscription = new NamedSubscription(
                kind, origin.clientId(), named(name), from, wanted.map(Selector::toString), noLocal);
        Admission admission = new Admission(wanted, noLocal ? Optional.of(origin) : Optional.empty());
        return new Entrance(
                from, (arrivals, started) -> subscriptions.open(subscription, admission, arrivals, started));
    }

    /**
     * Deletes a durable subscription; waits.
     *
     * @throws InvalidDestinationException if there is none
     */
    void unsubscribe(@Nullable String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new InvalidDestinationException("there is no subscription without a name");
        }
        subscriptions.delete(origin.clientId(), name);
    }

    private static String named(@Nullable String name) throws JMSException {
        if (name == null || name.isEmpty()) {
            throw new JMSException("a subscription needs a name");
        }
        return name;
    }
}
