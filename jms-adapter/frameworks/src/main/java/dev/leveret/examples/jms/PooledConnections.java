package dev.leveret.examples.jms;

import dev.leveret.jms.LeveretConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.JMSConsumer;
import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import org.messaginghub.pooled.jms.JmsPoolConnectionFactory;

/**
 * A pool of connections and sessions, for programs that open and close them for each message: what is closed goes back to the pool.
 */
public final class PooledConnections {

    private PooledConnections() {}

    /** A pool of this many connections. */
    static JmsPoolConnectionFactory pool(String uri, int connections) {
        JmsPoolConnectionFactory pool = new JmsPoolConnectionFactory();
        pool.setConnectionFactory(new LeveretConnectionFactory(uri));
        pool.setMaxConnections(connections);
        return pool;
    }

    /** As such programs do it. */
    static void send(ConnectionFactory factory, String queue, String text) throws JMSException {
        try (Connection connection = factory.createConnection();
                Session session = connection.createSession();
                MessageProducer producer = session.createProducer(session.createQueue(queue))) {
            producer.send(session.createTextMessage(text));
        }
    }

    /** The program: its argument is the URI of a broker. */
    public static void main(String[] args) throws JMSException {
        JmsPoolConnectionFactory pool = pool(ExampleBroker.uri(args), 1);
        try {
            for (int i = 0; i < 100; i++) {
                send(pool, "pooled", "message " + i);
            }
            System.out.println("100 messages by " + pool.getNumConnections() + " connection");
            try (JMSContext context = pool.createContext()) {
                Queue queue = context.createQueue("pooled");
                JMSConsumer consumer = context.createConsumer(queue);
                int received = 0;
                while (consumer.receive(1_000) != null) {
                    received++;
                }
                System.out.println(received + " received");
            }
        } finally {
            pool.stop();
        }
    }
}
