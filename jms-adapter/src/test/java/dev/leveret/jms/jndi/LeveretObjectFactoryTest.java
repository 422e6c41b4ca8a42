package dev.leveret.jms.jndi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import com.rabbitmq.jms.admin.RMQDestination;
import dev.leveret.jms.LeveretConnectionFactory;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.destination.JmsTopic;
import java.util.Hashtable;
import javax.naming.CompositeName;
import javax.naming.NamingException;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.StringRefAddr;
import javax.naming.spi.NamingManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LeveretObjectFactoryTest {

    /** {@code k=v; k=v}. */
    private static Reference reference(String type, String addresses) {
        Reference reference = new Reference(type, LeveretObjectFactory.class.getName(), null);
        for (String each : addresses.split(";")) {
            int equals = each.indexOf('=');
            reference.add(new StringRefAddr(
                    each.substring(0, equals).strip(),
                    each.substring(equals + 1).strip()));
        }
        return reference;
    }

    private static @Nullable Object made(Reference reference) throws NamingException {
        return new LeveretObjectFactory().getObjectInstance(reference, null, null, null);
    }

    /** What a factory's own reference says of a setting. */
    private static @Nullable Object setting(@Nullable Object factory, String name) throws NamingException {
        RefAddr address = ((LeveretConnectionFactory) factory).getReference().get(name);
        return address == null ? null : address.getContent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jakarta.jms.ConnectionFactory",
                "jakarta.jms.QueueConnectionFactory",
                "jakarta.jms.TopicConnectionFactory",
                "javax.jms.ConnectionFactory",
                "com.rabbitmq.jms.admin.RMQConnectionFactory",
                "dev.leveret.jms.LeveretConnectionFactory"
            })
    void aConnectionFactoryGoesByManyNames(String type) throws NamingException {
        Object factory =
                made(reference(type, "host=h; port=1; username=u; virtualHost=v; auth=Container; scope=Shareable"));
        assertThat(factory).isInstanceOf(LeveretConnectionFactory.class);
        assertThat(factory.toString()).contains("h:1", "v");
    }

    @Test
    void whatRabbitMqsClientCallsOtherwiseIsTranslated() throws NamingException {
        Object factory = made(reference(
                "com.rabbitmq.jms.admin.RMQConnectionFactory",
                "uris=amqp://a/v,amqp://b/v; channelsQos=7; queueBrowserReadMax=0; authenticationMechanism=PLAIN;"
                        + "onMessageTimeoutMs=2000; terminationTimeout=15000; declareReplyToDestination=true;"
                        + "keepTextMessageType=false; nackOnRollback=false"));
        assertThat(factory.toString()).contains("a:5672", "b:5672");
        assertThat(setting(factory, "jms.prefetch")).isEqualTo("7");
        assertThat(setting(factory, "jms.browserMaxMessages")).isEqualTo("65535");
        assertThat(setting(factory, "auth_mechanism")).isEqualTo("plain");
        assertThat(setting(factory, "onMessageTimeoutMs")).isNull();
    }

    @Test
    void noLimitThereIsTheDefaultHere() throws NamingException {
        assertThat(setting(made(reference("jakarta.jms.ConnectionFactory", "channelsQos=-1")), "jms.prefetch"))
                .isNull();
    }

    @Test
    void aReferenceThatRabbitMqsClientWroteIsRead() throws NamingException {
        RMQConnectionFactory theirs = new RMQConnectionFactory();
        theirs.setHost("broker.example");
        theirs.setPort(5673);
        theirs.setVirtualHost("orders");
        theirs.setUsername("app");
        theirs.setPassword("s3cret");
        Object factory = made(theirs.getReference());
        assertThat(factory.toString()).contains("broker.example:5673", "orders").doesNotContain("s3cret");
    }

    @Test
    void theirDestinationsAreRead() throws NamingException {
        assertThat(made(new RMQDestination("q", true, false).getReference())).isEqualTo(JmsQueue.named("q"));
        assertThat(made(new RMQDestination("t", false, false).getReference()).toString())
                .isEqualTo("topic://t");
        assertThat(made(new RMQDestination("name", "", "q", "q").getReference()))
                .isEqualTo(JmsQueue.named("q"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jakarta.jms.Queue | destinationName=orders | queue://orders",
                "javax.jms.Queue | destinationName=queue:///orders?targetClient=1 | queue://orders",
                "jakarta.jms.Queue | destinationName=x; amqp=true; amqpQueueName=orders | queue://orders",
                "jakarta.jms.Queue | destinationName=x; amqp=true; amqpRoutingKey=orders; amqpExchangeName= | queue://orders",
                "jakarta.jms.Queue | destinationName=x; queueDeclareArguments=x-queue-type=quorum | queue://x",
                "jakarta.jms.Topic | destinationName=prices.# | topic://prices.#",
                "com.rabbitmq.jms.admin.RMQDestination | destinationName=t | topic://t",
            })
    void destinationsAreMade(String type, String addresses, String expected) throws NamingException {
        assertThat(made(reference(type, addresses))).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jakarta.jms.ConnectionFactory | hots=h | did you mean 'host'?",
                "jakarta.jms.ConnectionFactory | prefech=1 | did you mean 'jms.prefetch'?",
                "jakarta.jms.ConnectionFactory | channelsQos=many | channelsQos=many: not a whole number",
                "jakarta.jms.ConnectionFactory | uri=amqp://u:s3cret@h:x | port",
                "jakarta.jms.XAConnectionFactory | uri=amqp://h | no distributed transactions",
                "jakarta.jms.Queue | destinationNam=q | did you mean 'destinationName'?",
                "jakarta.jms.Queue | amqp=false | needs the setting destinationName",
                "jakarta.jms.Queue | destinationName=topic://t | not a queue",
                "jakarta.jms.Queue | destinationName=x; amqp=true; amqpExchangeName=e; amqpRoutingKey=k; amqpQueueName=q"
                        + " | exchange 'e' with the routing key 'k'",
            })
    void whatCannotBeIsTold(String type, String addresses, String words) {
        assertThatThrownBy(() -> made(reference(type, addresses)))
                .isInstanceOf(NamingException.class)
                .hasMessageContaining(words)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void theNameThatIsLookedUpIsTold() {
        assertThatThrownBy(() -> new LeveretObjectFactory()
                        .getObjectInstance(
                                reference("jakarta.jms.Queue", "x=y"), new CompositeName("jms/Orders"), null, null))
                .isInstanceOf(NamingException.class)
                .hasMessageContaining("jms/Orders");
    }

    @Test
    void withoutAReferenceTheEnvironmentSaysWhatToMake() throws NamingException {
        Hashtable<String, Object> environment = new Hashtable<>();
        environment.put("className", "jakarta.jms.ConnectionFactory");
        environment.put("host", "h");
        environment.put("port", 1);
        environment.put("java.naming.factory.initial", "x");
        assertThat(new LeveretObjectFactory().getObjectInstance(null, null, null, environment))
                .asString()
                .contains("h:1");
    }

    @Test
    void whatIsNoneOfItsBusinessIsLeftToOthers() throws NamingException {
        assertThat(made(reference("javax.sql.DataSource", "url=x"))).isNull();
        assertThat(new LeveretObjectFactory().getObjectInstance("text", null, null, null))
                .isNull();
        assertThat(new LeveretObjectFactory().getObjectInstance(null, null, null, new Hashtable<>()))
                .isNull();
    }

    @Test
    void aNamingServiceMakesAgainWhatItHasStored() throws Exception {
        JmsQueue queue = JmsQueue.of("orders");
        JmsTopic topic = JmsTopic.of("prices.#");
        assertThat(NamingManager.getObjectInstance(queue, null, null, null)).isEqualTo(queue);
        assertThat(NamingManager.getObjectInstance(topic, null, null, null)).isEqualTo(topic);
        assertThat(NamingManager.getObjectInstance(new LeveretConnectionFactory("amqp://h/v"), null, null, null))
                .isInstanceOf(LeveretConnectionFactory.class)
                .asString()
                .contains("h:5672");
    }
}
