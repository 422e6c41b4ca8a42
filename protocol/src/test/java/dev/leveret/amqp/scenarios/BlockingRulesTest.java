package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Where the blocking face may wait, and how waiting ends. */
class BlockingRulesTest {

    @Test
    void onTheEventLoopEveryBlockingCallThrowsAndDoesNothing() {
        FakeBroker broker = new FakeBroker().handshake().channel(1).connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.uri());
            Channel channel = connection.openChannel();
            List<ThrowingCallable> calls = List.of(
                    () -> channel.declareQueue(QueueSpec.of("q")),
                    () -> channel.purgeQueue("q"),
                    () -> channel.get("q", true),
                    () -> channel.consume(ConsumeOptions.of("q"), delivery -> {}),
                    () -> channel.publish(OutboundMessage.toQueue("q", new byte[0])),
                    () -> channel.qos(5),
                    channel::recover,
                    channel::close,
                    connection::openChannel,
                    () -> connection.declare(new Topology(List.of(), List.of(QueueSpec.of("q")), List.of())),
                    connection::close);
            List<Throwable> outcomes = Futures.onLoop(
                    server,
                    broker,
                    connection.async(),
                    () -> calls.stream().map(it -> catchThrowable(it)).toList());
            assertThat(outcomes)
                    .hasSize(calls.size())
                    .allSatisfy(it -> assertThat(it)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("event loop")
                            .hasMessageContaining(connection.name()));
            assertThat(channel.isOpen()).isTrue();
            assertThat(connection.isOpen()).isTrue();
            connection.close();
            server.assertDone();
        }
    }

    @Test
    void waitingForAConfirmInTheCallbackOfAConfirmIsRefused() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(ConfirmMethod.Select.class)
                .reply(new ConfirmMethod.SelectOk())
                .expect(BasicMethod.Publish.class)
                .reply(new BasicMethod.Ack(1, false))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Channel channel = connection.openChannel();
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            OutboundMessage message = OutboundMessage.toQueue("q", new byte[0]);
            channel.async()
                    .publish(message, result -> outcome.complete(catchThrowable(() -> channel.publish(message))));
            assertThat(Futures.await(outcome)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void whatNeedsNotWaitMayBeCalledOnTheEventLoop() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(BasicMethod.Publish.class)
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Channel channel = connection.openChannel();
            Futures.onLoop(server, broker, connection.async(), () -> {
                channel.send(OutboundMessage.toQueue("q", new byte[0]));
                assertThat(channel.isOpen()).isTrue();
                assertThat(connection.serverInfo().product()).isEqualTo("FakeBroker");
                return "done";
            });
            server.awaitDone(broker);
        }
    }

    @Test
    void theLoopOfAnotherConnectionMayBeTheSameAndIsRefusedToo() {
        int count = 8;
        FakeBroker[] brokers = IntStream.range(0, count)
                .mapToObj(it -> new FakeBroker().handshake().channel(1).polite())
                .toArray(FakeBroker[]::new);
        try (FakeBrokerServer server = FakeBrokerServer.start(brokers)) {
            List<Connection> connections = IntStream.range(0, count)
                    .mapToObj(it -> Amqp.connect(server.uri()))
                    .collect(Collectors.toList());
            Channel first = connections.get(0).openChannel();
            for (int i = 1; i < count; i++) {
                Throwable outcome = Futures.onLoop(
                        server,
                        brokers[i],
                        connections.get(i).async(),
                        () -> catchThrowable(() -> first.purgeQueue("q")));
                assertThat(outcome).isInstanceOf(IllegalStateException.class);
            }
            connections.forEach(Connection::close);
        }
    }

    @Test
    void anInterruptEndsTheWaitAndTheAnswerIsNobodys() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Purge.class)
                .expect(QueueMethod.Purge.class)
                .send(1, new QueueMethod.PurgeOk(1))
                .send(1, new QueueMethod.PurgeOk(2))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri());
                Channel channel = connection.openChannel()) {
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            CompletableFuture<Boolean> status = new CompletableFuture<>();
            Thread waiting = new Thread(() -> {
                outcome.complete(catchThrowable(() -> channel.purgeQueue("q")));
                status.complete(Thread.currentThread().isInterrupted());
            });
            waiting.start();
            server.await(
                    "the request",
                    () -> broker.received(QueueMethod.Purge.class).size() == 1);
            waiting.interrupt();
            assertThat(Futures.await(outcome)).isInstanceOf(CancellationException.class);
            assertThat(Futures.await(status)).as("the interrupt status").isTrue();
            assertThat(channel.purgeQueue("q")).isEqualTo(2);
        }
    }

    @Test
    void aFailureShowsWhereItsCallerWas() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(QueueMethod.Purge.class)
                .reply()
                .send(0, new ConnectionMethod.Close(541, "INTERNAL_ERROR", 0, 0));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Connection connection = Amqp.connect(server.uri());
            Channel channel = connection.openChannel();
            Throwable failure = catchThrowable(() -> channel.purgeQueue("q"));
            assertThat(failure.getStackTrace())
                    .anyMatch(it -> it.getMethodName().contains("aFailureShowsWhereItsCallerWas"));
            assertThat(failure.getCause()).hasSameClassAs(failure);
        }
    }
}
