package dev.leveret.jms.jndi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.jms.LeveretConnectionFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Hashtable;
import javax.naming.Binding;
import javax.naming.CompositeName;
import javax.naming.ConfigurationException;
import javax.naming.Context;
import javax.naming.InitialContext;
import javax.naming.InvalidNameException;
import javax.naming.NameClassPair;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.NotContextException;
import javax.naming.OperationNotSupportedException;
import javax.naming.RefAddr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeveretInitialContextFactoryTest {

    /** A line {@code key = value} each. */
    private static Context context(String... lines) throws NamingException {
        Hashtable<String, Object> environment = new Hashtable<>();
        environment.put(Context.INITIAL_CONTEXT_FACTORY, LeveretInitialContextFactory.class.getName());
        for (String line : lines) {
            int equals = line.indexOf('=');
            environment.put(
                    line.substring(0, equals).strip(),
                    line.substring(equals + 1).strip());
        }
        return new InitialContext(environment);
    }

    private static Object setting(Context context, String factory, String name) throws NamingException {
        RefAddr address = ((LeveretConnectionFactory) context.lookup(factory))
                .getReference()
                .get(name);
        return address == null ? "" : address.getContent();
    }

    @Test
    void factoriesAndDestinationsAreFoundByTheirNames() throws NamingException {
        Context context = context(
                "connectionfactory.orders = amqp://broker.example/orders?jms.prefetch=5",
                "connectionFactory.jms/Prices = amqp://broker.example/prices",
                "queue.incoming = orders.incoming",
                "topic.jms/prices = prices.#",
                "some.other.provider = x");
        assertThat(context.lookup("orders")).asString().contains("broker.example:5672", "orders");
        assertThat(setting(context, "orders", "uri")).asString().contains("jms.prefetch=5");
        assertThat(context.lookup(new CompositeName("jms/Prices"))).asString().contains("prices");
        assertThat(context.lookup("incoming")).hasToString("queue://orders.incoming");
        assertThat(context.lookup("jms/prices")).hasToString("topic://prices.#");
        assertThat(context.lookupLink("incoming")).hasToString("queue://orders.incoming");
    }

    @Test
    void aFactoryIsFoundAgainAsTheSameOne() throws NamingException {
        Context context = context("connectionfactory.a = amqp://h");
        assertThat(context.lookup("a")).isSameAs(context.lookup("a"));
    }

    @Test
    void destinationsNeedNotBeListed() throws NamingException {
        Context context = context("connectionfactory.a = amqp://h");
        assertThat(context.lookup("dynamicQueues/a/b")).hasToString("queue://a/b");
        assertThat(context.lookup("dynamicTopics/a.b")).hasToString("topic://a.b");
        assertThatThrownBy(() -> context.lookup("dynamicQueues/")).isInstanceOf(InvalidNameException.class);
        assertThatThrownBy(() -> context.lookup("dynamicTopics/queue://q")).isInstanceOf(InvalidNameException.class);
    }

    @Test
    void aProviderUrlServesTheUsualNamesOrThoseThatAreListed() throws NamingException {
        Context usual = context("java.naming.provider.url = amqp://h/v");
        for (String name : new String[] {"ConnectionFactory", "QueueConnectionFactory", "TopicConnectionFactory"}) {
            assertThat(usual.lookup(name)).asString().contains("h:5672");
        }
        Context listed = context(
                "java.naming.provider.url = amqp://h/v",
                "connectionFactoryNames = one, two",
                "connectionfactory.three = amqp://g",
                "connectionfactory.four =");
        assertThat(listed.lookup("one")).asString().contains("h:5672");
        assertThat(listed.lookup("two")).asString().contains("h:5672");
        assertThat(listed.lookup("three")).asString().contains("g:5672");
        assertThat(listed.lookup("four")).asString().contains("h:5672");
        assertThatThrownBy(() -> listed.lookup("ConnectionFactory")).isInstanceOf(NameNotFoundException.class);
    }

    @Test
    void settingsOfAFactoryStandBesideItsUri() throws NamingException {
        Context context = context(
                "connectionfactory.a = amqp://h",
                "connectionfactory.a.b = amqp://g",
                "property.connectionfactory.a.clientID = me",
                "property.connectionfactory.a.b.prefetch = 7",
                "property.connectionfactory.a.username = u",
                "property.connectionfactory.a.password = s3cret");
        assertThat(setting(context, "a", "jms.clientId")).isEqualTo("me");
        assertThat(setting(context, "a", "username")).isEqualTo("u");
        assertThat(setting(context, "a", "passwordWithheld")).isEqualTo("true");
        assertThat(setting(context, "a.b", "jms.prefetch")).isEqualTo("7");
    }

    @Test
    void principalAndCredentialsAreForFactoriesThatHaveNone() throws NamingException {
        Context context = context(
                "java.naming.security.principal = u",
                "java.naming.security.credentials = s3cret",
                "connectionfactory.none = amqp://h",
                "connectionfactory.own = amqp://x:y@h",
                "connectionfactory.set = amqp://h",
                "property.connectionfactory.set.username = z");
        assertThat(setting(context, "none", "username")).isEqualTo("u");
        assertThat(setting(context, "none", "passwordWithheld")).isEqualTo("true");
        assertThat(setting(context, "own", "username")).isEqualTo("");
        assertThat(setting(context, "set", "username")).isEqualTo("z");
        assertThat(setting(context, "set", "passwordWithheld")).isEqualTo("");
        assertThat(new PropertiesContext(Collections.emptySortedMap(), new Hashtable<>(context.getEnvironment())))
                .asString()
                .doesNotContain("s3cret");
    }

    @Test
    void theFileThatTheProviderUrlNamesIsRead(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("my jndi.properties");
        Files.writeString(file, "connectionfactory.a = amqp://h\nqueue.q = in.the.file\n");
        assertThat(context("java.naming.provider.url = " + file, "queue.q = said.here")
                        .lookup("q"))
                .as("what is said nearer wins")
                .hasToString("queue://said.here");
        assertThat(context("java.naming.provider.url = " + file.toUri()).lookup("a"))
                .isInstanceOf(LeveretConnectionFactory.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldap://evil.example/x", "rmi://evil.example/x", "http://h/x", "/no/such/file", "file:no"})
    void nothingIsAskedOverANetworkAndAMissingFileIsTold(String url) {
        assertThatThrownBy(() -> context("java.naming.provider.url = " + url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("java.naming.provider.url");
    }

    @Test
    void placeholdersStandForSystemPropertiesAndTheEnvironment() throws NamingException {
        System.setProperty("leveret.test.host", "from.property");
        try {
            assertThat(context("connectionfactory.a = amqp://${leveret.test.host}:${NO_SUCH_PORT:-7}/v")
                            .lookup("a"))
                    .asString()
                    .contains("from.property:7");
        } finally {
            System.clearProperty("leveret.test.host");
        }
        assertThatThrownBy(() -> context("queue.q = ${NO_SUCH_THING}"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("queue.q")
                .hasMessageContaining("NO_SUCH_THING");
    }

    @Test
    void whatAPlaceholderStandsForIsNotLookedThroughAgain() {
        Placeholders placeholders = new Placeholders(name -> name.equals("a") ? "${b} \\ $1" : null);
        assertThat(placeholders.replaced("<${a}|${c:-d}|${e:-}>")).isEqualTo("<${b} \\ $1|d|>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connectionfactory.a = amqp://u:s3cret@h:x | connection factory a: ",
                "connectionfactory.a = amqp://h?jms.prefech=1 | did you mean 'jms.prefetch'?",
                "connectionfactory. = amqp://h | no name",
                "property.connectionfactory.b.prefetch = 1 | none of []",
                "queue.q = topic://t | queue.q: not a queue",
                "topic.t = | topic.t: ",
            })
    void whatCannotBeIsToldWithItsKey(String line, String words) {
        assertThatThrownBy(() -> context(line))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aNameThatIsNotThereIsToldWithTheNearest() throws NamingException {
        Context context = context("connectionfactory.orders = amqp://h", "queue.incoming = q");
        assertThatThrownBy(() -> context.lookup("order"))
                .isInstanceOf(NameNotFoundException.class)
                .hasMessageContaining("did you mean 'orders'?")
                .hasMessageContaining("incoming, orders, dynamicQueues/<queue>");
    }

    @Test
    void whatIsThereCanBeListed() throws NamingException {
        Context context = context("queue.b = q", "topic.a = t");
        assertThat(Collections.list(context.list("")))
                .extracting(NameClassPair::getName)
                .containsExactly("a", "b");
        assertThat(Collections.list(context.listBindings(new CompositeName(""))))
                .extracting(Binding::getObject)
                .extracting(Object::toString)
                .containsExactly("topic://t", "queue://q");
        assertThatThrownBy(() -> context.list("a")).isInstanceOf(NotContextException.class);
        assertThat(((Context) context.lookup("")).lookup("b")).hasToString("queue://q");
        assertThat(((Context) context.lookup("")).composeName("b", "a")).isEqualTo("a/b");
        assertThat(context.getNameParser("").parse("a/b").size()).isEqualTo(2);
        assertThat(context.getNameInNamespace()).isEmpty();
    }

    @Test
    void nothingCanBeWritten() throws NamingException {
        Context context = context("queue.b = q");
        assertThatThrownBy(() -> context.bind("a", "x")).isInstanceOf(OperationNotSupportedException.class);
        assertThatThrownBy(() -> context.rebind("a", "x")).isInstanceOf(OperationNotSupportedException.class);
        assertThatThrownBy(() -> context.unbind("b")).isInstanceOf(OperationNotSupportedException.class);
        assertThatThrownBy(() -> context.rename("b", "c")).isInstanceOf(OperationNotSupportedException.class);
        assertThatThrownBy(() -> context.createSubcontext("c")).isInstanceOf(OperationNotSupportedException.class);
        assertThatThrownBy(() -> context.destroySubcontext("c")).isInstanceOf(OperationNotSupportedException.class);
    }
}
