package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Publishers on a TCP connection of their own. */
class SeparatePublishingTest {

    private static FakeBroker plain() {
        return new FakeBroker().handshake().channel(1).polite();
    }

    private static Object clientName(FakeBroker broker) {
        Map<String, ?> properties =
                broker.received(ConnectionMethod.StartOk.class).get(0).clientProperties();
        return properties.get("connection_name");
    }

    @Test
    void withoutTheOptionAllChannelsShareTheConnection() {
        FakeBroker broker = new FakeBroker().handshake().channel(1).channel(2).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            connection.openChannel(ChannelPurpose.CONSUME);
            connection.openChannel(ChannelPurpose.PUBLISH);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void aSecondConnectionIsMadeForTheFirstPublisherAndClosedWithTheFirst() {
        FakeBroker consuming = plain();
        FakeBroker publishing =
                new FakeBroker().handshake().channel(1).channel(2).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(consuming, publishing)) {
            Connection connection = Amqp.connect(server.options()
                    .connectionName("orders")
                    .separatePublishing(true)
                    .build());
            connection.openChannel();
            assertThat(server.connections()).isEqualTo(1);
            connection.openChannel(ChannelPurpose.PUBLISH);
            connection.openChannel(ChannelPurpose.PUBLISH);
            assertThat(server.connections()).isEqualTo(2);
            assertThat(clientName(publishing)).isEqualTo("orders (publishing)");
            connection.close();
            server.awaitEnd(publishing);
            server.awaitEnd(consuming);
            assertThat(Futures.failure(connection.async().openChannel(ChannelPurpose.PUBLISH)))
                    .isInstanceOf(ConnectionClosedException.class);
        }
    }

    @Test
    void aChannelThatComesWhenNobodyWantsItAnyMoreIsClosed() {
        FakeBroker publishing = plain();
        try (FakeBrokerServer server = FakeBrokerServer.start(plain(), publishing);
                Connection connection =
                        Amqp.connect(server.options().separatePublishing(true).build())) {
            connection.async().openChannel(ChannelPurpose.PUBLISH).cancel(false);
            server.await(
                    "the close of the channel",
                    () -> !publishing.received(ChannelMethod.Close.class).isEmpty());
        }
    }

    @Test
    void itsBlockadeIsToldToTheListenersOfTheFirst() {
        FakeBroker publishing = plain();
        try (FakeBrokerServer server = FakeBrokerServer.start(plain(), publishing);
                Connection connection =
                        Amqp.connect(server.options().separatePublishing(true).build())) {
            CompletableFuture<ConnectionEvent> told = new CompletableFuture<>();
            connection.onEvent(told::complete);
            connection.openChannel(ChannelPurpose.PUBLISH);
            server.act(publishing, it -> it.say(0, new ConnectionMethod.Blocked("disk")));
            assertThat(Futures.await(told)).isEqualTo(new ConnectionEvent.Blocked("disk"));
        }
    }

    @Test
    void whenItIsLostTheFirstLivesOnAndTheNextPublisherGetsANewOne() {
        FakeBroker lost = plain();
        try (FakeBrokerServer server = FakeBrokerServer.start(plain(), lost, plain());
                Connection connection =
                        Amqp.connect(server.options().separatePublishing(true).build())) {
            Channel channel = connection.openChannel(ChannelPurpose.PUBLISH);
            server.act(lost, FakeBroker::hangUp);
            Futures.failure(channel.async().closed());
            Futures.until("the end of the second connection", () -> {
                Channel another = connection.openChannel(ChannelPurpose.PUBLISH);
                return another.isOpen();
            });
            assertThat(server.connections()).isEqualTo(3);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void whenTheFirstIsLostTheSecondIsClosed() {
        FakeBroker consuming = plain();
        FakeBroker publishing = plain();
        try (FakeBrokerServer server = FakeBrokerServer.start(consuming, publishing)) {
            AsyncConnection connection = Amqp.connect(
                            server.options().separatePublishing(true).build())
                    .async();
            Futures.await(connection.openChannel(ChannelPurpose.PUBLISH));
            Futures.await(connection.openChannel());
            server.act(consuming, FakeBroker::hangUp);
            Futures.failure(connection.closed());
            server.awaitEnd(publishing);
        }
    }

    @EveryBroker
    void whatIsPublishedOnOneIsConsumedOnTheOther(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker, it -> it.separatePublishing(true))) {
            String queue = client.queue();
            Channel publisher = client.connection.openChannel(ChannelPurpose.PUBLISH);
            publisher.publish(BrokerClient.message(queue, "hello"));
            assertThat(client.consume(queue).nextTexts(1)).containsExactly("hello");
            assertThat(client.connection
                            .shutdown(java.time.Duration.ofSeconds(20))
                            .unconfirmedPublishes())
                    .isZero();
        }
    }
}
