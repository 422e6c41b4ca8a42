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

    /** The suite sends vectors, and browses a queue of which the embedded broker does not tell the type. */
    private static final String OPTIONS =
            "?jms.trustedClasses=java.util.Vector,java.lang.Object&jms.browseAnyQueue=true";

    private static Shared shared;

    private final String prefix = "joram-" + UUID.randomUUID() + "-";
    private final Map<String, Object> directory = new HashMap<>();

    /** What all tests on one broker use. */
    private record Shared(
            Broker broker, LeveretConnectionFactory factory, JMSContext context, Connection administration) {

        static Shared of(Broker broker) {
            LeveretConnectionFactory factory = new LeveretConnectionFactory(broker.uri() + OPTIONS);
            return new Shared(
                    broker,
                    factory,
                    factory.createContext(),
                    Amqp.connect(broker.uri().toString()));
        }

        void close() {
            context.close();
            administration.close();
        }
    }

    /** Sets the broker of the tests to come. */
    static void use(Broker broker) {
        if (shared == null || shared.broker != broker) {
            stopUsing();
            shared = Shared.of(broker);
        }
    }

    /** There are no more tests. */
    static void stopUsing() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
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
        directory.put(name, shared.factory);
    }

    @Override
    public void createQueueConnectionFactory(String name) {
        directory.put(name, shared.factory);
    }

    @Override
    public void createTopicConnectionFactory(String name) {
        directory.put(name, shared.factory);
    }

    @Override
    public void createQueue(String name) {
        directory.put(name, shared.context.createQueue(prefix + name));
    }

    @Override
    public void createTopic(String name) {
        directory.put(name, shared.context.createTopic(prefix + name));
    }

    @Override
    public void deleteQueue(String name) {
        if (directory.remove(name) instanceof Queue) {
            try (Channel channel = shared.administration.openChannel()) {
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
