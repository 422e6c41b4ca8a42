package dev.leveret.jms.broker;

import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;

/**
 * The transaction of a session (Jakarta Messaging 3.1, section 6.2.7), made on the client by <em>confirm, then
 * acknowledge</em>.
 *
 * <p>Sends wait, here or in a transaction of AMQP's, until {@link #commit}: then the broker takes all, and only when it has
 * confirmed every one are the received messages acknowledged. So nothing received is ever lost. What it is not is atomic: if
 * it fails half-way, what was sent may stay; the received messages come again, and with them what the program sends.
 *
 * <p>Used by the session's thread, and by the one that closes the session when that has come to rest.
 */
public final class LocalTransaction {

    private final TransactedSends sends;
    private final List<Incoming> received = new ArrayList<>();

    private LocalTransaction(TransactedSends sends) {
        this.sends = sends;
    }

    /** Sends are kept here until the commit. */
    public static LocalTransaction keeping(Outlet outlet) {
        return new LocalTransaction(new KeptSends(outlet));
    }

    /** Sends go to the broker at once, in a transaction of AMQP's. */
    public static LocalTransaction ofAmqp(BrokerLink link, Declarations declarations, DeliveryDelays delays) {
        return new LocalTransaction(new AmqpSends(link, declarations, delays));
    }

    /** Notes a message to be sent at commit. */
    public void send(Publication publication) throws JMSException {
        sends.add(publication);
    }

    /** Notes a message to be acknowledged at commit. */
    public void receive(Incoming incoming) {
        received.add(incoming);
    }

    /**
     * Sends, waits for every confirmation, then acknowledges. When it fails, sends are dropped, and what was received
     * is still unsettled: the caller takes it with {@link #rollback}.
     *
     * @throws TransactionRolledBackException if a received message is no longer ours, before anything was sent, or if
     *     the broker certainly did not take one of the sends
     * @throws JMSException with {@link JmsErrors#OUTCOME_UNKNOWN} if it is not known whether the broker took them all; or if
     *     it took them, and some of what was received could not be acknowledged and comes again
     */
    public void commit() throws JMSException {
        requireReceived();
        sends.commit();
        long lost = received.stream().filter(it -> !it.acknowledge()).count();
        received.clear();
        if (lost > 0) {
            throw new JMSException("everything was sent, but " + lost
                    + " received messages could not be acknowledged because the connection was lost or their channel has"
                    + " ended: they come again");
        }
    }

    private void requireReceived() throws TransactionRolledBackException {
        if (!received.stream().allMatch(Incoming::isSettleable)) {
            throw new TransactionRolledBackException(
                    "a message received in this transaction is no longer this session's,"
                            + " because the connection was lost or its channel has ended: it comes again. Nothing was sent");
        }
    }

    /** Drops the sends and hands over what was received, oldest first. */
    public List<Incoming> rollback() {
        sends.drop();
        List<Incoming> unsettled = List.copyOf(received);
        received.clear();
        return unsettled;
    }

    /** The same at the end of the session. */
    public List<Incoming> close() {
        sends.close();
        return rollback();
    }
}
