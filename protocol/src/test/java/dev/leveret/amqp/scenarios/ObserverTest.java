package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.HandlingObservation;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RequestObservation;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.testing.Received;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConfirmMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What observers are told, when, and that they can do no harm. */
class ObserverTest {

    private final EventLog log = new EventLog(false);

    private static FakeBroker open() {
        return new FakeBroker().handshake().channel(1);
    }

    private static FakeBroker confirming() {
        return open().expect(ConfirmMethod.Select.class).reply(new ConfirmMethod.SelectOk());
    }

    private static FakeBroker consuming() {
        return open().expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"));
    }

    private static OutboundMessage to(String queue) {
        return OutboundMessage.toQueue(queue, new byte[3]);
    }

    private Connection connect(FakeBrokerServer server) {
        return Amqp.connect(options(server).build());
    }

    private ConnectionOptions.Builder options(FakeBrokerServer server) {
        return server.options().observer(log).connectionName("me");
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static final ConsumeOptions CONSUME = ConsumeOptions.of("q").withConsumerTag("c");

    @Test
    void theLifeOfAConnectionIsTold() {
        FakeBroker broker = open().expect(QueueMethod.Declare.class)
                .send(0, new ConnectionMethod.Blocked("low on memory"))
                .send(0, new ConnectionMethod.Unblocked())
                .reply(new QueueMethod.DeclareOk("q", 0, 0))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            try (Connection connection = connect(server)) {
                connection.openChannel().declareQueue(QueueSpec.of("q"));
            }
            assertThat(log.of(""))
                    .containsExactly(
                            "connecting me",
                            "opened 127.0.0.1 FakeBroker 1.2.3 2047",
                            "request 0 channel.open ",
                            "channel opened 1",
                            "answer 0 channel.open -",
                            "request 1 queue.declare q",
                            "blocked low on memory",
                            "unblocked",
                            "answer 1 queue.declare -",
                            "channel closed 1 ConnectionClosedException",
                            "closed -");
        }
    }

    @Test
    void anAttemptThatFailsIsToldOnce() {
        FakeBroker broker = new FakeBroker().header().raw((byte) 'H', (byte) 'T', (byte) 'T', (byte) 'P');
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            assertThat(catchThrowable(() -> connect(server))).isNotNull();
            assertThat(log.of("")).containsExactly("connecting me", "failed ConnectFailedException");
        }
    }

    @Test
    void aLostConnectionIsToldWithItsCauseAfterItsChannels() {
        FakeBroker broker = open();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            connection.openChannel();
            server.act(broker, FakeBroker::hangUp);
            Futures.failure(connection.async().closed());
            assertThat(log.of("c"))
                    .contains("channel closed 1 ConnectionLostException", "closed ConnectionLostException");
            assertThat(log.of("closed")).hasSize(1);
        }
    }

    @Test
    void aRefusedChannelIsNotToldAsOneThatEnded() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .expect(ChannelMethod.Open.class)
                .reply(new ChannelMethod.Close(504, "CHANNEL_ERROR", 20, 10))
                .otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            assertThat(catchThrowable(connection::openChannel)).isNotNull();
            assertThat(log.of("channel")).isEmpty();
            assertThat(log.of("answer")).containsExactly("answer 0 channel.open ChannelClosedException");
        }
    }

    @Test
    void everyPublishIsToldFromTheCallToItsResult() {
        FakeBroker broker = confirming()
                .expect(BasicMethod.Publish.class)
                .reply(new BasicMethod.Ack(1, false))
                .expect(BasicMethod.Publish.class)
                .reply(new BasicMethod.Nack(2, false, false))
                .expect(BasicMethod.Publish.class)
                .then(it -> {})
                .otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            CompletableFuture<Void> third;
            try (Connection connection = connect(server)) {
                AsyncChannel channel = connection.openChannel().async();
                Futures.await(channel.publish(to("a")));
                Futures.failure(channel.publish(to("b")));
                CompletableFuture<PublishResult> told = new CompletableFuture<>();
                channel.publish(to("c"), told::complete);
                server.act(broker, it -> {
                    it.say(1, new BasicMethod.Return(312, "NO_ROUTE", "", "c"), BasicProperties.EMPTY, new byte[3]);
                    it.say(1, new BasicMethod.Ack(3, false));
                });
                assertThat(Futures.await(told)).isInstanceOf(PublishResult.Returned.class);
                third = channel.publish(to("d"));
                server.await(
                        "the fourth",
                        () -> broker.received(BasicMethod.Publish.class).size() == 4);
            }
            Futures.failure(third);
            assertThat(log.of("publish"))
                    .containsExactly(
                            "publish 1 a",
                            "published 1 a 3",
                            "publish 1 b",
                            "published 1 b 3",
                            "publish 1 c",
                            "published 1 c 3",
                            "publish 1 d",
                            "published 1 d 3");
            assertThat(log.of("result"))
                    .containsExactly("result a Confirmed", "result b Nacked", "result c Returned", "result d Unknown");
            assertThat(log.of("returned")).containsExactly("returned 1 c");
        }
    }

    @Test
    void whatIsNotWrittenHasAResultToo() {
        FakeBroker broker = open().otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            AsyncChannel channel = connection.openChannel().async();
            Futures.await(channel.close());
            Futures.failure(channel.publish(to("a")));
            Futures.failure(channel.send(to("b")));
            assertThat(log.of("published")).isEmpty();
            assertThat(log.of("result")).containsExactly("result a Rejected", "result b Rejected");
        }
    }

    @Test
    void aWithdrawnPublishEndsItsObservation() {
        FakeBroker broker = open().stall().otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            try (Connection connection = Amqp.connect(
                    options(server).closeTimeout(Duration.ofMillis(200)).build())) {
                AsyncChannel channel = connection.openChannel().async();
                CompletableFuture<Void> last = channel.publish(to("x"));
                while (connection.diagnostics().waitingCommands() == 0) {
                    last = channel.publish(OutboundMessage.toQueue("x", new byte[1 << 20]));
                }
                last = channel.publish(to("withdrawn"));
                last.cancel(false);
            }
            assertThat(log.of("result withdrawn")).containsExactly("result withdrawn Rejected");
            assertThat(log.of("result")).hasSize(log.of("publish ").size());
            assertThat(log.of("writable")).startsWith("writable false");
        }
    }

    @Test
    void anObserverMayChangeThePropertiesOfWhatIsPublished() {
        FakeBroker broker = open().otherwise((it, arrived) -> it.answersClose(arrived));
        EventLog marking = new EventLog(true);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection =
                        Amqp.connect(options(server).observer(marking).build())) {
            connection.openChannel().send(to("a"));
            server.await(
                    "the message",
                    () -> !broker.received(BasicMethod.Publish.class).isEmpty());
            List<Received> received = server.ask(broker, FakeBroker::received);
            Received publish = received.get(received.size() - 1);
            assertThat(publish.properties().header("mark")).isEqualTo("x");
            assertThat(log.of("result")).containsExactly("result a -");
        }
    }

    @Test
    void deliveriesAreToldFromTheirArrivalToTheirSettlement() throws InterruptedException {
        FakeBroker broker = consuming()
                .deliver(1, "c", 1, "x")
                .deliver(1, "c", 2, "y")
                .deliver(1, "c", 3, "z")
                .deliver(1, "c", 4, "kept")
                .otherwise((it, arrived) -> it.answersClose(arrived));
        CountDownLatch four = new CountDownLatch(4);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            AsyncChannel channel = connection.openChannel().async();
            ConsumeOptions options = CONSUME.withOnHandlerError(HandlerErrorPolicy.LEAVE_UNSETTLED);
            Futures.await(channel.consume(options, delivery -> {
                four.countDown();
                if (delivery.deliveryTag() == 2) {
                    delivery.ackMultiple();
                } else if (delivery.deliveryTag() == 3) {
                    delivery.reject(true);
                } else if (delivery.deliveryTag() == 4) {
                    throw new IllegalStateException("a mistake, as this test wants it");
                }
            }));
            four.await();
            server.await(
                    "the settlements",
                    () -> !broker.received(BasicMethod.Reject.class).isEmpty());
            until(() -> log.of("handled").size() == 4);
            Futures.await(channel.close());
            // Last of all, and after the future.
            until(() -> !log.of("channel closed").isEmpty());
            assertThat(log.of("delivered"))
                    .containsExactly("delivered 1 q 1", "delivered 1 q 2", "delivered 1 q 3", "delivered 1 q 4");
            assertThat(log.of("handled"))
                    .containsExactly(
                            "handled 1 - same thread",
                            "handled 2 - same thread",
                            "handled 3 - same thread",
                            "handled 4 IllegalStateException same thread");
            assertThat(log.of("settle "))
                    .containsExactly("settle 1 2 ACKED false true", "settle 1 3 REJECTED true false");
            assertThat(log.of("settled"))
                    .containsExactly(
                            "settled 1 ACKED false 2", "settled 1 REJECTED true 1", "settled 1 TAKEN_BACK true 1");
            assertThat(log.of("consumer")).containsExactly("consumer started 1 c q", "consumer ended 1 c q -");
        }
    }

    @Test
    void aRequestThatTimesOutIsToldAsThat() {
        FakeBroker broker = open().expect(QueueMethod.Declare.class)
                .then(it -> {})
                .otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(
                        options(server).requestTimeout(Duration.ofMillis(100)).build())) {
            Futures.failure(connection.openChannel().async().declareQueue(QueueSpec.of("q")));
            assertThat(log.of("answer 1")).containsExactly("answer 1 queue.declare AmqpTimeoutException");
            server.act(broker, it -> it.say(1, new QueueMethod.DeclareOk("q", 0, 0)));
            server.act(broker, it -> it.say(0, new ConnectionMethod.Unblocked()));
            while (log.of("unblocked").isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(log.of("answer 1"))
                    .as("the late answer is no second end")
                    .hasSize(1);
        }
    }

    @Test
    void bytesAndFramesAreCountedInBothDirections() {
        FakeBroker broker = open().otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = connect(server)) {
            AsyncChannel channel = connection.openChannel().async();
            long frames = log.framesWritten.get();
            assertThat(frames).as("start-ok, tune-ok, open, channel.open").isEqualTo(4);
            assertThat(log.framesRead)
                    .as("start, tune, open-ok, channel.open-ok")
                    .hasValue(4);
            long bytes = log.bytesWritten.get();
            channel.send(OutboundMessage.toQueue("q", new byte[300_000]));
            server.await(
                    "the message",
                    () -> !broker.received(BasicMethod.Publish.class).isEmpty());
            assertThat(log.framesWritten.get() - frames)
                    .as("method, header, and bodies of at most 128 KiB")
                    .isEqualTo(5);
            assertThat(log.bytesWritten.get() - bytes).isBetween(300_000L, 300_200L);
        }
    }

    @Test
    void whatAnObserverThrowsChangesNothing() {
        FakeBroker broker = confirming()
                .expect(BasicMethod.Publish.class)
                .reply(new BasicMethod.Ack(1, false))
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"))
                .deliver(1, "c", 1, "x")
                .expect(1, new BasicMethod.Ack(1, false))
                .otherwise((it, arrived) -> it.answersClose(arrived));
        InvocationHandler throwing = (proxy, method, arguments) -> {
            Class<?> kind = method.getReturnType();
            if (kind.isInterface() && !method.getName().equals("message")) {
                return throwingObservation(kind);
            }
            throw new AssertionError("an observer's mistake, as this test wants it");
        };
        ConnectionObserver observer = (ConnectionObserver) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ConnectionObserver.class}, throwing);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.options()
                        .observer(it -> {
                            throw new AssertionError("an observer's mistake, as this test wants it");
                        })
                        .observer(it -> observer)
                        .observer(log)
                        .build())) {
            AsyncChannel channel = connection.openChannel().async();
            Futures.await(channel.publish(to("a")));
            Futures.await(channel.consume(CONSUME, Delivery::ack));
            server.awaitDone(broker);
            assertThat(log.of("result")).containsExactly("result a Confirmed");
            // The acknowledgement may be there before the handler has ended.
            Futures.until("the handler has ended", () -> !log.of("handled").isEmpty());
            assertThat(log.of("handled")).containsExactly("handled 1 - same thread");
        }
    }

    private static Object throwingObservation(Class<?> kind) {
        assertThat(kind).isIn(PublishObservation.class, RequestObservation.class, HandlingObservation.class);
        return Proxy.newProxyInstance(
                ObserverTest.class.getClassLoader(), new Class<?>[] {kind}, (proxy, method, arguments) -> {
                    throw new AssertionError("an observation's mistake, as this test wants it");
                });
    }
}
