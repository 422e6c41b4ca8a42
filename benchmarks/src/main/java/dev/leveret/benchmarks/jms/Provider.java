package dev.leveret.benchmarks.jms;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import dev.leveret.jms.LeveretConnectionFactory;
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
    };

    /** The opposite of its name in results. */
    static Provider of(String client) {
        return client.equals(JmsRun.CLIENTS.get(0)) ? RABBITMQ_JMS : LEVERET;
    }

    abstract ConnectionFactory factory(String uri) throws JMSException;

    /** Sends a persistent message and returns when the broker has confirmed it. */
    abstract void sendConfirmed(MessageProducer producer, Message message) throws Exception;
}
