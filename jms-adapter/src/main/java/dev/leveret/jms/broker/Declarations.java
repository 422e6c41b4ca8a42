package dev.leveret.jms.broker;

import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sees to it that a destination exists when it is first used on a connection: a queue is looked up, and declared only if it
 * is missing, so that queues which an administrator made as he likes are left as they are. Thread-safe.
 *
 * <p>Two threads may look the same name up at once; that is harmless.
 */
public final class Declarations {

    private final BrokerLink link;
    private final Naming naming;
    private final QueuePreset preset;
    private final AutoDeclare autoDeclare;

    /** What is known to exist. It may be deleted behind our back; publishing finds out and calls {@link #forget}. */
    private final Set<JmsDestination> known = ConcurrentHashMap.newKeySet();

    private volatile boolean topicExchangeKnown;

    private enum Found {
        THERE,
        LOCKED,
        MISSING
    }

    /** For one connection. */
    public Declarations(BrokerLink link, Naming naming, QueuePreset preset, AutoDeclare autoDeclare) {
        this.link = link;
        this.naming = naming;
        this.preset = preset;
        this.autoDeclare = autoDeclare;
        link.interruptions().watch(new Interruptions.Watcher() {
            @Override
            public void lost() {
                // Whom the next connection is to, and what is there, is seen then.
                known.clear();
                topicExchangeKnown = false;
            }

            @Override
            public void restored() {}
        });
    }

    QueuePreset preset() {
        return preset;
    }

    /** Before a message is published; waits at the first use. */
    public void forSending(JmsDestination destination) throws JMSException {
        if (autoDeclare == AutoDeclare.OFF || Naming.isDirectReplyTo(destination) || Naming.isTemporary(destination)) {
            // Whether it is there, the broker tells when the message is published.
            return;
        }
        if (!destination.isQueue()) {
            topicExchange();
        } else if (!known.contains(destination)) {
            Found found = lookUp(destination.name());
            if (found == Found.MISSING && autoDeclare == AutoDeclare.PASSIVE) {
                throw missing(destination);
            }
            // Another connection's exclusive queue cannot be looked up but can be published to.
            declareIfMissing(destination, found);
            known.add(destination);
        }
    }

    /**
     * Before a queue is consumed; waits.
     *
     * @throws InvalidDestinationException if it is missing and not to be declared, or belongs to another connection
     */
    void forReceiving(JmsDestination queue) throws JMSException {
        Found found = lookUp(queue.name());
        if (found == Found.LOCKED) {
            throw new InvalidDestinationException(
                    queue + " is a temporary or exclusive queue of another connection",
                    Integer.toString(ReplyCode.RESOURCE_LOCKED.code()));
        }
        if (found == Found.MISSING && (autoDeclare != AutoDeclare.ON || Naming.isTemporary(queue))) {
            throw missing(queue);
        }
        declareIfMissing(queue, found);
        known.add(queue);
    }

    private InvalidDestinationException missing(JmsDestination queue) {
        return new InvalidDestinationException(
                queue + " does not exist"
                        + (autoDeclare == AutoDeclare.ON
                                ? ""
                                : ", and jms.autoDeclare is "
                                        + autoDeclare.name().toLowerCase(Locale.ROOT)),
                Integer.toString(ReplyCode.NOT_FOUND.code()));
    }

    /** Before the topic exchange is used; waits at the first use. */
    void topicExchange() throws JMSException {
        if (topicExchangeKnown || autoDeclare == AutoDeclare.OFF) {
            return;
        }
        if (autoDeclare == AutoDeclare.PASSIVE) {
            link.onSpareChannel(
                    "looking up the topic exchange " + naming.topicExchange() + ", as jms.autoDeclare is passive",
                    it -> it.declareExchangePassive(naming.topicExchange()));
            topicExchangeKnown = true;
            return;
        }
        ExchangeSpec exchange = ExchangeSpec.topic(naming.topicExchange());
        try {
            link.onSpareChannel("declaring exchange " + exchange.name(), it -> it.declareExchange(exchange));
        } catch (JMSException e) {
            ChannelClosure refusal = JmsErrors.closure(e);
            if (refusal != ChannelClosure.ACCESS_REFUSED && refusal != ChannelClosure.PRECONDITION_FAILED) {
                throw e;
            }
            // It is there, of another making; or we may not make it, and using it tells whether it is there.
        }
        topicExchangeKnown = true;
    }

    /** It turned out not to exist, so the next use looks it up again. */
    void forget(JmsDestination destination) {
        if (destination.isQueue()) {
            known.remove(destination);
        } else {
            topicExchangeKnown = false;
        }
    }

    /** Whether it is a queue that does not exist; waits. */
    boolean isMissing(JmsDestination destination) throws JMSException {
        return destination.isQueue() && lookUp(destination.name()) == Found.MISSING;
    }

    private Found lookUp(String queue) throws JMSException {
        try {
            link.onSpareChannel("looking up queue " + queue, it -> it.declareQueuePassive(queue));
            return Found.THERE;
        } catch (JMSException e) {
            return switch (JmsErrors.closure(e)) {
                case NOT_FOUND -> Found.MISSING;
                case RESOURCE_LOCKED -> Found.LOCKED;
                default -> throw e;
            };
        }
    }

    private void declareIfMissing(JmsDestination queue, Found found) throws JMSException {
        if (found != Found.MISSING) {
            return;
        }
        try {
            link.onSpareChannel("declaring " + queue, it -> it.declareQueue(preset.spec(queue.name())));
        } catch (JMSException e) {
            // Since the look-up somebody has declared it, differently.
            if (JmsErrors.closure(e) != ChannelClosure.PRECONDITION_FAILED || lookUp(queue.name()) != Found.THERE) {
                throw e;
            }
        }
    }
}
