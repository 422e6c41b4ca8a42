package dev.leveret.jms.broker;

import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The transaction of a session (Jakarta Messaging 3.1, section 6.2.7), made on the client by <em>confirm, then
 * acknowledge</em>.
 *
 * <p>Sends are kept here until {@link #commit}: then all are published, and only when the broker has confirmed every one
 * are the received messages acknowledged. So nothing received is ever lost. What it is not is atomic: messages become
 * visible one by one while commit runs, and if it fails half-way those already confirmed stay; the received ones come
 * again, and with them what the program sends. AMQP's own transactions promise no more and can lose the input.
 *
 * <p>Used by the session's thread, and by the one that closes the session when that has come to rest.
 */
public final class LocalTransaction {

    private final Outlet outlet;
    private final List<Publication> sends = new ArrayList<>();
    private final List<Incoming> received = new ArrayList<>();

    /** The transaction of the session that publishes here. */
    public LocalTransaction(Outlet outlet) {
        this.outlet = outlet;
    }

    /** Keeps a message to be published at commit. */
    public void send(Publication publication) {
        sends.add(publication);
    }

    /** Notes a message to be acknowledged at commit. */
    public void receive(Incoming incoming) {
        received.add(incoming);
    }

    /**
     * Publishes, waits for every confirmation, then acknowledges. When it fails, sends are dropped, and what was received
     * is still unsettled: the caller takes it with {@link #rollback}.
     *
     * @throws TransactionRolledBackException if a received message is no longer ours, before anything was published, or if
     *     the broker certainly did not take one of the sends
     * @throws JMSException if it is not known whether the broker took them all, or that all was acknowledged
     */
    public void commit() throws JMSException {
        requireReceived();
        publishAll();
        sends.clear();
        long lost = received.stream().filter(it -> !it.acknowledge()).count();
        received.clear();
        if (lost > 0) {
            throw new JMSException("everything was sent, but " + lost
                    + " received messages could not be acknowledged because their channel has ended: they come again");
        }
    }

    private void requireReceived() throws TransactionRolledBackException {
        if (!received.stream().allMatch(Incoming::isSettleable)) {
            throw new TransactionRolledBackException("a message received in this transaction is no longer this"
                    + " session's, because its channel has ended: it comes again. Nothing was sent");
        }
    }

    private void publishAll() throws JMSException {
        List<CompletableFuture<Void>> outcomes = new ArrayList<>(sends.size());
        for (Publication send : sends) {
            outcomes.add(publish(send));
        }
        // All are waited for, so that what a failed commit says about the rest is true.
        JMSException first = null;
        int failed = 0;
        for (int i = 0; i < outcomes.size(); i++) {
            try {
                outlet.await(sends.get(i), outcomes.get(i));
            } catch (JMSException e) {
                failed++;
                first = first == null || !isCertain(e) ? e : first;
            }
        }
        if (first != null) {
            throw commitFailure(first, failed, outcomes.size());
        }
    }

    private CompletableFuture<Void> publish(Publication send) {
        try {
            return outlet.publishConfirmed(send);
        } catch (JMSException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static JMSException commitFailure(JMSException cause, int failed, int all) {
        String text = cause.getMessage() + "; " + failed + " of " + all + " messages were not sent, " + (all - failed)
                + " were and remain";
        return JmsErrors.with(
                cause,
                isCertain(cause)
                        ? new TransactionRolledBackException(text, cause.getErrorCode())
                        : new JMSException("commit in doubt: " + text, cause.getErrorCode()));
    }

    /** Whether the broker certainly has not got the message. */
    private static boolean isCertain(JMSException e) {
        return e.getCause() instanceof PublishException publish && !(publish.result() instanceof PublishResult.Unknown);
    }

    /** Drops the sends and hands over what was received, oldest first. */
    public List<Incoming> rollback() {
        sends.clear();
        List<Incoming> unsettled = List.copyOf(received);
        received.clear();
        return unsettled;
    }
}
