package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of requests that the broker answers late, and of what late answers bring. */
class RequestTimeoutsTest {

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    private static Connection connect(FakeBrokerServer server) {
        return Amqp.connect(server.options().requestTimeout(TIMEOUT).build());
    }

    @Test
    void theChannelStaysUsableAndTheLateAnswerIsNobodys() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Declare.class)
                .expect(QueueMethod.Purge.class)
                .send(1, new QueueMethod.DeclareOk("late", 1, 1))
                .send(1, new QueueMethod.PurgeOk(7))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server);
                Channel channel = connection.openChannel()) {
            assertThatThrownBy(() -> channel.declareQueue(QueueSpec.of("late")))
                    .isInstanceOf(AmqpTimeoutException.class)
                    .hasMessageContaining("queue.declare of 'late'")
                    .hasMessageContaining(connection.name());
            assertThat(channel.isOpen()).isTrue();
            assertThat(channel.purgeQueue("q")).isEqualTo(7);
        }
    }

    @Test
    void aRequestThatTheBrokerAnswersInTimeIsNotDisturbedByItsDeadline() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Purge.class)
                .reply(new QueueMethod.PurgeOk(1))
                .expect(QueueMethod.Purge.class)
                .expect(QueueMethod.Purge.class)
                .send(1, new QueueMethod.PurgeOk(2))
                .send(1, new QueueMethod.PurgeOk(3))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server);
                Channel channel = connection.openChannel()) {
            assertThat(channel.purgeQueue("q")).isEqualTo(1);
            assertThatThrownBy(() -> channel.purgeQueue("q")).isInstanceOf(AmqpTimeoutException.class);
            assertThat(channel.purgeQueue("q")).isEqualTo(3);
        }
    }

    @Test
    void aPublishThatTheBrokerNeverConfirmsIsUnknownAndTheChannelStaysUsable() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(ConfirmMethod.Select.class)
                .reply(new ConfirmMethod.SelectOk())
                .expect(BasicMethod.Publish.class)
                .expect(BasicMethod.Publish.class)
                .send(1, new BasicMethod.Ack(1, false))
                .send(1, new BasicMethod.Ack(2, false))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection =
                        Amqp.connect(server.options().confirmTimeout(TIMEOUT).build());
                Channel channel = connection.openChannel()) {
            OutboundMessage message = OutboundMessage.toQueue("q", new byte[1]);
            assertThatThrownBy(() -> channel.publish(message))
                    .isInstanceOfSatisfying(
                            PublishException.class,
                            failure -> assertThat(failure.outcomeUnknown()).isTrue())
                    .hasMessageContaining("within PT0.3S");
            channel.publish(message);
        }
    }

    @Test
    void aChannelThatIsOpenedTooLateIsClosed() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .expect(ChannelMethod.Open.class)
                .channel(2)
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            assertThatThrownBy(connection::openChannel)
                    .isInstanceOf(AmqpTimeoutException.class)
                    .hasMessageContaining("channel.open");
            Channel second = connection.openChannel();
            assertThat(second.number()).isEqualTo(2);
            server.act(broker, it -> it.say(1, new ChannelMethod.OpenOk()));
            server.await(
                    "the late channel's close",
                    () -> broker.received().stream()
                            .anyMatch(it -> it.channel() == 1 && it.method() instanceof ChannelMethod.Close));
            assertThat(second.isOpen()).isTrue();
        }
    }

    @Test
    void aConsumerThatIsAcceptedTooLateIsCancelled() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(
                        BasicMethod.Consume.class,
                        it -> ((BasicMethod.Consume) it.method()).queue().equals("q"))
                .expect(
                        BasicMethod.Cancel.class,
                        it -> ((BasicMethod.Cancel) it.method()).consumerTag().equals("late"))
                .reply(new BasicMethod.CancelOk("late"))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server);
                Channel channel = connection.openChannel()) {
            CompletableFuture<Subscription> consuming =
                    channel.async().consume(ConsumeOptions.of("q").withConsumerTag("late"), delivery -> {});
            assertThat(Futures.failure(consuming)).isInstanceOf(AmqpTimeoutException.class);
            server.act(broker, it -> it.say(1, new BasicMethod.ConsumeOk("late")));
            server.awaitDone(broker);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void aMessageThatIsFetchedTooLateGoesBack() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Get.class)
                .expect(1, new BasicMethod.Nack(1, false, true))
                .expect(BasicMethod.Get.class)
                .send(1, new BasicMethod.GetOk(3, false, "", "q", 0), BasicProperties.EMPTY, new byte[] {1})
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server);
                Channel channel = connection.openChannel()) {
            AsyncChannel async = channel.async();
            assertThat(Futures.failure(async.get("q", false))).isInstanceOf(AmqpTimeoutException.class);
            server.act(
                    broker,
                    it -> it.say(
                            1, new BasicMethod.GetOk(1, false, "", "q", 0), BasicProperties.EMPTY, new byte[] {1}));
            server.await(
                    "its return", () -> broker.received(BasicMethod.Nack.class).size() == 1);
            CompletableFuture<Optional<GetResponse>> next = async.get("q", true);
            assertThat(Futures.await(next)).isPresent();
        }
    }
}
