package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Consumers that are slower than the broker: what waits for them in memory is bounded, and nothing is lost. */
class BufferBoundsTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String BODY = "x".repeat(4096);
    /** More than the kernel keeps on both sides. */
    private static final int MANY = 8_000;
    /** What the kernel keeps while the client does not read. */
    private static final int FEW = 100;
    /** What one read of the socket may bring. */
    private static final int ONE_READ = 64 * 1024 / BODY.length() + 1;

    private final FakeBroker broker = new FakeBroker()
            .handshake()
            .channel(1)
            .expect(BasicMethod.Qos.class)
            .reply(new BasicMethod.QosOk())
            .expect(BasicMethod.Consume.class)
            .reply(new BasicMethod.ConsumeOk("c"))
            .otherwise((it, arrived) -> {
                if (arrived.method() instanceof BasicMethod.Cancel) {
                    it.say(1, new BasicMethod.CancelOk("c"));
                } else if (arrived.method() instanceof QueueMethod.Declare declare) {
                    it.say(1, new QueueMethod.DeclareOk(declare.queue(), 0, 0));
                } else {
                    it.answersClose(arrived);
                }
            });

    private static ConsumeOptions options() {
        return ConsumeOptions.of("q").withConsumerTag("c").withAutoAck(true).withPrefetch(0);
    }

    private void deliver(FakeBrokerServer server, int count) {
        server.act(broker, it -> {
            for (int tag = 1; tag <= count; tag++) {
                it.sayDelivery(1, "c", tag, BODY);
            }
        });
    }

    /** On a thread of its own, as it has to wait for the client. */
    private void deliverMany(FakeBrokerServer server) {
        Thread delivering = new Thread(() -> deliver(server, MANY), "delivering");
        delivering.setDaemon(true);
        delivering.start();
    }

    private static List<Long> upTo(int count) {
        return LongStream.rangeClosed(1, count).boxed().toList();
    }

    /** Nobody takes anything yet, so that the bound must be reached. */
    private static void awaitReadingStopped(Connection connection) {
        Futures.until("the end of reading", () -> !connection.diagnostics().reading());
    }

    private static void takeAllInOrder(Connection connection, PullConsumer consumer, int bound) {
        awaitReadingStopped(connection);
        List<Long> taken = new ArrayList<>();
        while (taken.size() < MANY) {
            assertThat(consumer.buffered()).isLessThanOrEqualTo(bound + 2 * ONE_READ);
            taken.add(consumer.poll(SOON).orElseThrow().deliveryTag());
        }
        assertThat(taken).isEqualTo(upTo(MANY));
    }

    @Test
    void noMoreMessagesWaitThanTheBoundAllows() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer = connection.openChannel().pull(options().withBuffer(50, Long.MAX_VALUE));
            deliverMany(server);
            takeAllInOrder(connection, consumer, 50);
        }
    }

    @Test
    void noMoreBytesWaitThanTheBoundAllows() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            PullConsumer consumer =
                    connection.openChannel().pull(options().withBuffer(1_000_000, 100L * BODY.length()));
            deliverMany(server);
            takeAllInOrder(connection, consumer, 100);
        }
    }

    @Test
    void aHandlerThatIsSlowHoldsTheBrokerBackAndGetsEverythingInOrder() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Channel channel = connection.openChannel();
            Semaphore mayRun = new Semaphore(0);
            List<Long> handled = new CopyOnWriteArrayList<>();
            channel.consume(options().withBuffer(10, Long.MAX_VALUE), delivery -> {
                mayRun.acquire();
                handled.add(delivery.deliveryTag());
            });
            deliver(server, FEW);
            CompletableFuture<?> behind = channel.async().declareQueuePassive("q");
            server.await(
                    "the request",
                    () -> broker.received(QueueMethod.Declare.class).size() == 1);
            awaitReadingStopped(connection);
            assertThat(behind).as("the answer waits behind the deliveries").isNotDone();
            mayRun.release(FEW);
            Futures.await(behind);
            Futures.until("all deliveries", () -> handled.size() == FEW);
            assertThat(handled).isEqualTo(upTo(FEW));
        }
    }

    @Test
    void aChannelWhoseHandlerHangsCanBeClosedAtOnce() {
        Semaphore never = new Semaphore(0);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.options()
                        .closeTimeout(Duration.ofMinutes(5))
                        .requestTimeout(Duration.ofMinutes(5))
                        .build())) {
            Channel channel = connection.openChannel();
            channel.consume(options().withBuffer(1, 1), delivery -> never.acquire());
            deliver(server, FEW);
            Futures.await(channel.async().close());
        } finally {
            never.release(FEW);
        }
    }

    @Test
    void aSinkMayStopAndResumeTheReadingItself() {
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            List<Long> arrived = new CopyOnWriteArrayList<>();
            CompletableFuture<Subscription> consumer = new CompletableFuture<>();
            connection
                    .openChannel()
                    .async()
                    .consumeOnEventLoop(options(), new DeliverySink() {
                        @Override
                        public void onDelivery(Delivery delivery) {
                            arrived.add(delivery.deliveryTag());
                        }

                        @Override
                        public void onBatchEnd() {
                            consumer.join().pauseReading();
                            consumer.join().pauseReading();
                        }
                    })
                    .thenAccept(consumer::complete);
            Subscription subscription = Futures.await(consumer);
            deliverMany(server);
            Futures.until("the first deliveries", () -> !arrived.isEmpty());
            assertThat(arrived.size()).isLessThan(MANY);
            Futures.until("all deliveries", () -> {
                subscription.resumeReading();
                return arrived.size() == MANY;
            });
            assertThat(arrived).isEqualTo(upTo(MANY));
        }
    }
}
