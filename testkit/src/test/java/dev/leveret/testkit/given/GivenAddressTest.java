package dev.leveret.testkit.given;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;
import dev.leveret.testkit.probe.ScriptedPeer;
import dev.leveret.testkit.probe.StartBytes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GivenAddressTest {

    @Test
    void withoutAnAddressThereIsNoBroker() {
        assertThatThrownBy(() -> new GivenAddress().start(new Settings(new Properties(), Map.of())))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessage("neither is set");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://user:sec ret@host",
                "amqp://user:sec%ret@host",
                "http://user:secret@host",
                "amqp:secret",
                "amqp://user:secret@",
                "amqp://user:secret@host_1:secret"
            })
    void anAddressThatIsNoneIsAnErrorThatDoesNotShowIt(String text) {
        Throwable failure = catchThrowable(() -> start(text));

        assertThat(failure).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("AMQP_URI is not a");
        assertThat(stackTrace(failure))
                .doesNotContain("secret")
                .doesNotContain("sec ret")
                .doesNotContain("sec%ret");
    }

    @Test
    void anAddressWhereNobodyListensIsAnErrorThatNamesTheSetting() {
        int port;
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            port = peer.port();
        }
        Throwable failure = catchThrowable(() -> start("amqp://user:secret@127.0.0.1:" + port));

        assertThat(failure)
                .isInstanceOf(BrokerStartException.class)
                .hasMessageStartingWith("No broker serves at the address given by AMQP_URI: 127.0.0.1:" + port
                        + " cannot be connected to: ")
                .hasMessageEndingWith("Start the broker, or correct or unset AMQP_URI.");
        assertThat(stackTrace(failure)).doesNotContain("secret");
    }

    @Test
    void anAddressWhereSomethingElseAnswersIsAnErrorThatSaysWhat() {
        byte[] answer = "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        try (ScriptedPeer peer = ScriptedPeer.sending(answer)) {
            assertThatThrownBy(() -> start("amqp://127.0.0.1:" + peer.port()))
                    .isInstanceOf(BrokerStartException.class)
                    .hasMessageContaining("127.0.0.1:" + peer.port() + " speaks HTTP, not AMQP 0-9-1");
        }
    }

    @Test
    void theBrokerThereIsUsedAsItIs() throws BrokerUnavailableException {
        try (ScriptedPeer peer = ScriptedPeer.sending(StartBytes.of("RabbitMQ", "4.0.5"))) {
            String text = "amqp://user:secret@127.0.0.1:" + peer.port() + "/vhost";

            Broker broker = start(text);
            broker.close();

            assertThat(broker.uri()).hasToString(text);
            assertThat(broker.kind()).isEqualTo(BrokerKind.RABBITMQ);
            assertThat(broker.version()).isEqualTo("4.0.5");
            assertThat(broker.description())
                    .isEqualTo("RabbitMQ 4.0.5, at 127.0.0.1:" + peer.port() + " given by AMQP_URI");
            assertThat(broker).hasToString(broker.description());
        }
    }

    private static Broker start(String uri) throws BrokerUnavailableException {
        return new GivenAddress().start(new Settings(new Properties(), Map.of("AMQP_URI", uri)));
    }

    private static String stackTrace(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
