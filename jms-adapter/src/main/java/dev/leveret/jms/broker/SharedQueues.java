package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import jakarta.jms.JMSException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The queues of one connection that have a consumer with a selector, and who dispatches their messages. Thread-safe.
 *
 * <p>A consumer without selector joins, too, where there is a dispatcher: otherwise it would wait for what is held. One that was
 * there before keeps its own way in.
 */
final class SharedQueues {

    private final BrokerLink link;
    private final int prefetch;
    private final int holdLimit;
    private final Alarm alarm;

    /** Held while a dispatcher is put, and for nothing else: dispatchers take themselves away under their own locks. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, QueueDispatcher> dispatchers = new ConcurrentHashMap<>();

    /**
     * For one connection.
     *
     * @param prefetch how many messages a consumer may have unsettled before it asks for more
     * @param holdLimit how many messages of a queue may be held that match nobody
     */
    SharedQueues(BrokerLink link, int prefetch, int holdLimit, Alarm alarm) {
        this.link = link;
        this.prefetch = prefetch;
        this.holdLimit = holdLimit;
        this.alarm = alarm;
    }

    /** The way in through the queue's dispatcher, if it has one. */
    Optional<Intake> join(String queue, Admission admission, Intake.Arrivals arrivals) {
        QueueDispatcher dispatcher = dispatchers.get(queue);
        return dispatcher != null && dispatcher.enter()
                ? Optional.of(intake(dispatcher, admission, arrivals))
                : Optional.empty();
    }

    /** The way in through the queue's dispatcher, which is made if there is none; waits. */
    Intake open(String queue, Admission admission, Intake.Arrivals arrivals) throws JMSException {
        Optional<Intake> existing = join(queue, admission, arrivals);
        if (existing.isPresent()) {
            return existing.get();
        }
        AsyncChannel channel = link.openChannel();
        lock.lock();
        try {
            // Another thread may have made one meanwhile.
            existing = join(queue, admission, arrivals);
            if (existing.isPresent()) {
                channel.close();
                return existing.get();
            }
            QueueDispatcher made = new QueueDispatcher(link, channel, queue, prefetch, holdLimit, alarm, this::forget);
            made.enter();
            dispatchers.put(queue, made);
            return intake(made, admission, arrivals);
        } finally {
            lock.unlock();
        }
    }

    private Intake intake(QueueDispatcher dispatcher, Admission admission, Intake.Arrivals arrivals) {
        return new SharedIntake(dispatcher, admission, prefetch, arrivals);
    }

    private void forget(QueueDispatcher dispatcher) {
        dispatchers.remove(dispatcher.queue(), dispatcher);
    }
}
