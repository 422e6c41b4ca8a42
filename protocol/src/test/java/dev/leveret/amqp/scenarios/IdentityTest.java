package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a connection tells the broker of itself and asks of it. */
class IdentityTest {

    private static List<ConnectionMethod> said(ConnectionMethod.Tune tune, ConnectionOptions wishes) {
        FakeBroker broker = new FakeBroker().handshake(tune).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            ConnectionOptions options =
                    wishes.toBuilder().endpoint("127.0.0.1", server.port()).build();
            try (Connection connection = Amqp.connect(options)) {
                assertThat(connection.serverInfo().product()).isEqualTo("FakeBroker");
                assertThat(connection.serverInfo().hasCapability("consumer_cancel_notify"))
                        .isTrue();
                assertThat(connection.serverInfo().hasCapability("connection.blocked"))
                        .isFalse();
            }
            return broker.received(ConnectionMethod.class);
        }
    }

    private static Map<String, @Nullable Object> clientProperties(ConnectionOptions options) {
        return ((ConnectionMethod.StartOk) said(FakeBroker.TUNE, options).get(0)).clientProperties();
    }

    @Test
    void onlyCapabilitiesThatAreHandledAreAnnounced() {
        assertThat(clientProperties(ConnectionOptions.builder().build()).get("capabilities"))
                .isEqualTo(Map.of(
                        "publisher_confirms", true,
                        "exchange_exchange_bindings", true,
                        "basic.nack", true,
                        "consumer_cancel_notify", true,
                        "connection.blocked", true,
                        "authentication_failure_close", true));
    }

    @Test
    void theClientNamesItselfAndItsConnection() {
        Map<String, @Nullable Object> properties = clientProperties(ConnectionOptions.builder()
                .connectionName("orders")
                .clientProperty("team", "shipping")
                .clientProperty("product", "Overridden")
                .build());
        assertThat(properties)
                .containsEntry("connection_name", "orders")
                .containsEntry("team", "shipping")
                .containsEntry("product", "Overridden")
                .containsKeys("version", "platform");
    }

    @Test
    void connectionsWithoutANameGetOneEach() {
        ConnectionOptions nameless = ConnectionOptions.builder().build();
        Object first = clientProperties(nameless).get("connection_name");
        Object second = clientProperties(nameless).get("connection_name");
        assertThat(first).asString().startsWith("leveret-").isNotEqualTo(second);
    }

    @Test
    void theWishesAreHeldAgainstTheOfferAndTheVirtualHostIsAskedFor() {
        ConnectionOptions wishes = ConnectionOptions.builder()
                .virtualHost("/orders")
                .heartbeat(Duration.ofSeconds(20))
                .channelMax(7)
                .frameMax(16_384)
                .build();
        assertThat(said(new ConnectionMethod.Tune(2047, 131072, 60), wishes))
                .contains(new ConnectionMethod.TuneOk(7, 16_384, 20), new ConnectionMethod.Open("/orders"));
    }

    @Test
    void withoutWishesTheOfferIsTaken() {
        assertThat(said(
                        new ConnectionMethod.Tune(100, 50_000, 30),
                        ConnectionOptions.builder().build()))
                .contains(new ConnectionMethod.TuneOk(100, 50_000, 30), new ConnectionMethod.Open("/"));
    }
}
