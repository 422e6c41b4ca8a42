package dev.leveret.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Queue;
import jakarta.jms.QueueSender;
import org.jspecify.annotations.Nullable;

/** A producer under the name of the queue domain. */
final class JmsQueueSender extends JmsMessageProducer implements QueueSender {

    JmsQueueSender(JmsSession session, @Nullable Queue queue) throws JMSException {
        super(session, queue);
    }

    @Override
    public @Nullable Queue getQueue() throws JMSException {
        return (Queue) getDestination();
    }

    @Override
    public void send(@Nullable Queue queue, @Nullable Message message) throws JMSException {
        super.send(queue, message);
    }

    @Override
    public void send(@Nullable Queue queue, @Nullable Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        super.send(queue, message, deliveryMode, priority, timeToLive);
    }
}
