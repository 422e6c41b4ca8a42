package dev.leveret.jms;

import dev.leveret.jms.broker.Intake;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueReceiver;

/** A consumer under the name of the queue domain. */
final class JmsQueueReceiver extends JmsMessageConsumer implements QueueReceiver {

    JmsQueueReceiver(JmsSession session, ConsumerInbox inbox, Intake intake) {
        super(session, inbox, intake);
    }

    @Override
    public Queue getQueue() throws JMSException {
        requireOpen();
        return (Queue) destination();
    }
}
