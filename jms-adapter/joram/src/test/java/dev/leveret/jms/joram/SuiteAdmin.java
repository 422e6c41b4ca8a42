package dev.leveret.jms.joram;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.Connection;
import dev.leveret.jms.LeveretConnectionFactory;
import dev.leveret.testkit.Broker;
import jakarta.jms.JMSContext;
import jakarta.jms.Queue;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import org.objectweb.jtests.jms.admin.Admin;

/**
 * What the suite asks of a provider: destinations and connection factories by name, and a directory to find them in. The
 * suite makes a new one for each test; its queues and topics are called differently in each, so that no test meets what
 * another has left.
 */
public final class SuiteAdmin implements Admin {

    private static Broker broker;

    /** The suite sends vectors, and browses a queue of which the embedded broker does not tell the type. */
    private static final String OPTIONS = "?jms.trustedClasses=java.util.Vector,java.lang.Object&jms.browseAnyQueue=true";

    private final String prefix = "joram-" + UUID.randomUUID() + "-";
    private final LeveretConnectionFactory factory = new LeveretConnectionFactory(broker.uri() + OPTIONS);
    private final Map<String, Object> directory = new HashMap<>();

    /** Sets the broker of the tests to come. */
    static void use(Broker next) {
        broker = next;
    }

    @Override
    public String getName() {
        return "Leveret";
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}

    @Override
    public void startServer() {}

    @Override
    public void stopServer() {}

    @Override
    public Context createContext() throws NamingException {
        return new InitialContext(true) {
            @Override
            public Object lookup(String name) throws NamingException {
                Object found = directory.get(name);
                if (found == null) {
                    throw new NameNotFoundException(name);
                }
                return found;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void createConnectionFactory(String name) {
        directory.put(name, factory);
    }

    @Override
    public void createQueueConnectionFactory(String name) {
        directory.put(name, factory);
    }

    @Override
    public void createTopicConnectionFactory(String name) {
        directory.put(name, factory);
    }

    @Override
    public void createQueue(String name) {
        try (JMSContext context = factory.createContext()) {
            directory.put(name, context.createQueue(prefix + name));
        }
    }

    @Override
    public void createTopic(String name) {
        try (JMSContext context = factory.createContext()) {
            directory.put(name, context.createTopic(prefix + name));
        }
    }

    @Override
    public void deleteQueue(String name) {
        if (directory.remove(name) instanceof Queue) {
            try (Connection connection = Amqp.connect(broker.uri().toString());
                    Channel channel = connection.openChannel()) {
                channel.deleteQueue(prefix + name);
            } catch (ChannelClosedException e) {
                // It was never used and so never made, which only RabbitMQ takes for done.
            }
        }
    }

    @Override
    public void deleteTopic(String name) {
        directory.remove(name);
    }

    @Override
    public void deleteConnectionFactory(String name) {
        directory.remove(name);
    }

    @Override
    public void deleteQueueConnectionFactory(String name) {
        directory.remove(name);
    }

    @Override
    public void deleteTopicConnectionFactory(String name) {
        directory.remove(name);
    }
}
