package dev.leveret.jms;

import dev.leveret.jms.broker.Admission;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.JmsMessage;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the messages of a queue (Jakarta Messaging 3.1, section 8.9). Each enumeration is the queue as it was when the
 * enumeration was made, up to {@code jms.browserMaxMessages}; messages that another consumer has and has not acknowledged are
 * not in it. See {@link dev.leveret.jms.broker.QueueSnapshots} for what looking does to a queue.
 */
final class JmsQueueBrowser implements QueueBrowser {

    /** Looks at the queue; waits for the broker. */
    interface Look {
        List<JmsMessage> at(JmsDestination queue, Admission admission) throws JMSException;
    }

    private final JmsSession session;
    private final JmsDestination queue;
    private final Admission admission;
    private final @Nullable String selector;
    private final Look look;
    private volatile boolean closed;

    JmsQueueBrowser(
            JmsSession session, JmsDestination queue, Admission admission, @Nullable String selector, Look look) {
        this.session = session;
        this.queue = queue;
        this.admission = admission;
        this.selector = selector;
        this.look = look;
    }

    @Override
    public Queue getQueue() throws JMSException {
        requireOpen();
        return (Queue) queue;
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        requireOpen();
        return selector;
    }

    @Override
    public Enumeration<JmsMessage> getEnumeration() throws JMSException {
        requireOpen();
        return Collections.enumeration(look.at(queue, admission));
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() throws JMSException {
        session.requireOpen();
        if (closed) {
            throw new IllegalStateException("the browser is closed");
        }
    }
}
