package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session as part of an application server's pool (Jakarta Messaging 3.1, chapter 11): a {@link JmsConnectionConsumer}
 * loads it with messages, and a thread of the server runs it, which gives them to the session's own listener.
 *
 * <p>What it holds is guarded by the lock of the session's {@link SessionDispatch}.
 */
final class ServerSessionRun {

    private record Loaded(JmsDestination from, Incoming incoming) {}

    private final SessionDispatch dispatch;
    private final MessageDelivery delivery;
    private final ArrayDeque<Loaded> loaded = new ArrayDeque<>();
    private @Nullable MessageListener listener;

    ServerSessionRun(SessionDispatch dispatch, MessageDelivery delivery) {
        this.dispatch = dispatch;
        this.delivery = delivery;
    }

    @Nullable
    MessageListener listener() {
        return dispatch.<@Nullable MessageListener>underLock(() -> listener);
    }

    void listener(@Nullable MessageListener value) {
        dispatch.locked(() -> listener = value);
    }

    /** Refuses consumers in a session that is the server's. */
    void requireNone() throws IllegalStateException {
        if (listener() != null) {
            throw new IllegalStateException("the session has a message listener of its own, for an application server:"
                    + " it has no consumers besides");
        }
    }

    /** Takes messages to be given to the listener by the next {@link #run}. */
    void load(JmsDestination from, Collection<Incoming> messages) {
        dispatch.locked(() -> messages.forEach(it -> loaded.add(new Loaded(from, it))));
    }

    /** Hands over what has been loaded and not been given to the listener. */
    List<Incoming> unload() {
        return dispatch.underLock(() -> {
            List<Incoming> all = loaded.stream().map(Loaded::incoming).toList();
            loaded.clear();
            return all;
        });
    }

    /**
     * Gives what has been loaded to the listener, one after the other; waits while the connection is stopped.
     *
     * @throws JMSException if there is no listener; what was loaded has returned to the broker
     */
    void run() throws JMSException {
        while (hasLoaded() && dispatch.enterRun()) {
            try {
                Loaded next = dispatch.<@Nullable Loaded>underLock(loaded::poll);
                if (next != null) {
                    deliver(next);
                }
            } finally {
                dispatch.exitRun();
            }
        }
    }

    private void deliver(Loaded next) throws JMSException {
        MessageListener current = listener();
        if (current == null) {
            next.incoming().giveBack();
            unload().forEach(Incoming::giveBack);
            throw new IllegalStateException("the session has no message listener to run");
        }
        delivery.deliver(current, next.from(), next.incoming());
    }

    private boolean hasLoaded() {
        return dispatch.underLock(() -> !loaded.isEmpty());
    }
}
