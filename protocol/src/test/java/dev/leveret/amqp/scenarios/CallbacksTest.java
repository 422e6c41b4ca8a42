package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** User code that runs on the event loop: its order, and its mistakes. */
class CallbacksTest {

    private static final byte[] BODY = {1};

    private static RuntimeException mistake() {
        return new IllegalStateException("a callback's mistake, as this test wants it");
    }

    private static Error error() {
        return new AssertionError("a callback's error, as this test wants it");
    }

    @Test
    void aPublishCallbackThatThrowsDisturbsNoOther() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(ConfirmMethod.Select.class)
                .reply(new ConfirmMethod.SelectOk())
                .expect(BasicMethod.Publish.class)
                .expect(BasicMethod.Publish.class)
                .expect(BasicMethod.Publish.class)
                .reply(new BasicMethod.Ack(3, true))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<PublishResult> third = new CompletableFuture<>();
            channel.publish(OutboundMessage.toQueue("q", BODY), result -> {
                throw mistake();
            });
            channel.publish(OutboundMessage.toQueue("q", BODY), result -> {
                throw error();
            });
            channel.publish(OutboundMessage.toQueue("q", BODY), third::complete);
            assertThat(Futures.await(third)).isEqualTo(PublishResult.Confirmed.INSTANCE);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void aStageThatThrowsDisturbsNoOther() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Purge.class)
                .reply(new QueueMethod.PurgeOk(1))
                .expect(QueueMethod.Purge.class)
                .reply(new QueueMethod.PurgeOk(2))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            channel.purgeQueue("q").thenAccept(count -> {
                throw error();
            });
            assertThat(Futures.await(channel.purgeQueue("q"))).isEqualTo(2);
        }
    }

    @Test
    void listenersAreToldInOrderUntilTheyAreRemovedWhateverTheOthersThrow() {
        FakeBroker broker = new FakeBroker().handshake().channel(1).polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.uri());
            List<String> told = new CopyOnWriteArrayList<>();
            connection.onEvent(event -> {
                throw mistake();
            });
            connection.onEvent(event -> {
                throw error();
            });
            AutoCloseable removed = connection.onEvent(event -> told.add("removed"));
            connection.onEvent(event -> told.add(event.getClass().getSimpleName()));
            assertThat(removed).isNotNull();
            Futures.await(CompletableFuture.runAsync(() -> {
                try {
                    removed.close();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }));
            Futures.await(connection.async().openChannel());
            server.act(broker, it -> it.say(0, new ConnectionMethod.Blocked("low on disk")));
            server.act(broker, it -> it.say(0, new ConnectionMethod.Unblocked()));
            server.act(broker, it -> it.say(0, new ConnectionMethod.Close(320, "bye", 0, 0)));
            Futures.failure(connection.async().closed());
            server.awaitEnd(broker);
            CompletableFuture<ConnectionEvent> unused = new CompletableFuture<>();
            connection.onEvent(unused::complete);
            assertThat(told).containsExactly("Blocked", "Unblocked", "Closed");
            assertThat(unused).as("who comes after the end is told nothing").isNotDone();
        }
    }

    @Test
    void returnedMessagesThatNobodyWaitsForGoToTheChannelsListeners() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Publish.class)
                .send(1, new BasicMethod.Return(312, "NO_ROUTE", "", "nowhere"), BasicProperties.EMPTY, BODY)
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            CompletableFuture<ReturnedMessage> returned = new CompletableFuture<>();
            channel.onReturn(message -> {
                throw error();
            });
            channel.onReturn(returned::complete);
            channel.send(OutboundMessage.toQueue("nowhere", BODY));
            assertThat(Futures.await(returned)).satisfies(it -> {
                assertThat(it.replyCode()).isEqualTo(312);
                assertThat(it.routingKey()).isEqualTo("nowhere");
                assertThat(it.body()).isEqualTo(BODY);
                assertThat(it.toString()).contains("312").contains("nowhere");
            });
        }
    }

    @Test
    void aReturnedMessageThatNobodyListensForHarmsNobody() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Publish.class)
                .send(1, new BasicMethod.Return(312, "NO_ROUTE", "", "nowhere"), BasicProperties.EMPTY, BODY)
                .expect(QueueMethod.Purge.class)
                .reply(new QueueMethod.PurgeOk(1))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            channel.send(OutboundMessage.toQueue("nowhere", BODY));
            assertThat(Futures.await(channel.purgeQueue("q"))).isEqualTo(1);
        }
    }
}
