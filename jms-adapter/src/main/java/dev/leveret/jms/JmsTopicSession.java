package dev.leveret.jms;

import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Queue;
import jakarta.jms.QueueBrowser;
import jakarta.jms.TemporaryQueue;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import jakarta.jms.TopicSession;
import jakarta.jms.TopicSubscriber;
import org.jspecify.annotations.Nullable;

/** A session of the topic domain: it refuses what belongs to queues. */
final class JmsTopicSession extends JmsSession implements TopicSession {

    JmsTopicSession(JmsConnection connection, int mode, String name) {
        super(connection, mode, name);
    }

    @Override
    public TopicSubscriber createSubscriber(@Nullable Topic topic) throws JMSException {
        return createSubscriber(topic, null, false);
    }

    @Override
    public TopicSubscriber createSubscriber(@Nullable Topic topic, @Nullable String selector, boolean noLocal)
            throws JMSException {
        return consume(JmsTopicSubscriber::new, topic, selector, noLocal);
    }

    @Override
    public TopicPublisher createPublisher(@Nullable Topic topic) throws JMSException {
        requireOpen();
        return new JmsTopicPublisher(this, topic);
    }

    @Override
    public Queue createQueue(@Nullable String name) throws JMSException {
        throw refused();
    }

    @Override
    public TemporaryQueue createTemporaryQueue() throws JMSException {
        throw refused();
    }

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue) throws JMSException {
        throw refused();
    }

    @Override
    public QueueBrowser createBrowser(@Nullable Queue queue, @Nullable String selector) throws JMSException {
        throw refused();
    }

    private IllegalStateException refused() {
        return new IllegalStateException("a TopicSession has nothing to do with queues");
    }
}
