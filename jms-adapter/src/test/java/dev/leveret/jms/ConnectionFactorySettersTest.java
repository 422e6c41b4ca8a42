package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.jms.broker.QueuePreset;
import dev.leveret.jms.jndi.LeveretObjectFactory;
import dev.leveret.jms.testing.FakeConnection;
import dev.leveret.jms.testing.WireLog;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.beans.IntrospectionException;
import java.beans.Introspector;
import java.beans.PropertyDescriptor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import org.junit.jupiter.api.Test;

/** A factory as dependency injection, application servers and naming services use one. */
class ConnectionFactorySettersTest {

    private static final String URI = "amqp://app:s3cret@broker.example:5673/orders?jms.prefetch=5";

    private final AtomicReference<ConnectionOptions> used = new AtomicReference<>();

    private LeveretConnectionFactory factory(ConnectionSettings settings) {
        return new LeveretConnectionFactory(settings, options -> {
            used.set(options);
            return CompletableFuture.completedFuture(new FakeConnection(new WireLog()));
        });
    }

    private ConnectionOptions connectedWith(LeveretConnectionFactory factory) throws JMSException {
        factory.createConnection().close();
        return used.get();
    }

    private static String login(ConnectionOptions options) {
        return new String(((Credentials) options.credentials()).response(null), StandardCharsets.UTF_8);
    }

    @Test
    void everyOptionOfTheProviderHasASetter() throws IntrospectionException {
        Set<String> setters = Arrays.stream(
                        Introspector.getBeanInfo(LeveretConnectionFactory.class).getPropertyDescriptors())
                .filter(it -> it.getWriteMethod() != null)
                .map(PropertyDescriptor::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> wanted = JmsConnectionOptions.names().stream()
                .map(it -> it.substring("jms.".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(setters).containsAll(wanted);
        wanted.addAll(Set.of("uri", "host", "port", "virtualHost", "username", "password", "ssl", "properties"));
        assertThat(setters).as("and no other is promised").isEqualTo(wanted);
    }

    @Test
    void everySetterSetsItsOption() throws Exception {
        Map<String, String> texts = Map.of("autoDeclare", "off", "queueType", "quorum", "wireFormat", "rabbitmq-jms");
        for (PropertyDescriptor each :
                Introspector.getBeanInfo(LeveretConnectionFactory.class).getPropertyDescriptors()) {
            if (!JmsConnectionOptions.names().contains("jms." + each.getName())) {
                continue;
            }
            Class<?> type = each.getPropertyType();
            Object value = type == int.class
                    ? (Object) 7
                    : type == boolean.class ? (Object) true : texts.getOrDefault(each.getName(), "x");
            LeveretConnectionFactory factory = new LeveretConnectionFactory();
            each.getWriteMethod().invoke(factory, value);
            assertThat(contents(factory.getReference())).isEqualTo("jms." + each.getName() + "=" + value + "\n");
        }
    }

    @Test
    void aBeanIsConfiguredInAnyOrder() throws JMSException {
        LeveretConnectionFactory factory = factory(ConnectionSettings.NONE);
        factory.setPassword("p");
        factory.setVirtualHost("v");
        factory.setPrefetch(9);
        factory.setPort(1);
        factory.setUsername("u");
        factory.setHost("h");
        factory.setQueueType("quorum");
        Properties more = new Properties();
        more.setProperty("heartbeat", "7");
        factory.setProperties(more);
        ConnectionOptions options = connectedWith(factory);
        assertThat(login(options)).isEqualTo("\0u\0p");
        assertThat(options.endpoints()).containsExactly(new Endpoint("h", 1));
        assertThat(options.virtualHost()).isEqualTo("v");
        assertThat(options.heartbeat()).hasSeconds(7);
        assertThat(factory.toString()).contains("h:1").doesNotContain("p@");
    }

    @Test
    void whatIsSetLaterCountsForLaterConnections() throws JMSException {
        LeveretConnectionFactory factory = factory(ConnectionSettings.of(URI));
        assertThat(connectedWith(factory).virtualHost()).isEqualTo("orders");
        factory.setVirtualHost("other");
        assertThat(connectedWith(factory).virtualHost()).isEqualTo("other");
        factory.setVirtualHost(null);
        assertThat(connectedWith(factory).virtualHost()).isEqualTo("orders");
    }

    @Test
    void whatDoesNotFitTogetherIsAJmsException() {
        LeveretConnectionFactory factory = factory(ConnectionSettings.of(URI));
        factory.setProperty("cacertfile", "/ca.pem");
        assertThatThrownBy(factory::createConnection)
                .isExactlyInstanceOf(JMSException.class)
                .hasMessageContaining("amqps://")
                .hasMessageNotContaining("s3cret");
        assertThat(factory.toString()).doesNotContain("s3cret");
    }

    @Test
    void aFactoryOfConnectionOptionsHasTheSettersOfTheProvidersOptions() throws JMSException {
        LeveretConnectionFactory factory = new LeveretConnectionFactory(
                ConnectionOptions.builder().virtualHost("v").build());
        factory.setQueueType("quorum");
        assertThatThrownBy(() -> factory.setHost("h")).isInstanceOf(IllegalStateException.class);
        assertThat(factory.toString()).contains("v");
        assertThat(JmsConnectionOptions.from(
                                ConnectionOptions.builder().virtualHost("v").build(), Map.of("jms.queueType", "quorum"))
                        .queueType())
                .isEqualTo(QueuePreset.QUORUM);
    }

    // ---- stored ---------------------------------------------------------------------------------------------------

    private static String contents(Reference reference) {
        StringBuilder contents = new StringBuilder();
        Enumeration<RefAddr> all = reference.getAll();
        while (all.hasMoreElements()) {
            RefAddr each = all.nextElement();
            contents.append(each.getType())
                    .append('=')
                    .append(each.getContent())
                    .append('\n');
        }
        return contents.toString();
    }

    private static LeveretConnectionFactory again(Reference reference) throws NamingException {
        Object made = new LeveretObjectFactory().getObjectInstance(reference, null, null, null);
        assertThat(made).isInstanceOf(LeveretConnectionFactory.class);
        return (LeveretConnectionFactory) made;
    }

    @Test
    void aReferenceHasEverythingButThePassword() throws NamingException {
        LeveretConnectionFactory factory = new LeveretConnectionFactory(URI);
        factory.setClientId("me");
        Reference reference = factory.getReference();
        assertThat(contents(reference))
                .contains("uri=amqp://app@broker.example:5673/orders?jms.prefetch=5", "jms.clientId=me")
                .doesNotContain("s3cret");
        assertThat(reference.toString()).doesNotContain("s3cret");
        assertThat(contents(again(reference).getReference())).isEqualTo(contents(reference));
    }

    @Test
    void aPasswordThatWasSetIsNotInTheReferenceEither() throws NamingException {
        LeveretConnectionFactory factory = new LeveretConnectionFactory("amqp://h");
        factory.setUsername("app");
        factory.setPassword("s3cret");
        assertThat(contents(factory.getReference())).contains("username=app").doesNotContain("s3cret");
    }

    @Test
    void aFactoryFromAReferenceSaysThatItHasNoPassword() throws Exception {
        LeveretConnectionFactory factory = again(new LeveretConnectionFactory(URI).getReference());
        assertThatThrownBy(factory::createConnection)
                .isInstanceOf(JMSSecurityException.class)
                .hasMessageContaining("createConnection(user, password)")
                .hasMessageContaining("setPassword");
    }

    @Test
    void itTakesThePasswordOfACallOrASetter() throws Exception {
        ConnectionSettings stored =
                ConnectionSettings.of(Map.of("uri", "amqp://app@h", ConnectionSettings.PASSWORD_WITHHELD, "true"));
        LeveretConnectionFactory factory = factory(stored);
        factory.createConnection("app", "given").close();
        assertThat(login(used.get())).isEqualTo("\0app\0given");
        factory.setPassword("set");
        assertThat(login(connectedWith(factory))).isEqualTo("\0app\0set");
    }

    @Test
    void anAdministratorMayAddThePasswordToAReference() throws Exception {
        LeveretConnectionFactory factory = factory(ConnectionSettings.of(
                Map.of("uri", "amqp://app@h", ConnectionSettings.PASSWORD_WITHHELD, "true", "password", "added")));
        assertThat(login(connectedWith(factory))).isEqualTo("\0app\0added");
        assertThat(contents(factory.getReference())).doesNotContain("added");
    }

    @Test
    void aFactoryWithoutPasswordIsStoredAsItIs() throws NamingException {
        assertThat(contents(new LeveretConnectionFactory("amqp://h").getReference()))
                .isEqualTo("uri=amqp://h\n");
    }

    @Test
    void whatCannotBeStoredSaysSo() {
        assertThatThrownBy(() ->
                        new LeveretConnectionFactory(ConnectionOptions.builder().build()).getReference())
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("ConnectionOptions");
        LeveretConnectionFactory withKey =
                new LeveretConnectionFactory("amqps://h?certfile=a&keyfile=b&password=s3cret");
        assertThatThrownBy(withKey::getReference)
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("password of a key")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> serialized(withKey)).isInstanceOf(NotSerializableException.class);
    }

    private static byte[] serialized(Object object) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
        }
        return bytes.toByteArray();
    }

    @Test
    void aSerializedFactoryHasNoPassword() throws Exception {
        byte[] bytes = serialized(new LeveretConnectionFactory(URI));
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain("s3cret");
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
            LeveretConnectionFactory copy = (LeveretConnectionFactory) in.readObject();
            assertThat(copy.toString()).contains("broker.example:5673", "orders");
            assertThatThrownBy(copy::createConnection).isInstanceOf(JMSSecurityException.class);
        }
    }
}
