package dev.leveret.jms;

import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Topic;
import jakarta.jms.TopicPublisher;
import org.jspecify.annotations.Nullable;

/** A producer under the name of the topic domain. */
final class JmsTopicPublisher extends JmsMessageProducer implements TopicPublisher {

    JmsTopicPublisher(JmsSession session, @Nullable Topic topic) throws JMSException {
        super(session, topic);
    }

    @Override
    public @Nullable Topic getTopic() throws JMSException {
        return (Topic) getDestination();
    }

    @Override
    public void publish(@Nullable Message message) throws JMSException {
        send(message);
    }

    @Override
    public void publish(@Nullable Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        send(message, deliveryMode, priority, timeToLive);
    }

    @Override
    public void publish(@Nullable Topic topic, @Nullable Message message) throws JMSException {
        send(topic, message);
    }

    @Override
    public void publish(
            @Nullable Topic topic, @Nullable Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        send(topic, message, deliveryMode, priority, timeToLive);
    }
}
