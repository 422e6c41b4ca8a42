package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.Causes;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands a session's messages out: one at a time to its listeners, on a thread of its own, and to threads that wait in
 * {@code receive}. It knows when deliveries are stopped, which are under way, and makes {@code stop} and {@code close} wait
 * for them (Jakarta Messaging 3.1, sections 6.1.5, 6.1.8, 6.2.15 and 8.8).
 *
 * <p>Its lock guards everything mutable here and in the session's {@link ConsumerInbox}es. It is held for moments only,
 * never while an application's code runs or the broker is waited for, so the event loop may take it.
 */
final class SessionDispatch {

    /** Gives one message to a listener. */
    interface Delivering {
        void deliver(MessageListener listener, JmsDestination from, Incoming incoming);
    }

    /** What the worker has to do: give a message to a listener, or without one, let more come to the inbox. */
    private record Turn(
            ConsumerInbox inbox,
            @Nullable MessageListener listener,
            @Nullable Incoming incoming) {}

    private final String name;
    private final Consumer<JMSException> reports;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private final List<ConsumerInbox> listening = new ArrayList<>();
    private @Nullable Thread worker;
    /** An application server's that is calling the session's own listener. */
    private @Nullable Thread runner;

    private boolean running;
    private boolean closed;
    /** Messages that have been taken and not yet dealt with: what {@link #stop} waits for. */
    private int underWay;
    /** Calls of listeners, and of {@code receive} also while it waits: what {@link #close()} waits for. */
    private int calls;

    private int nextListening;

    /**
     * For one session.
     *
     * @param name of the thread
     * @param reports told of failures that no caller sees
     */
    SessionDispatch(String name, Consumer<JMSException> reports) {
        this.name = name;
        this.reports = reports;
    }

    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    <T extends @Nullable Object> T underLock(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    void wakeUp() {
        locked(changed::signalAll);
    }

    void report(JMSException failure) {
        reports.accept(failure);
    }

    /** Begins or resumes deliveries. */
    void start() {
        locked(() -> {
            running = true;
            changed.signalAll();
        });
    }

    /** Stops deliveries and waits for those under way. What waits, waits on. */
    void stop() throws JMSException {
        lock.lock();
        try {
            running = false;
            awaitUntil(() -> underWay == 0);
        } finally {
            lock.unlock();
        }
    }

    /** Ends deliveries for ever and waits for those under way; {@code receive} returns null. */
    void close() throws JMSException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            awaitUntil(() -> calls == 0);
        } finally {
            lock.unlock();
        }
    }

    /** Ends one consumer's deliveries and waits for those under way, unless one of the session's listeners is the caller. */
    void close(ConsumerInbox inbox) throws JMSException {
        lock.lock();
        try {
            inbox.close();
            listening.remove(inbox);
            changed.signalAll();
            if (!isListenerThread()) {
                awaitUntil(inbox::isIdle);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Refuses what would wait for the listener that does it (sections 6.1.5, 6.1.8 and 6.2.15). */
    void requireOutsideListener(String what) throws IllegalStateException {
        if (isListenerThread()) {
            throw new IllegalStateException("a message listener cannot " + what + ": it would wait for itself");
        }
    }

    private boolean isListenerThread() {
        return underLock(() -> Thread.currentThread() == worker || Thread.currentThread() == runner);
    }

    /**
     * Sends a consumer's messages to a listener from now on; null keeps them for {@code receive}.
     *
     * @throws JMSException if the consumer has ended by no doing of the application
     */
    void listen(ConsumerInbox inbox, @Nullable MessageListener listener, Delivering delivering) throws JMSException {
        lock.lock();
        try {
            if (listener != null) {
                inbox.requireAlive();
            }
            listening.remove(inbox);
            inbox.listener(listener);
            if (listener != null && !closed) {
                listening.add(inbox);
                startWorker(delivering);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a consumer's next message. {@link #finished} must follow when it has been dealt with.
     *
     * @param nanos how long to wait
     * @return null if the time is over, the consumer or session is closed, or the thread was interrupted, whose interrupt
     *     status is then set
     * @throws JMSException if the consumer has ended by no doing of the application
     */
    @Nullable
    Incoming take(ConsumerInbox inbox, long nanos) throws JMSException {
        enter(inbox);
        Incoming taken = null;
        try {
            taken = await(inbox, nanos);
            return taken;
        } finally {
            if (taken == null) {
                exit(inbox);
            }
        }
    }

    private @Nullable Incoming await(ConsumerInbox inbox, long nanos) throws JMSException {
        long left = nanos;
        while (true) {
            lock.lock();
            try {
                Incoming next = pollFor(inbox);
                if (next != null || closed || inbox.isClosed()) {
                    return next;
                }
                inbox.requireAlive();
                if (!running || !inbox.isStarved()) {
                    if (left <= 0) {
                        return null;
                    }
                    left = changed.awaitNanos(left);
                    continue;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            } finally {
                lock.unlock();
            }
            inbox.makeRoom();
        }
    }

    /** A call on behalf of a consumer begins; closing waits for it. */
    void enter(ConsumerInbox inbox) {
        locked(() -> {
            calls++;
            inbox.callBegins();
        });
    }

    /** A call that was {@link #enter}ed ends. */
    void exit(ConsumerInbox inbox) {
        locked(() -> {
            calls--;
            inbox.callEnds();
            changed.signalAll();
        });
    }

    /**
     * A thread of an application server is about to be the session's listener thread for one message; waits while messages
     * are not handed out. {@link #exitRun} must follow.
     *
     * @return false if the session closes
     */
    boolean enterRun() {
        return underLock(() -> {
            while (!running && !closed) {
                changed.awaitUninterruptibly();
            }
            if (!closed) {
                underWay++;
                calls++;
                runner = Thread.currentThread();
            }
            return !closed;
        });
    }

    /** The message has been dealt with. */
    void exitRun() {
        locked(() -> {
            underWay--;
            calls--;
            runner = null;
            changed.signalAll();
        });
    }

    /** Waits for so long, or until this closes. */
    void pause(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Whether messages may be handed out now. */
    boolean isRunning() {
        return underLock(() -> running && !closed);
    }

    private @Nullable Incoming pollFor(ConsumerInbox inbox) {
        Incoming next = running && !closed && !inbox.isClosed() ? inbox.poll() : null;
        if (next != null) {
            underWay++;
        }
        return next;
    }

    /** A message that was taken has been dealt with. */
    void finished(ConsumerInbox inbox) {
        locked(() -> {
            underWay--;
            exit(inbox);
        });
    }

    private void startWorker(Delivering delivering) {
        if (worker == null) {
            worker = new Thread(() -> work(delivering), name);
            // Not a daemon: a program whose main thread has set up its listeners goes on.
            worker.start();
        }
    }

    private void work(Delivering delivering) {
        for (Turn turn = nextTurn(null); turn != null; turn = nextTurn(turn)) {
            MessageListener listener = turn.listener();
            Incoming incoming = turn.incoming();
            if (listener == null || incoming == null) {
                makeRoom(turn.inbox());
                continue;
            }
            try {
                delivering.deliver(listener, turn.inbox().destination(), incoming);
            } catch (RuntimeException | Error e) {
                finished(turn.inbox());
                throw e;
            } finally {
                // What a listener does to its thread's interrupt status is not to reach the next one.
                Thread.interrupted();
            }
        }
    }

    private void makeRoom(ConsumerInbox inbox) {
        try {
            inbox.makeRoom();
        } catch (JMSException e) {
            inbox.ended(e);
        }
    }

    /**
     * Ends one turn and waits for the next: an inbox that has a message for its listener, or lacks room; takes turns. The lock
     * is taken once for each message.
     *
     * @return null when the session closes
     */
    private @Nullable Turn nextTurn(@Nullable Turn last) {
        lock.lock();
        try {
            if (last != null && last.incoming() != null) {
                finished(last.inbox());
            }
            while (!closed) {
                for (int i = 0; running && i < listening.size(); i++) {
                    ConsumerInbox inbox = listening.get(Math.floorMod(nextListening + i, listening.size()));
                    Incoming next = pollFor(inbox);
                    if (next != null) {
                        enter(inbox);
                    }
                    if (next != null || inbox.isStarved()) {
                        nextListening += i + 1;
                        return new Turn(inbox, next == null ? null : inbox.listener(), next);
                    }
                }
                changed.awaitUninterruptibly();
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void awaitUntil(BooleanSupplier condition) throws JMSException {
        try {
            while (!condition.getAsBoolean()) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Causes.with(e, new JMSException("interrupted while waiting for a message listener to return"));
        }
    }
}
