package dev.leveret.jms;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Queue;
import jakarta.jms.QueueReceiver;
import jakarta.jms.QueueSender;
import jakarta.jms.QueueSession;
import jakarta.jms.TemporaryTopic;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;
import org.jspecify.annotations.Nullable;

/** A session of the queue domain: it refuses what belongs to topics. */
final class JmsQueueSession extends JmsSession implements QueueSession {

    JmsQueueSession(JmsConnection connection, int mode, String name) {
        super(connection, mode, name);
    }

    @Override
    public QueueReceiver createReceiver(@Nullable Queue queue) throws JMSException {
        return createReceiver(queue, null);
    }

    @Override
    public QueueReceiver createReceiver(@Nullable Queue queue, @Nullable String selector) throws JMSException {
        return consume(JmsQueueReceiver::new, queue, selector, false);
    }

    @Override
    public QueueSender createSender(@Nullable Queue queue) throws JMSException {
        requireOpen();
        return new JmsQueueSender(this, queue);
    }

    @Override
    public Topic createTopic(@Nullable String name) throws JMSException {
        throw refused();
    }

    @Override
    public TemporaryTopic createTemporaryTopic() throws JMSException {
        throw refused();
    }

    @Override
    public TopicSubscriber createDurableSubscriber(@Nullable Topic topic, @Nullable String name) throws JMSException {
        throw refused();
    }

    @Override
    public TopicSubscriber createDurableSubscriber(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        throw refused();
    }

    @Override
    public MessageConsumer createDurableConsumer(@Nullable Topic topic, @Nullable String name) throws JMSException {
        throw refused();
    }

    @Override
    public MessageConsumer createDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector, boolean noLocal)
            throws JMSException {
        throw refused();
    }

    @Override
    public MessageConsumer createSharedConsumer(@Nullable Topic topic, @Nullable String name) throws JMSException {
        throw refused();
    }

    @Override
    public MessageConsumer createSharedConsumer(@Nullable Topic topic, @Nullable String name, @Nullable String selector)
            throws JMSException {
        throw refused();
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(@Nullable Topic topic, @Nullable String name)
            throws JMSException {
        throw refused();
    }

    @Override
    public MessageConsumer createSharedDurableConsumer(
            @Nullable Topic topic, @Nullable String name, @Nullable String selector) throws JMSException {
        throw refused();
    }

    @Override
    public void unsubscribe(@Nullable String name) throws JMSException {
        throw refused();
    }

    private IllegalStateException refused() {
        return new IllegalStateException("a QueueSession has nothing to do with topics");
    }
}
