package dev.leveret.jms;

import dev.leveret.jms.broker.Intake;
import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.JMSException;

/**
 * Where a consumer is to get its messages from, checked and not opened yet.
 *
 * @param destination the {@code JMSDestination} of messages that do not tell their own
 */
record Entrance(JmsDestination destination, Opening opening) {

    /** Opens it. */
    interface Opening {

        /**
         * Opens it for one consumer; waits.
         *
         * @param started whether the consumer begins at once
         */
        Intake open(Intake.Arrivals arrivals, boolean started) throws JMSException;
    }
}
