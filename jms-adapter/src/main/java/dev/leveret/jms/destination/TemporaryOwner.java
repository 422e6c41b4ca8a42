package dev.leveret.jms.destination;

import jakarta.jms.JMSException;

/** The connection that made a temporary destination: it alone consumes from it and deletes it (section 6.2.2). */
public interface TemporaryOwner {

    /** The owner of a destination that came in with a message. */
    TemporaryOwner ELSEWHERE = destination -> {
        throw new JMSException("only the connection that created " + destination + " can delete it");
    };

    /**
     * Deletes the destination.
     *
     * @throws JMSException if it has consumers, or is another connection's
     */
    void delete(JmsDestination destination) throws JMSException;
}
