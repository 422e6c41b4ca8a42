package dev.leveret.jms;

import dev.leveret.jms.broker.Declarations;
import dev.leveret.jms.broker.Due;
import dev.leveret.jms.broker.LocalTransaction;
import dev.leveret.jms.broker.Naming;
import dev.leveret.jms.broker.Outlet;
import dev.leveret.jms.broker.Publication;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.ForeignMessages;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.PropertyNames;
import dev.leveret.jms.wire.Origin;
import dev.leveret.jms.wire.OutboundMapping;
import dev.leveret.jms.wire.WireFormat;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's sending: sets the headers that are the provider's (Jakarta Messaging 3.1, section 3.4), encodes, and publishes
 * now or leaves it to the transaction. Used by the session's thread.
 */
final class MessageSender {

    private static final Logger LOG = LoggerFactory.getLogger(MessageSender.class);

    private final Origin origin;
    private final Optional<String> userId;
    private final String idPrefix;
    private final Naming naming;
    private final WireFormat format;
    private final Declarations declarations;
    private final Outlet outlet;
    private final @Nullable LocalTransaction transaction;
    private final Completions completions;
    private long lastId;

    /**
     * For one session.
     *
     * @param origin by which subscriptions know their own connection's messages
     * @param userId the user that messages name as their sender
     * @param idPrefix unique among all sessions
     * @param transaction null if the session is not transacted
     * @param completions tells listeners what became of messages
     */
    MessageSender(
            Origin origin,
            Optional<String> userId,
            String idPrefix,
            Naming naming,
            WireFormat format,
            Declarations declarations,
            Outlet outlet,
            @Nullable LocalTransaction transaction,
            Completions completions) {
        this.origin = origin;
        this.userId = userId;
        this.idPrefix = idPrefix;
        this.naming = naming;
        this.format = format;
        this.declarations = declarations;
        this.outlet = outlet;
        this.transaction = transaction;
        this.completions = completions;
    }

    /** Sends a message, of this provider or another; waits for the broker as the package {@code broker} says. */
    void send(Destination destination, @Nullable Message message, SendOptions options) throws JMSException {
        JmsMessage ours = ForeignMessages.adopt(message);
        Publication publication = prepare(destination, ours, options);
        if (options.expiresBeforeItIsDelivered()) {
            LOG.debug("{} expires before it may be delivered: it is not sent", ours);
        } else if (transaction != null) {
            transaction.send(publication);
        } else {
            outlet.publish(publication);
        }
        writeBack(ours, message, destination);
    }

    /**
     * Sends a message and has the listener told what became of it; waits only for room to send.
     *
     * <p>In a transaction a message is sent when it is part of that, so the listener is told at once. What the application
     * does with the message after this returns does not reach what is sent.
     *
     * @param producer whose {@code close} is to wait for the listener
     */
    void send(
            Destination destination,
            @Nullable Message message,
            SendOptions options,
            Object producer,
            CompletionListener listener)
            throws JMSException {
        JmsMessage ours = ForeignMessages.adopt(message);
        completions.awaitRoom();
        Publication publication = prepare(destination, ours, options);
        Completions.Outcome outcome = () -> {};
        if (options.expiresBeforeItIsDelivered()) {
            LOG.debug("{} expires before it may be delivered: it is not sent", ours);
        } else if (transaction != null) {
            transaction.send(publication);
        } else {
            outcome = outlet.begin(publication)::await;
        }
        writeBack(ours, message, destination);
        completions.add(producer, message == null ? ours : message, outcome, listener);
    }

    private Publication prepare(Destination destination, JmsMessage message, SendOptions options) throws JMSException {
        JmsDestination to = JmsDestination.of(destination);
        long delay = options.deliveryDelay();
        // What has to be declared takes its time: the message's clocks start when it can go.
        declarations.forSending(to);
        if (delay != 0) {
            outlet.prepare(to, options.priority(), delay);
        }
        setHeaders(message, to, options);
        Optional<Due> due = delay == 0 ? Optional.empty() : Optional.of(Due.in(delay));
        return Publication.of(to, options.persistent(), encode(message, to, options), naming, due);
    }

    private static void writeBack(JmsMessage sent, @Nullable Message original, Destination destination)
            throws JMSException {
        if (original != null) {
            ForeignMessages.writeBack(sent, original, destination);
        }
    }

    private OutboundMapping.Encoded encode(JmsMessage message, JmsDestination to, SendOptions options)
            throws JMSException {
        OutboundMapping.Encoded encoded = format.encode(message, options.timeToLive(), naming.topicExchange());
        OutboundMapping.Encoded marked = to.isQueue() ? encoded : encoded.from(origin);
        return userId.isPresent() ? marked.by(userId.get()) : marked;
    }

    private void setHeaders(JmsMessage message, JmsDestination destination, SendOptions options) throws JMSException {
        long now = System.currentTimeMillis();
        message.setJMSDestination(destination);
        message.setJMSDeliveryMode(options.deliveryMode());
        message.setJMSPriority(options.priority());
        message.setJMSMessageID(options.withId() ? idPrefix + ++lastId : null);
        message.setJMSTimestamp(options.withTimestamp() ? now : 0);
        message.setJMSDeliveryTime(now + options.deliveryDelay());
        message.setJMSExpiration(options.timeToLive() == 0 ? 0 : saturatedSum(now, options.timeToLive()));
        message.setJMSRedelivered(false);
        userId.ifPresent(it -> message.properties().put(PropertyNames.USER_ID, it));
    }

    private static long saturatedSum(long a, long b) {
        return Long.MAX_VALUE - a < b ? Long.MAX_VALUE : a + b;
    }
}
