package dev.leveret.jms.broker;

import jakarta.jms.JMSException;

/** What is sent in a transaction, and is in no queue before the transaction is committed. Used by the session's thread. */
sealed interface TransactedSends permits KeptSends, AmqpSends {

    /** One message more. */
    void add(Publication publication) throws JMSException;

    /**
     * Has the broker take all of them, and waits until it has; then there are none.
     *
     * @throws jakarta.jms.TransactionRolledBackException if it certainly has not taken some
     * @throws JMSException with {@link JmsErrors#OUTCOME_UNKNOWN} if that is not known
     */
    void commit() throws JMSException;

    /** Forgets them. */
    void drop();

    /** Forgets them, and will get no more. */
    void close();
}
