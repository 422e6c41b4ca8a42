package dev.leveret.jms;

import dev.leveret.jms.broker.Intake;
import jakarta.jms.JMSException;
import jakarta.jms.Topic;
import jakarta.jms.TopicSubscriber;

/** A consumer under the name of the topic domain. */
final class JmsTopicSubscriber extends JmsMessageConsumer implements TopicSubscriber {

    JmsTopicSubscriber(JmsSession session, ConsumerInbox inbox, Intake intake) {
        super(session, inbox, intake);
    }

    @Override
    public Topic getTopic() throws JMSException {
        requireOpen();
        return (Topic) destination();
    }

    @Override
    public boolean getNoLocal() throws JMSException {
        requireOpen();
        return noLocal();
    }
}
