package dev.leveret.jms.message;

import jakarta.jms.JMSException;

/** What {@code Message.acknowledge()} does for a received message: the session that delivered it says. */
@FunctionalInterface
public interface Acknowledger {

    /** For messages that no session delivered. */
    Acknowledger NOTHING = () -> {};

    /**
     * Acknowledges all that the session has consumed.
     *
     * @throws JMSException if the session is closed or a message is no longer its to acknowledge
     */
    void acknowledge() throws JMSException;
}
