package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.message.Acknowledger;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;

/**
 * When a session tells the broker that a message has been dealt with (Jakarta Messaging 3.1, section 6.2.10): one class for
 * each mode.
 *
 * <p>Called by the thread that is in the session, which is its listener thread or the application's.
 */
sealed interface Acknowledgement permits AutoAcknowledgement, ClientAcknowledgement, TransactedAcknowledgement {

    /**
     * A {@code receive} is about to return a message.
     *
     * @return false if the message is no longer this session's, and so must not be shown: it comes again
     */
    boolean received(Incoming incoming);

    /** A listener is about to be called. */
    void delivering(Incoming incoming);

    /** The listener has returned. */
    void delivered(Incoming incoming);

    /** The listener has thrown an exception. */
    void failed(Incoming incoming);

    /** What {@code Message.acknowledge()} does: where the session acknowledges by itself nothing, as long as it is open. */
    Acknowledger acknowledger();

    /** {@code Session.recover()}: what was delivered and not acknowledged is delivered again. */
    void recover() throws JMSException;

    /** {@code Session.commit()}. */
    void commit() throws JMSException;

    /** {@code Session.rollback()}. */
    void rollback() throws JMSException;

    /** The session closes: what is unsettled returns to its queue. */
    void close();

    /** Whether a message counts as consumed although its body was not of the wanted type (section 8.6). */
    boolean consumesUnreadableBodies();

    /** Refuses {@code Message.acknowledge()} when its session is closed (sections 6.1.8 and 6.2.15). */
    static void requireOpen(boolean closed) throws IllegalStateException {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }
}
