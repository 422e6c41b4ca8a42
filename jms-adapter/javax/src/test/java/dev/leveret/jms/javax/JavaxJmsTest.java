package dev.leveret.jms.javax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import java.net.URI;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.jms.ConnectionFactory;
import javax.jms.InvalidDestinationException;
import javax.jms.JMSContext;
import javax.jms.MapMessage;
import javax.jms.Message;
import javax.jms.Queue;
import javax.jms.TextMessage;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.spi.NamingManager;
import org.junit.jupiter.api.Test;

/** An application that knows {@code javax.jms} and nothing of Jakarta, and the jar that it runs with. */
class JavaxJmsTest {

    private static final long SOON = 20_000;

    private static ConnectionFactory factory(Broker broker) throws Exception {
        Hashtable<String, Object> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, "dev.leveret.jms.jndi.LeveretInitialContextFactory");
        environment.put(Context.PROVIDER_URL, broker.uri().toString());
        return (ConnectionFactory) new InitialContext(environment).lookup("ConnectionFactory");
    }

    @EveryBroker
    void anApplicationOfJavaxJmsSendsAndReceives(Broker broker) throws Exception {
        try (JMSContext context = factory(broker).createContext()) {
            Queue queue = context.createQueue("javax-" + UUID.randomUUID());
            MapMessage map = context.createMapMessage();
            map.setLong("n", 7);
            context.createProducer().setProperty("p", 1).send(queue, "hello").send(queue, map);
            Message first = context.createConsumer(queue).receive(SOON);
            assertThat(first).isInstanceOf(TextMessage.class);
            assertThat(first.getBody(String.class)).isEqualTo("hello");
            assertThat(first.getObjectProperty("p")).isEqualTo(1);
            assertThat(first.getJMSDestination()).isEqualTo(queue);
        }
    }

    @EveryBroker
    void itsExceptionsAreThoseOfJavaxJms(Broker broker) throws Exception {
        try (javax.jms.Connection connection = factory(broker).createConnection()) {
            assertThatThrownBy(() -> connection.createSession().createQueue("topic://t"))
                    .isInstanceOf(InvalidDestinationException.class);
        }
    }

    @Test
    void itsNamesInReferencesAreUnderstood() throws Exception {
        Reference queue = new Reference(
                "javax.jms.Queue",
                new StringRefAddr("destinationName", "q"),
                "dev.leveret.jms.jndi.LeveretObjectFactory",
                null);
        assertThat(NamingManager.getObjectInstance(queue, null, null, null))
                .isInstanceOf(Queue.class)
                .hasToString("queue://q");
    }

    @Test
    void everyClassOfTheJarLoadsWithoutJakarta() throws Exception {
        assertThatThrownBy(() -> Class.forName("jakarta.jms.Message")).isInstanceOf(ClassNotFoundException.class);
        URI jar = URI.create(String.valueOf(getClass().getResource("/dev/leveret/jms/LeveretConnectionFactory.class")));
        String file = jar.getSchemeSpecificPart().replaceFirst("!.*", "");
        int classes = 0;
        try (ZipFile zip = new ZipFile(Path.of(URI.create(file)).toFile())) {
            assertThat(zip.getEntry("module-info.class")).isNull();
            for (ZipEntry each : zip.stream().toList()) {
                if (each.getName().endsWith(".class")) {
                    String name = each.getName().replace('/', '.').replaceFirst("[.]class$", "");
                    // Whatever one of them has of Jakarta would have to be found for this.
                    Class<?> loaded = Class.forName(name, true, getClass().getClassLoader());
                    assertThat(loaded.getDeclaredMethods()).isNotNull();
                    assertThat(loaded.getDeclaredFields()).isNotNull();
                    assertThat(loaded.getDeclaredConstructors()).isNotNull();
                    classes++;
                }
            }
        }
        assertThat(classes).isGreaterThan(100);
    }
}
