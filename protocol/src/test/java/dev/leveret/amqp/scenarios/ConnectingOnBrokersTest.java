package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AddressOrder;
import dev.leveret.amqp.api.AddressResolver;
import dev.leveret.amqp.api.AddressResolver.ResolvedAddress;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.testing.BlackHole;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectingOnBrokersTest {

    /** The broker, for those who find their way to it. */
    private static List<Endpoint> endpoints(Broker broker) {
        return AmqpUri.parse(broker.uri()).build().endpoints();
    }

    @RequiresRabbitMq
    @Test
    void anIdentityThatIsTooLargeIsNotTakenForAWrongPassword(Broker broker) {
        ConnectionOptions options = AmqpUri.parse(broker.uri())
                .clientProperty("novel", "x".repeat(100_000))
                .build();
        assertThatThrownBy(() -> Amqp.connect(options))
                .isInstanceOfSatisfying(
                        ConnectFailedException.class,
                        it -> assertThat(it.attempts()).allSatisfy(attempt -> {
                            assertThat(attempt.phase()).isEqualTo(Phase.AUTHENTICATION);
                            assertThat(attempt.cause())
                                    .isInstanceOf(ConnectionLostException.class)
                                    .hasMessageContaining("initial_frame_max");
                        }));
    }

    @EveryBroker
    void anIdentityOfFourThousandBytesIsTakenByAll(Broker broker) {
        ConnectionOptions options = AmqpUri.parse(broker.uri())
                .clientProperty("story", "x".repeat(3_000))
                .build();
        try (Connection connection = Amqp.connect(options)) {
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @RequiresRabbitMq
    @Test
    void aVirtualHostThatIsNotThereIsAskedForInOneRoundOnly(Broker broker) {
        ConnectionOptions options = AmqpUri.parse(broker.uri())
                .virtualHost("no-such-vhost")
                .connectAttempts(10)
                .retryDelay(Duration.ofMinutes(5))
                .build();
        assertThatThrownBy(() -> Amqp.connect(options))
                .isInstanceOf(ConnectFailedException.class)
                .hasMessageContaining("no-such-vhost")
                .hasMessageNotContaining("rounds");
    }

    @EveryBroker
    void theWayLeadsPastEndpointsThatAreNone(Broker broker) {
        try (BlackHole hole = BlackHole.at(InetAddress.getLoopbackAddress(), 0)) {
            List<Endpoint> endpoints = new ArrayList<>();
            endpoints.add(new Endpoint("no-such-host.invalid", 5672));
            endpoints.add(new Endpoint("127.0.0.1", 1));
            endpoints.add(new Endpoint("127.0.0.1", hole.port()));
            endpoints.addAll(endpoints(broker));
            for (AddressOrder order : AddressOrder.values()) {
                ConnectionOptions options = AmqpUri.parse(broker.uri())
                        .endpoints(endpoints)
                        .addressOrder(order)
                        .build();
                try (Connection connection = Amqp.connect(options)) {
                    assertThat(connection.openChannel().isOpen()).isTrue();
                }
            }
        }
    }

    @EveryBroker
    void aResolverOfOnesOwnFindsTheBroker(Broker broker) {
        AddressResolver discovery = asked -> {
            List<ResolvedAddress> found = new ArrayList<>();
            for (Endpoint each : endpoints(broker)) {
                found.addAll(AddressResolver.system().resolve(each));
            }
            return found;
        };
        ConnectionOptions options = AmqpUri.parse(broker.uri())
                .endpoint("wherever-it-is", 1)
                .addressResolver(discovery)
                .build();
        try (Connection connection = Amqp.connect(options)) {
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @EveryBroker
    void settingsAndOptionsReachTheBroker(Broker broker) {
        ConnectionOptions options = ConnectionOptions.from(
                        Map.of(
                                "mq.uri",
                                broker.uri(),
                                "mq.connection.channel.max",
                                5,
                                "mq.frame-max",
                                9000,
                                "mq.heartbeat",
                                7,
                                "mq.locale",
                                "en_US",
                                "mq.client.properties.team",
                                "billing"),
                        "mq.")
                .build();
        try (Connection connection = Amqp.connect(options)) {
            assertThat(connection.negotiated().channelMax()).isEqualTo(5);
            assertThat(connection.negotiated().frameMax()).isEqualTo(9000);
            assertThat(connection.negotiated().heartbeat()).isLessThanOrEqualTo(Duration.ofSeconds(7));
        }
    }

    @EveryBroker
    void theHeartbeatCanBeMadeFromTheBrokersProposal(Broker broker) {
        List<Duration> proposals = new ArrayList<>();
        ConnectionOptions options = AmqpUri.parse(broker.uri())
                .heartbeatFrom(offered -> {
                    proposals.add(offered);
                    return offered.plusSeconds(11);
                })
                .build();
        try (Connection connection = Amqp.connect(options)) {
            assertThat(proposals).hasSize(1);
            assertThat(connection.negotiated().heartbeat())
                    .isEqualTo(proposals.get(0).plusSeconds(11));
        }
    }

    @EveryBroker
    void withoutABrokerAllRoundsAreTold(Broker broker) {
        ConnectionOptions options = AmqpUri.parse(broker.uri())
                .endpoint("127.0.0.1", 1)
                .connectAttempts(3)
                .retryDelay(Duration.ofMillis(1))
                .build();
        ConnectFailedException failure =
                catchThrowableOfType(ConnectFailedException.class, () -> Amqp.connect(options));
        assertThat(failure.attempts()).hasSize(3);
        assertThat(failure).hasMessageContaining("3 rounds");
    }
}
