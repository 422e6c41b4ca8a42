package dev.leveret.jms.broker;

import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.jms.message.Causes;
import jakarta.jms.JMSException;
import jakarta.jms.ResourceAllocationException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one client at a time do something to a thing on the broker, wherever clients run: who has declared an exclusive queue
 * has the right, and the broker takes it from a connection that ends. Thread-safe; callers wait for each other.
 */
final class BrokerMutex {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 500;

    private final BrokerLink link;

    /** Among threads of this connection, to which its own exclusive queues are open. */
    private final ReentrantLock mine = new ReentrantLock();

    /** What is done; waits for the broker. */
    interface Step<T> {
        T run() throws JMSException;
    }

    BrokerMutex(BrokerLink link) {
        this.link = link;
    }

    /**
     * Does something while nobody else does anything under the same name.
     *
     * @throws ResourceAllocationException if others do not come to an end
     */
    <T> T alone(String lock, String doing, Step<T> step) throws JMSException {
        long deadline = System.nanoTime() + link.requestTimeout().toNanos();
        enter(doing);
        try {
            acquire(lock, doing, deadline);
            try {
                return step.run();
            } finally {
                release(lock);
            }
        } finally {
            mine.unlock();
        }
    }

    private void enter(String doing) throws JMSException {
        try {
            if (!mine.tryLock(link.requestTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(doing);
            }
        } catch (InterruptedException e) {
            throw interrupted(doing, e);
        }
    }

    private void acquire(String lock, String doing, long deadline) throws JMSException {
        QueueSpec queue = new QueueSpec(lock, false, true, false, Map.of("x-max-length", 0));
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                link.onSpareChannel(doing, it -> it.declareQueue(queue));
                return;
            } catch (JMSException e) {
                if (!isLocked(e)) {
                    throw e;
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw Causes.with(e, busy(doing));
                }
            }
            pause(doing, pause);
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
    }

    private void release(String lock) throws JMSException {
        if (link.isOpen()) {
            link.onSpareChannel("giving " + lock + " back", it -> it.deleteQueue(lock));
        }
    }

    private static boolean isLocked(JMSException e) {
        return e.getCause() instanceof ChannelClosedException closed
                && ReplyCode.of(closed.replyCode()) == ReplyCode.RESOURCE_LOCKED;
    }

    private static void pause(String doing, long millis) throws JMSException {
        try {
            Thread.sleep(Duration.ofMillis(millis).toMillis());
        } catch (InterruptedException e) {
            throw interrupted(doing, e);
        }
    }

    private static JMSException busy(String doing) {
        return new ResourceAllocationException(doing + ": another client is at it and does not come to an end");
    }

    private static JMSException interrupted(String doing, InterruptedException e) {
        Thread.currentThread().interrupt();
        return Causes.with(e, new JMSException(doing + ": interrupted"));
    }
}
