package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.message.Acknowledger;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code CLIENT_ACKNOWLEDGE}: {@code acknowledge()} on any message acknowledges all that the session has delivered, be it
 * before or after that message.
 *
 * <p>If the connection was lost since, some of that comes again. Then {@code acknowledge()} acknowledges nothing and says so
 * once: a program that undoes what it did must find that nothing of it was taken for done.
 */
final class ClientAcknowledgement implements Acknowledgement {

    private final Redelivery redelivery;

    /** Programs call {@code acknowledge()} from threads other than the session's, though they should not. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Oldest first; guarded by {@link #lock}. */
    private final List<Incoming> unacknowledged = new ArrayList<>();

    /** Guarded by {@link #lock}. */
    private boolean closed;

    ClientAcknowledgement(Redelivery redelivery) {
        this.redelivery = redelivery;
    }

    @Override
    public boolean received(Incoming incoming) {
        delivering(incoming);
        return true;
    }

    @Override
    public void delivering(Incoming incoming) {
        lock.lock();
        try {
            unacknowledged.add(incoming);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void delivered(Incoming incoming) {
        // The application decides.
    }

    /** The next message follows; whoever wants this one again calls {@code recover}, says the specification. */
    @Override
    public void failed(Incoming incoming) {}

    @Override
    public Acknowledger acknowledger() {
        return () -> {
            requireNoneStale();
            long lost = takeAll().stream().filter(it -> !it.acknowledge()).count();
            if (lost > 0) {
                throw new JMSException(
                        lost + " messages could not be acknowledged because the connection was lost or their"
                                + " channel has ended: they come again");
            }
        };
    }

    private void requireNoneStale() throws JMSException {
        int stale;
        int left;
        lock.lock();
        try {
            List<Incoming> gone =
                    unacknowledged.stream().filter(it -> !it.isSettleable()).toList();
            gone.forEach(Incoming::forget);
            unacknowledged.removeAll(gone);
            stale = gone.size();
            left = unacknowledged.size();
        } finally {
            lock.unlock();
        }
        if (stale > 0) {
            throw new JMSException(stale
                    + " messages could not be acknowledged because the connection was lost or their channel"
                    + " has ended: they come again. Nothing was acknowledged; " + left + " messages still can be");
        }
    }

    @Override
    public void recover() throws JMSException {
        redelivery.redeliver(takeAll());
    }

    @Override
    public void commit() throws JMSException {
        throw new IllegalStateException("the session is not transacted");
    }

    @Override
    public void rollback() throws JMSException {
        throw new IllegalStateException("the session is not transacted");
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            unacknowledged.forEach(Incoming::abandon);
            unacknowledged.clear();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean consumesUnreadableBodies() {
        return true;
    }

    private List<Incoming> takeAll() throws IllegalStateException {
        lock.lock();
        try {
            Acknowledgement.requireOpen(closed);
            List<Incoming> all = List.copyOf(unacknowledged);
            unacknowledged.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }
}
