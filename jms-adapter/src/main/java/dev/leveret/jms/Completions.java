package dev.leveret.jms;

import dev.leveret.jms.message.Causes;
import jakarta.jms.CompletionListener;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a session's {@link CompletionListener}s what became of their messages: one at a time, in the order in which the
 * messages were sent, on a thread of its own, never on one that sends (Jakarta Messaging 3.1, section 7.3).
 *
 * <p>The thread is there while there is something to tell. A message stays pending until its listener has returned.
 */
final class Completions {

    /** What a program may have sent without an answer; then sending waits. */
    private static final int LIMIT = 1000;

    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(Completions.class);

    /** What became of a message. */
    interface Outcome {

        /** Waits until it is sent; fails as sending it synchronously would. */
        void await() throws JMSException;
    }

    private record Pending(Object producer, Message message, Outcome outcome, CompletionListener listener) {}

    private final String name;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Oldest first; the first is being waited for or told. Guarded by the lock, as is what follows. */
    private final ArrayDeque<Pending> pending = new ArrayDeque<>();

    private @Nullable Thread worker;
    private boolean closed;

    /**
     * For one session.
     *
     * @param name of the thread
     */
    Completions(String name) {
        this.name = name;
    }

    /**
     * Waits until one message more may be pending. A listener does not wait: it would wait for itself.
     *
     * @throws IllegalStateException if the session closes
     */
    void awaitRoom() throws JMSException {
        lock.lock();
        try {
            if (!isListenerThread()) {
                awaitUntil(() -> closed || pending.size() < LIMIT);
            }
            if (closed) {
                throw new IllegalStateException("the session is closed");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Tells the listener what becomes of a message that has been sent. */
    void add(Object producer, Message message, Outcome outcome, CompletionListener listener) {
        lock.lock();
        try {
            pending.add(new Pending(producer, message, outcome, listener));
            if (worker == null) {
                worker = new Thread(this::work, name);
                // Not a daemon: what was sent is told also when the program's main thread has ended.
                worker.start();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses what would wait for the listener that does it. */
    void requireOutsideListener(String what) throws IllegalStateException {
        lock.lock();
        try {
            if (isListenerThread()) {
                throw new IllegalStateException("a CompletionListener cannot " + what + ": it would wait for itself");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything is told. */
    void awaitAll() throws JMSException {
        lock.lock();
        try {
            awaitUntil(pending::isEmpty);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything is told that a producer has sent.
     *
     * @throws IllegalStateException if a listener asks while there is something
     */
    void awaitAll(Object producer) throws JMSException {
        lock.lock();
        try {
            Predicate<Pending> its = it -> it.producer() == producer;
            if (isListenerThread() && pending.stream().anyMatch(its)) {
                throw new IllegalStateException(
                        "a CompletionListener cannot close the producer: it would wait for itself");
            }
            awaitUntil(() -> pending.stream().noneMatch(its));
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing more, and waits until everything is told. */
    void close() throws JMSException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            awaitUntil(pending::isEmpty);
        } finally {
            lock.unlock();
        }
    }

    private boolean isListenerThread() {
        return Thread.currentThread() == worker;
    }

    private void work() {
        Pending next = next();
        while (next != null) {
            tell(next);
            lock.lock();
            try {
                pending.remove();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            next = next();
        }
    }

    /** The oldest, which stays; null when there has been none for a while, and then the thread ends. */
    private @Nullable Pending next() {
        lock.lock();
        try {
            long left = LINGER_NANOS;
            while (pending.isEmpty() && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            return endIfIdle();
        } catch (InterruptedException e) {
            // A listener has interrupted its own thread; the next message gets another.
            return endIfIdle();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Pending endIfIdle() {
        Pending next = pending.peek();
        if (next == null) {
            worker = null;
        }
        return next;
    }

    private static void tell(Pending sent) {
        JMSException failure = null;
        try {
            sent.outcome().await();
        } catch (JMSException e) {
            failure = e;
        }
        try {
            if (failure == null) {
                sent.listener().onCompletion(sent.message());
            } else {
                sent.listener().onException(sent.message(), failure);
            }
        } catch (Throwable e) {
            // An Error is no reason either to leave the others untold.
            LOG.error("a CompletionListener threw an exception", e);
        }
        // What a listener does to its thread's interrupt status is not to reach the next one.
        Thread.interrupted();
    }

    private void awaitUntil(BooleanSupplier condition) throws JMSException {
        try {
            while (!condition.getAsBoolean()) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Causes.with(e, new JMSException("interrupted while waiting for messages that are being sent"));
        }
    }
}
