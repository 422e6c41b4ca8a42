package dev.leveret.jms.broker;

import dev.leveret.amqp.api.PublishException;
import dev.leveret.jms.message.Causes;
import jakarta.jms.JMSException;
import jakarta.jms.TransactionRolledBackException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Sends that are kept here until the commit, and then published with confirms: the broker sees nothing of them before. */
final class KeptSends implements TransactedSends {

    private final Outlet outlet;
    private final List<Publication> sends = new ArrayList<>();

    KeptSends(Outlet outlet) {
        this.outlet = outlet;
    }

    @Override
    public void add(Publication publication) {
        sends.add(publication);
    }

    @Override
    public void commit() throws JMSException {
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
            throw failure(first, failed, outcomes.size());
        }
        sends.clear();
    }

    private CompletableFuture<Void> publish(Publication send) {
        try {
            return outlet.publishConfirmed(send);
        } catch (JMSException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static JMSException failure(JMSException cause, int failed, int all) {
        String text = cause.getMessage() + "; " + failed + " of " + all + " messages were not sent, " + (all - failed)
                + " were and remain";
        return Causes.with(
                cause,
                isCertain(cause)
                        ? new TransactionRolledBackException(text, cause.getErrorCode())
                        : JmsErrors.inDoubt(text));
    }

    /** Whether the broker certainly has not got the message. */
    private static boolean isCertain(JMSException e) {
        return !JmsErrors.OUTCOME_UNKNOWN.equals(e.getErrorCode())
                && !(e.getCause() instanceof PublishException publish && publish.outcomeUnknown());
    }

    @Override
    public void drop() {
        sends.clear();
    }

    @Override
    public void close() {
        sends.clear();
    }
}
