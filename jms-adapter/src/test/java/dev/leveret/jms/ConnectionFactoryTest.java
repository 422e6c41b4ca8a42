package dev.leveret.jms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.jms.broker.AutoDeclare;
import dev.leveret.jms.broker.QueuePreset;
import dev.leveret.jms.testing.FakeConnection;
import dev.leveret.jms.testing.WireLog;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.QueueConnectionFactory;
import jakarta.jms.TopicConnectionFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionFactoryTest {

    private static final String URI = "amqp://app:s3cret@broker.example:5673/orders";

    @Test
    void theAddressAndTheOptionsAreReadFromTheUri() {
        JmsConnectionOptions options = JmsConnectionOptions.parse(URI + "?jms.clientId=me&heartbeat=7&jms.prefetch=5"
                + "&jms.autoDeclare=false&jms.queueType=quorum&jms.topicExchange=amq.topic&jms.localRedeliveries=0");
        assertThat(options.amqp().endpoints()).containsExactly(new Endpoint("broker.example", 5673));
        assertThat(options.amqp().virtualHost()).isEqualTo("orders");
        assertThat(options.amqp().heartbeat()).hasSeconds(7);
        assertThat(options.clientId()).contains("me");
        assertThat(options.prefetch()).isEqualTo(5);
        assertThat(options.autoDeclare()).isEqualTo(AutoDeclare.OFF);
        assertThat(options.queueType()).isEqualTo(QueuePreset.QUORUM);
        assertThat(options.topicExchange()).isEqualTo("amq.topic");
        assertThat(options.localRedeliveries()).isZero();
    }

    @Test
    void everyOptionHasItsDefault() {
        JmsConnectionOptions options = JmsConnectionOptions.parse(URI);
        assertThat(options.clientId()).isEmpty();
        assertThat(options.prefetch()).isEqualTo(100);
        assertThat(options.autoDeclare()).isEqualTo(AutoDeclare.ON);
        assertThat(options.queueType()).isEqualTo(QueuePreset.DEFAULT);
        assertThat(options.topicExchange()).isEqualTo("jms.durable.topic");
        assertThat(options.localRedeliveries()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jms.prefetch=0",
                "jms.prefetch=65536",
                "jms.prefetch=many",
                "jms.autoDeclare=maybe",
                "jms.queueType=stream",
                "jms.localRedeliveries=-1",
                "jms.unknown=1",
                "unknown=1"
            })
    void anOptionThatMeansNothingIsRefusedByName(String option) {
        assertThatThrownBy(() -> new LeveretConnectionFactory(URI + "?" + option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(option.split("=")[0])
                .hasMessageNotContaining("s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "jms.prefech=5, jms.prefetch",
        "prefetch=5, jms.prefetch",
        "jms.heartbeat=5, heartbeat",
        "jms.clientID=me, jms.clientId",
        "jms.queuetype=quorum, jms.queueType",
        "heartbeet=5, heartbeat",
    })
    void anOptionThatIsNotKnownIsRefusedWithTheNearest(String option, String nearest) {
        assertThatThrownBy(() -> new LeveretConnectionFactory(URI + "?" + option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("did you mean '" + nearest + "'?")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void anOptionWithoutAValueIsRefusedAndNotShownAsItMayBeOfAPassword() {
        assertThatThrownBy(() -> new LeveretConnectionFactory(URI + "?jms.prefetch"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=value");
    }

    @Test
    void anOptionGivenTwiceIsRefused() {
        assertThatThrownBy(() -> new LeveretConnectionFactory(URI + "?jms.prefetch=5&jms.prefetch=6"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'jms.prefetch' is given twice");
    }

    @ParameterizedTest
    @CsvSource({"true, ON", "on, ON", "false, OFF", "off, OFF", "passive, PASSIVE"})
    void declaringIsOnOffOrPassive(String value, AutoDeclare meaning) {
        assertThat(JmsConnectionOptions.parse(URI + "?jms.autoDeclare=" + value).autoDeclare())
                .isEqualTo(meaning);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://localhost", "amqp://app:s3cret@host:port"})
    void whatIsNoAmqpUriIsRefused(String uri) {
        assertThatThrownBy(() -> new LeveretConnectionFactory(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void toStringTellsTheAddressAndNoPassword() {
        assertThat(new LeveretConnectionFactory(URI).toString())
                .contains("broker.example:5673", "orders")
                .doesNotContain("s3cret");
    }

    @Test
    void aFactoryServesEveryDomain() {
        assertThat(new LeveretConnectionFactory(URI))
                .isInstanceOf(QueueConnectionFactory.class)
                .isInstanceOf(TopicConnectionFactory.class);
    }

    @Test
    void aUserOfTheCallTakesThePlaceOfTheUrisAndForThisCallOnly() throws JMSException {
        AtomicReference<ConnectionOptions> used = new AtomicReference<>();
        LeveretConnectionFactory factory = new LeveretConnectionFactory(JmsConnectionOptions.parse(URI), options -> {
            used.set(options);
            return CompletableFuture.completedFuture(new FakeConnection(new WireLog()));
        });
        factory.createConnection("other", "word");
        assertThat(plain(used.get())).isEqualTo("\0other\0word");
        factory.createConnection();
        assertThat(plain(used.get())).isEqualTo("\0app\0s3cret");
        factory.createContext("third", null);
        assertThat(plain(used.get())).isEqualTo("\0third\0");
        factory.createQueueConnection(null, null);
        assertThat(plain(used.get())).isEqualTo("\0app\0s3cret");
    }

    @Test
    void refusedCredentialsAreASecurityFailure() {
        LeveretConnectionFactory factory = failing(new AuthenticationException("ACCESS_REFUSED", null));
        assertThatThrownBy(factory::createConnection).isInstanceOf(JMSSecurityException.class);
        assertThatThrownBy(factory::createContext).isInstanceOf(JMSSecurityRuntimeException.class);
    }

    @Test
    void aSocketClosedOnTheCredentialsIsASecurityFailureToo() {
        assertThatThrownBy(() -> failing(attempt(ConnectFailedException.Phase.AUTHENTICATION))
                        .createConnection())
                .isInstanceOf(JMSSecurityException.class);
    }

    @Test
    void aBrokerThatCannotBeReachedIsNamed() {
        assertThatThrownBy(
                        () -> failing(attempt(ConnectFailedException.Phase.TCP)).createConnection())
                .isExactlyInstanceOf(JMSException.class)
                .hasMessageContaining("broker.example:5673")
                .hasMessageContaining("Connection refused")
                .hasCauseInstanceOf(ConnectFailedException.class);
    }

    @Test
    void aContextOfNoSessionModeIsRefusedBeforeAnythingIsConnected() {
        LeveretConnectionFactory factory = failing(new AuthenticationException("not asked", null));
        assertThatThrownBy(() -> factory.createContext(42))
                .isExactlyInstanceOf(JMSRuntimeException.class)
                .hasMessageContaining("42");
    }

    private static LeveretConnectionFactory failing(Throwable cause) {
        return new LeveretConnectionFactory(
                JmsConnectionOptions.parse(URI), options -> CompletableFuture.<AsyncConnection>failedFuture(cause));
    }

    private static ConnectFailedException attempt(ConnectFailedException.Phase phase) {
        return new ConnectFailedException(List.of(new ConnectFailedException.Attempt(
                new Endpoint("broker.example", 5673), "192.0.2.1", phase, new IOException("Connection refused"))));
    }

    private static String plain(ConnectionOptions options) {
        return new String(((Credentials) options.credentials()).response(null), StandardCharsets.UTF_8);
    }
}
