package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.broker.LocalTransaction;
import dev.leveret.jms.message.Acknowledger;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;

/** {@code SESSION_TRANSACTED}: the transaction decides; a commit that fails rolls back what was received. */
final class TransactedAcknowledgement implements Acknowledgement {

    private final LocalTransaction transaction;
    private final Redelivery redelivery;
    private volatile boolean closed;

    TransactedAcknowledgement(LocalTransaction transaction, Redelivery redelivery) {
        this.transaction = transaction;
        this.redelivery = redelivery;
    }

    @Override
    public boolean received(Incoming incoming) {
        transaction.receive(incoming);
        return true;
    }

    @Override
    public void delivering(Incoming incoming) {
        transaction.receive(incoming);
    }

    @Override
    public void delivered(Incoming incoming) {
        // It is part of the transaction.
    }

    /** The next message follows; this one is part of the transaction still. */
    @Override
    public void failed(Incoming incoming) {}

    @Override
    public Acknowledger acknowledger() {
        return () -> Acknowledgement.requireOpen(closed);
    }

    @Override
    public void recover() throws JMSException {
        throw new IllegalStateException("a transacted session is rolled back, not recovered");
    }

    @Override
    public void commit() throws JMSException {
        try {
            transaction.commit();
        } catch (JMSException e) {
            rollback();
            throw e;
        }
    }

    @Override
    public void rollback() {
        redelivery.redeliver(transaction.rollback());
    }

    @Override
    public void close() {
        closed = true;
        transaction.close().forEach(Incoming::abandon);
    }

    @Override
    public boolean consumesUnreadableBodies() {
        return true;
    }
}
