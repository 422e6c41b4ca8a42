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
    public void received(Incoming incoming) {
        delivering(incoming);
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
            long lost = takeAll().stream().filter(it -> !it.acknowledge()).count();
            if (lost > 0) {
                throw new JMSException(
                        lost + " messages could not be acknowledged because their channel has ended: they come again");
            }
        };
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
