package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What brokers refuse, and whom that concerns. */
class ErrorsOnBrokersTest {

    @EveryBroker
    void aWrongPasswordIsAnAuthenticationFailureSoon(Broker broker) {
        long start = System.nanoTime();
        assertThatThrownBy(() -> Amqp.connect(AmqpUri.parse(broker.uri())
                        .credentials(Credentials.plain("guest", "wr0ng"))
                        .build()))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageNotContaining("wr0ng");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @EveryBroker
    void aVirtualHostThatIsNotThereIsRefusedWithItsName(Broker broker) {
        assertThatThrownBy(() -> Amqp.connect(
                        AmqpUri.parse(broker.uri()).virtualHost("no-such-vhost").build()))
                .isInstanceOfSatisfying(ConnectFailedException.class, it -> {
                    assertThat(it.attempts()).allMatch(attempt -> attempt.phase() == Phase.OPEN);
                    assertThat(it).hasMessageContaining("no-such-vhost");
                });
    }

    // Qpid closes the connection where RabbitMQ closes the channel.
    @RequiresRabbitMq
    @Test
    void anExclusiveQueueIsLockedForOtherConnections(Broker broker) {
        try (BrokerClient owner = BrokerClient.of(broker);
                BrokerClient other = BrokerClient.of(broker)) {
            String queue = owner.queue();
            for (int i = 0; i < 3; i++) {
                Channel channel = other.connection.openChannel();
                int attempt = i;
                assertThatThrownBy(() -> {
                            switch (attempt) {
                                case 0 -> channel.declareQueuePassive(queue);
                                case 1 -> channel.get(queue, true);
                                default -> channel.consume(ConsumeOptions.of(queue), Delivery::ack);
                            }
                        })
                        .isInstanceOfSatisfying(
                                ChannelClosedException.class,
                                it -> assertThat(it.replyCode()).isEqualTo(405));
            }
            other.publish(queue, "anybody may publish to it");
            assertThat(owner.drain(queue)).hasSize(1);
        }
    }

    // Qpid closes the connection where RabbitMQ closes the channel.
    @RequiresRabbitMq
    @Test
    void anErrorEndsItsChannelAndNoOther(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            AsyncChannel failing = Futures.await(client.connection.async().openChannel());
            List<CompletableFuture<?>> pending = new ArrayList<>();
            pending.add(failing.declareQueuePassive(unique("none")));
            for (int i = 0; i < 20; i++) {
                pending.add(failing.purgeQueue(queue));
            }
            pending.add(failing.consume(ConsumeOptions.of(queue), Delivery::ack));
            for (CompletableFuture<?> each : pending) {
                ChannelClosedException failure = Futures.failure(each, ChannelClosedException.class);
                assertThat(failure.replyCode()).isEqualTo(404);
                assertThat(failure.method()).isEqualTo("queue.declare");
            }
            client.publish(queue, "1");
            assertThat(client.drain(queue)).containsExactly("1");
            assertThat(client.connection.openChannel().isOpen()).isTrue();
        }
    }

    // Qpid closes the connection where RabbitMQ closes the channel.
    @RequiresRabbitMq
    @Test
    void channelNumbersAreUsedAgainAfterErrorsWithoutMixingAnythingUp(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker, it -> it.channelMax(3))) {
            for (int round = 0; round < 30; round++) {
                Channel channel = client.connection.openChannel();
                String queue = client.queue();
                client.publish(queue, "x");
                BlockingConsumer consumer = new BlockingConsumer();
                channel.consume(ConsumeOptions.of(queue), consumer);
                Delivery delivery = consumer.next();
                if (round % 2 == 0) {
                    assertThatThrownBy(() -> channel.declareQueuePassive(unique("none")))
                            .isInstanceOf(ChannelClosedException.class);
                } else {
                    channel.close();
                }
                assertThat(delivery.isSettleable()).isFalse();
                assertThat(client.drain(queue)).containsExactly("x");
            }
            assertThat(client.connection.isOpen()).isTrue();
        }
    }

    private static final class BlockingConsumer implements dev.leveret.amqp.api.DeliveryHandler {
        private final CompletableFuture<Delivery> first = new CompletableFuture<>();

        @Override
        public void handle(Delivery delivery) {
            first.complete(delivery);
        }

        Delivery next() {
            return Futures.await(first);
        }
    }

    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    @Test
    void whatABrokerForbidsIsToldInItsWords(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            Channel channel = client.connection.openChannel();
            String queue = unique("q");
            assertThatThrownBy(() ->
                            channel.declareQueue(QueueSpec.quorum(queue).withArgument("x-overflow", "no such thing")))
                    .isInstanceOf(ChannelClosedException.class)
                    .hasMessageContaining("406")
                    .hasMessageContaining("x-overflow")
                    .hasMessageContaining(queue);
        }
    }

    @EveryBroker
    void asManyChannelsAsNegotiatedCanBeOpenAtOnce(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker, it -> it.channelMax(20))) {
            assertThat(client.connection.negotiated().channelMax()).isEqualTo(20);
            List<CompletableFuture<AsyncChannel>> channels = new ArrayList<>();
            for (int i = 0; i < 19; i++) {
                channels.add(client.connection.async().openChannel());
            }
            channels.forEach(Futures::await);
            assertThatThrownBy(client.connection::openChannel)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("20 channels");
            Futures.await(Futures.await(channels.get(4)).close());
            assertThat(client.connection.openChannel().number())
                    .isEqualTo(Futures.await(channels.get(4)).number());
        }
    }

    @EveryBroker
    void theBrokerSaysWhoItIs(Broker broker) {
        try (Connection connection = Amqp.connect(
                AmqpUri.parse(broker.uri()).connectionName("named by a test").build())) {
            assertThat(connection.serverInfo().version()).isEqualTo(broker.version());
            assertThat(connection.name()).isEqualTo("named by a test");
            assertThat(connection.negotiated().frameMax()).isGreaterThanOrEqualTo(8192);
        }
    }
}
