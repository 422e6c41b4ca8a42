package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import java.util.ArrayList;
import java.util.List;

/**
 * Delivers again what was delivered and not acknowledged: after {@code rollback}, {@code recover}, and a listener's
 * exception (Jakarta Messaging 3.1, sections 6.2.7, 6.2.10 and 8.7).
 *
 * <p>It goes to its consumer again from here, in the old order and before all that the consumer has waiting, instead of
 * back to the broker. Returned to the broker it would come after the messages that have been fetched already, unless those
 * were returned as well; and on quorum queues before RabbitMQ 4.3 every such return counts towards the delivery limit, so
 * that one bad message would take its innocent neighbours along to the dead letters.
 *
 * <p>After so many attempts it is given back as failed: then the broker's own limit counts, other consumers get their
 * chance, and it no longer stands before the others.
 */
final class Redelivery {

    private final int limit;

    /**
     * One rule for a session.
     *
     * @param limit how often a message is delivered again from here
     */
    Redelivery(int limit) {
        this.limit = limit;
    }

    /** Delivers these again. What is no longer this client's, the broker gives to somebody itself. */
    void redeliver(List<Incoming> oldestFirst) {
        List<Incoming> again = new ArrayList<>();
        for (Incoming incoming : oldestFirst) {
            if (!incoming.isSettleable()) {
                incoming.forget();
            } else if (incoming.attempts() < limit) {
                again.add(incoming);
            } else {
                incoming.fail();
            }
        }
        List<Incoming> unwanted = new ArrayList<>();
        for (int i = again.size() - 1; i >= 0; i--) {
            if (!again.get(i).deliverAgain()) {
                unwanted.add(0, again.get(i));
            }
        }
        unwanted.forEach(Incoming::fail);
    }
}
