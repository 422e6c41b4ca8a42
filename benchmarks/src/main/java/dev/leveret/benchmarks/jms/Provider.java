package dev.leveret.benchmarks.jms;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import dev.leveret.benchmarks.client.Progress;
import dev.leveret.jms.LeveretConnectionFactory;
import jakarta.jms.CompletionListener;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;

/** A JMS provider, with its default settings wherever these work. */
enum Provider {
    RABBITMQ_JMS {
        @Override
        ConnectionFactory factory(String uri) throws JMSException {
            RMQConnectionFactory factory = new RMQConnectionFactory();
            factory.setUri(uri);
            // Otherwise it declares the temporary queue that it replies to, which is another connection's, and fails.
            factory.setDeclareReplyToDestination(false);
            return factory;
        }

        /** Its ordinary send waits for nothing; what it offers for knowing is the listener. */
        @Override
        void sendConfirmed(MessageProducer producer, Message message) throws Exception {
            Confirmation confirmation = new Confirmation();
            producer.send(message, confirmation);
            confirmation.await();
        }

        @Override
        void sendUnwaited(MessageProducer producer, Message message, Progress sent) throws JMSException {
            producer.send(message);
            sent.add(1);
        }
    },
    LEVERET {
        @Override
        ConnectionFactory factory(String uri) {
            return new LeveretConnectionFactory(uri);
        }

        @Override
        void sendConfirmed(MessageProducer producer, Message message) throws JMSException {
            producer.send(message);
        }

        @Override
        void sendUnwaited(MessageProducer producer, Message message, Progress sent) throws JMSException {
            producer.send(message, new CompletionListener() {
                @Override
                public void onCompletion(Message confirmed) {
                    sent.add(1);
                }

                @Override
                public void onException(Message refused, Exception exception) {
                    sent.fail(exception);
                }
            });
        }
    };

    /** The opposite of its name in results. */
    static Provider of(String client) {
        return client.equals(JmsRun.CLIENTS.get(0)) ? RABBITMQ_JMS : LEVERET;
    }

    abstract ConnectionFactory factory(String uri) throws JMSException;

    /** Sends a persistent message and returns when the broker has confirmed it. */
    abstract void sendConfirmed(MessageProducer producer, Message message) throws Exception;

    /**
     * Sends a persistent message without waiting: not confirmed at all, where that is the provider's ordinary way.
     *
     * @param sent counts it, when it is confirmed if it ever is
     */
    abstract void sendUnwaited(MessageProducer producer, Message message, Progress sent) throws JMSException;
}
