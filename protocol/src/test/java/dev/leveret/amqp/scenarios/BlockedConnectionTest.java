package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BlockedPolicy;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A broker that says that it is blocking the connection. */
class BlockedConnectionTest {

    private static final OutboundMessage MESSAGE = OutboundMessage.toQueue("q", new byte[10]);

    private final FakeBroker broker = new FakeBroker().handshake().channel(1).otherwise((it, arrived) -> {
        if (arrived.method() instanceof ConfirmMethod.Select) {
            it.say(1, new ConfirmMethod.SelectOk());
        } else if (!it.answersClose(arrived) && arrived.method() instanceof BasicMethod.Publish) {
            it.say(1, new BasicMethod.Ack(it.received(BasicMethod.Publish.class).size(), false));
        }
    });

    private void block(FakeBrokerServer server, Connection connection) {
        CountDownLatch blocked = new CountDownLatch(1);
        connection.onEvent(event -> {
            if (event instanceof ConnectionEvent.Blocked) {
                blocked.countDown();
            }
        });
        server.act(broker, it -> it.say(0, new ConnectionMethod.Blocked("low on memory")));
        try {
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void unblock(FakeBrokerServer server) {
        server.act(broker, it -> it.say(0, new ConnectionMethod.Unblocked()));
    }

    @Test
    void publishesWaitByDefaultAndAreSentWhenTheBrokerReadsAgain() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            block(server, connection);
            CompletableFuture<Void> publish = channel.publish(MESSAGE);
            Futures.onLoop(server, broker, connection.async(), () -> 0); // says unblocked
            Futures.await(publish);
        }
    }

    @Test
    void whatWaitsIsNotWritten() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(
                        server.options().requestTimeout(Duration.ofMillis(200)).build())) {
            AsyncChannel channel = connection.openChannel().async();
            block(server, connection);
            CompletableFuture<Void> abandoned = channel.publish(MESSAGE);
            assertThatThrownBy(() -> channel.blocking().declareQueuePassive("q"))
                    .isInstanceOf(AmqpTimeoutException.class);
            abandoned.cancel(false);
            CompletableFuture<Void> wanted = channel.publish(MESSAGE);
            unblock(server);
            Futures.await(wanted);
            int publishes = server.ask(
                    broker, it -> it.received(BasicMethod.Publish.class).size());
            assertThat(publishes).isEqualTo(1);
        }
    }

    @Test
    void whoWantsToKnowAtOnceIsRefusedAndTheMessageIsCertainlyNotSent() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(
                        server.options().whenBlocked(BlockedPolicy.failFast()).build())) {
            AsyncChannel channel = connection.openChannel().async();
            block(server, connection);
            PublishException refused = Futures.failure(channel.publish(MESSAGE), PublishException.class);
            assertThat(refused.result()).isInstanceOf(PublishResult.Rejected.class);
            assertThat(refused).hasCauseInstanceOf(ConnectionBlockedException.class);
            CompletableFuture<PublishResult> told = new CompletableFuture<>();
            channel.publish(MESSAGE, told::complete);
            assertThat(Futures.await(told)).isInstanceOf(PublishResult.Rejected.class);
            Futures.failure(channel.send(MESSAGE), ConnectionBlockedException.class);
            Futures.failure(channel.room(), ConnectionBlockedException.class);
            assertThatThrownBy(() -> channel.blocking().send(MESSAGE)).isInstanceOf(ConnectionBlockedException.class);
            Futures.onLoop(server, broker, connection.async(), () -> 0);
            Futures.await(channel.publish(MESSAGE));
            int publishes = server.ask(
                    broker, it -> it.received(BasicMethod.Publish.class).size());
            assertThat(publishes).isEqualTo(1);
        }
    }

    @Test
    void whatWaitsFailsWhenPatienceIsOver() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.options()
                        .whenBlocked(BlockedPolicy.waitUpTo(Duration.ofMillis(100)))
                        .build())) {
            AsyncChannel channel = connection.openChannel().async();
            block(server, connection);
            PublishException refused = Futures.failure(channel.publish(MESSAGE), PublishException.class);
            assertThat(refused.outcomeUnknown()).isFalse();
            assertThat(refused).hasCauseInstanceOf(ConnectionBlockedException.class);
        }
    }

    @Test
    void aConnectionThatIsBlockedForTooLongEnds() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.options()
                    .blockedConnectionTimeout(Duration.ofMillis(100))
                    .build());
            CompletableFuture<Void> publish;
            AsyncChannel channel = connection.openChannel().async();
            block(server, connection);
            publish = channel.publish(MESSAGE);
            Futures.failure(connection.async().closed(), ConnectionBlockedException.class);
            assertThat(Futures.failure(publish, PublishException.class))
                    .hasRootCauseInstanceOf(ConnectionBlockedException.class);
        }
    }

    @Test
    void aBlockedConnectionCanBeClosed() {
        FakeBroker deaf = new FakeBroker()
                .handshake()
                .channel(1)
                .send(0, new ConnectionMethod.Blocked("low on memory"))
                .stall();
        try (FakeBrokerServer server = FakeBrokerServer.start(deaf)) {
            Connection connection = Amqp.connect(
                    server.options().closeTimeout(Duration.ofMillis(200)).build());
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<Void> publish = channel.publish(MESSAGE);
            connection.close();
            assertThat(connection.isOpen()).isFalse();
            Futures.failure(publish, PublishException.class);
        }
    }
}
