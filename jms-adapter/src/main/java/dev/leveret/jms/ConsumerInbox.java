package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.broker.Intake;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.Causes;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one consumer has waiting, and to whom it goes. Everything mutable is guarded by the lock of its
 * {@link SessionDispatch}; methods that say so take it, the others are called under it.
 */
final class ConsumerInbox implements Intake.Arrivals {

    private final SessionDispatch dispatch;
    private final JmsDestination destination;
    private final boolean manySessions;
    private final ArrayDeque<Incoming> waiting = new ArrayDeque<>();

    /** Set once, before anything is taken from here. */
    private @Nullable Intake intake;

    private @Nullable MessageListener listener;
    private @Nullable JMSException failure;
    private boolean closed;
    private int calls;

    ConsumerInbox(SessionDispatch dispatch, JmsDestination destination) {
        this(dispatch, destination, false);
    }

    private ConsumerInbox(SessionDispatch dispatch, JmsDestination destination, boolean manySessions) {
        this.dispatch = dispatch;
        this.destination = destination;
        this.manySessions = manySessions;
    }

    /** One of a connection consumer, whose messages go to sessions of others. */
    static ConsumerInbox forManySessions(SessionDispatch dispatch, JmsDestination destination) {
        return new ConsumerInbox(dispatch, destination, true);
    }

    /** What it is filled from. */
    void fillFrom(Intake source) {
        dispatch.locked(() -> intake = source);
    }

    JmsDestination destination() {
        return destination;
    }

    // Takes the lock; on the event loop.
    @Override
    public void arrived(Incoming incoming) {
        dispatch.locked(() -> waiting.add(incoming));
    }

    // Takes the lock; on the event loop.
    @Override
    public void batchEnded() {
        dispatch.wakeUp();
    }

    // Takes the lock.
    @Override
    public boolean again(Incoming incoming) {
        return dispatch.underLock(() -> {
            if (!closed) {
                waiting.addFirst(incoming);
                dispatch.wakeUp();
            }
            return !closed;
        });
    }

    /** Puts back what was taken and not shown to the application; takes the lock. */
    void unread(Incoming incoming) {
        dispatch.locked(() -> waiting.addFirst(incoming));
    }

    /** The same for several, oldest first. */
    void unread(List<Incoming> incoming) {
        dispatch.locked(() -> {
            for (int i = incoming.size() - 1; i >= 0; i--) {
                waiting.addFirst(incoming.get(i));
            }
        });
    }

    /** One that was taken and those behind it, as far as they have come and up to so many; takes the lock. */
    List<Incoming> pollMore(Incoming first, int max) {
        return dispatch.underLock(() -> {
            List<Incoming> lot = new ArrayList<>(List.of(first));
            Incoming next = lot.size() < max ? poll() : null;
            while (next != null) {
                lot.add(next);
                next = lot.size() < max ? poll() : null;
            }
            return lot;
        });
    }

    @Override
    public boolean goToManySessions() {
        return manySessions;
    }

    // Takes the lock.
    @Override
    public int waiting() {
        return dispatch.underLock(waiting::size);
    }

    // Takes the lock.
    @Override
    public Collection<Incoming> surrender() {
        return dispatch.underLock(() -> {
            List<Incoming> all = List.copyOf(waiting);
            waiting.clear();
            return all;
        });
    }

    // Takes the lock; on the event loop.
    @Override
    public void interrupted() {
        dispatch.locked(waiting::clear);
    }

    // Takes the lock; on the event loop. Where there is no listener, receive tells it.
    @Override
    public void ended(JMSException cause) {
        boolean untold = dispatch.underLock(() -> {
            failure = cause;
            dispatch.wakeUp();
            return listener != null;
        });
        if (untold) {
            dispatch.report(cause);
        }
    }

    /** The next that still is ours; what is not comes again on another channel. */
    @Nullable
    Incoming poll() {
        Incoming next = waiting.poll();
        while (next != null && !next.isSettleable()) {
            next = waiting.poll();
        }
        return next;
    }

    /** Whether nothing will come because the application has all that may be unsettled. */
    boolean isStarved() {
        return waiting.isEmpty() && !closed && failure == null && intake != null && intake.isExhausted();
    }

    /** Lets more come; waits for the broker, so not under the lock. */
    void makeRoom() throws JMSException {
        Intake source = dispatch.<@Nullable Intake>underLock(() -> intake);
        if (source != null) {
            source.widen();
        }
    }

    void requireAlive() throws JMSException {
        if (failure != null) {
            throw Causes.with(failure, new JMSException(failure.getMessage(), failure.getErrorCode()));
        }
    }

    @Nullable
    MessageListener listener() {
        return listener;
    }

    void listener(@Nullable MessageListener value) {
        listener = value;
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    void callBegins() {
        calls++;
    }

    void callEnds() {
        calls--;
    }

    boolean isIdle() {
        return calls == 0;
    }
}
