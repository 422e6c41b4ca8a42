package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handlers and sinks: their order, their threads, their mistakes. */
class ConsumersTest {

    private static FakeBroker consuming(String... tags) {
        FakeBroker broker = new FakeBroker().handshake().channel(1);
        for (String tag : tags) {
            broker.expect(BasicMethod.Qos.class)
                    .reply(new BasicMethod.QosOk())
                    .expect(BasicMethod.Consume.class)
                    .reply(new BasicMethod.ConsumeOk(tag));
        }
        return broker;
    }

    private static ConsumeOptions options(String tag) {
        return ConsumeOptions.of("q").withConsumerTag(tag);
    }

    private static String text(Delivery delivery) {
        return new String(delivery.body(), StandardCharsets.UTF_8);
    }

    private static String take(BlockingQueue<String> queue) {
        try {
            return queue.poll(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    // ---- order ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theHandlersOfAChannelRunOneAtATimeAndInTheOrderOfTheDeliveries(boolean sameExecutor) {
        int count = 300;
        FakeBroker broker = consuming("a", "b").otherwise((it, arrived) -> it.answersClose(arrived));
        ExecutorService first = Executors.newFixedThreadPool(4);
        ExecutorService second = sameExecutor ? first : Executors.newFixedThreadPool(4);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            BlockingQueue<String> handled = new LinkedBlockingQueue<>();
            Semaphore alone = new Semaphore(1);
            for (String tag : List.of("a", "b")) {
                Futures.await(channel.consume(
                        options(tag).withAutoAck(true).withExecutor(tag.equals("a") ? first : second), delivery -> {
                            handled.add(alone.tryAcquire() ? text(delivery) : "not alone");
                            alone.release();
                        }));
            }
            for (int i = 1; i <= count; i++) {
                int tag = i;
                server.act(broker, it -> it.sayDelivery(1, tag % 3 == 0 ? "b" : "a", tag, "m" + tag));
            }
            List<String> order =
                    IntStream.range(0, count).mapToObj(it -> take(handled)).toList();
            assertThat(order)
                    .isEqualTo(IntStream.rangeClosed(1, count)
                            .mapToObj(it -> "m" + it)
                            .toList());
        } finally {
            first.shutdownNow();
            second.shutdownNow();
        }
    }

    @Test
    void aHandlerMayBlockAndCallTheBroker() {
        FakeBroker broker = consuming("c")
                .expect(BasicMethod.Get.class)
                .reply(new BasicMethod.GetEmpty())
                .expect(1, new BasicMethod.Ack(1, false))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            Futures.await(channel.consume(options("c"), delivery -> {
                assertThat(channel.blocking().get("other", true)).isEmpty();
                delivery.ack();
            }));
            server.act(broker, it -> it.sayDelivery(1, "c", 1, "x"));
            server.awaitDone(broker);
        }
    }

    // ---- handlers that fail ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(HandlerErrorPolicy.class)
    void whatBecomesOfADeliveryWhoseHandlerThrowsIsThePolicys(HandlerErrorPolicy policy) {
        FakeBroker broker = consuming("c").otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            Exception bug = new Exception("a handler's mistake, as this test wants it");
            BlockingQueue<String> handled = new LinkedBlockingQueue<>();
            Subscription consumer = Futures.await(channel.consume(options("c").withOnHandlerError(policy), delivery -> {
                handled.add(text(delivery));
                if (text(delivery).equals("bad")) {
                    throw bug;
                }
                delivery.ack();
            }));
            server.act(broker, it -> it.sayDelivery(1, "c", 1, "bad"));
            if (policy == HandlerErrorPolicy.CLOSE_CHANNEL) {
                ChannelClosedException end = Futures.failure(consumer.ended(), ChannelClosedException.class);
                assertThat(end).hasCause(bug).hasMessageContaining("a handler's mistake");
                assertThat(end.byBroker()).isFalse();
                assertThat(Futures.failure(channel.closed())).isSameAs(end);
                server.await(
                        "the close",
                        () -> broker.received(ChannelMethod.Close.class).size() == 1);
                assertThat(broker.received(ChannelMethod.Close.class).get(0).replyCode())
                        .isEqualTo(541);
                assertThat(broker.received(BasicMethod.Ack.class)).isEmpty();
                return;
            }
            server.act(broker, it -> it.sayDelivery(1, "c", 2, "good"));
            server.await(
                    "the next delivery's ack",
                    () -> broker.received(BasicMethod.Ack.class).size() == 1);
            assertThat(List.copyOf(handled)).containsExactly("bad", "good");
            List<Method> settled = server.ask(
                    broker,
                    it -> it.received().stream()
                            .map(received -> received.method())
                            .filter(method ->
                                    method instanceof BasicMethod.Nack || method instanceof BasicMethod.Reject)
                            .toList());
            switch (policy) {
                case REQUEUE -> assertThat(settled).containsExactly(new BasicMethod.Nack(1, false, true));
                case REJECT -> assertThat(settled).containsExactly(new BasicMethod.Reject(1, false));
                default -> assertThat(settled).isEmpty();
            }
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void aHandlerThatSettledBeforeItThrewIsNotSettledAgain() {
        FakeBroker broker = consuming("c")
                .expect(1, new BasicMethod.Ack(1, false))
                .expect(1, new BasicMethod.Ack(2, false))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            Futures.await(channel.consume(options("c").withOnHandlerError(HandlerErrorPolicy.REQUEUE), delivery -> {
                delivery.ack();
                throw new AssertionError("an error after the ack, as this test wants it");
            }));
            server.act(broker, it -> it.sayDelivery(1, "c", 1, "x"));
            server.await(
                    "the first ack",
                    () -> broker.received(BasicMethod.Ack.class).size() == 1);
            server.act(broker, it -> it.sayDelivery(1, "c", 2, "y"));
            server.awaitDone(broker);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void anExecutorThatRefusesDeliveriesEndsTheirChannelWithTheReason() {
        FakeBroker broker = consuming("good", "bad").otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            Subscription good = Futures.await(channel.consume(options("good"), Delivery::ack));
            Subscription bad = Futures.await(channel.consume(
                    options("bad").withExecutor(task -> {
                        throw new RejectedExecutionException("shut down, as this test wants it");
                    }),
                    Delivery::ack));
            server.act(broker, it -> it.sayDelivery(1, "bad", 1, "x"));
            for (Subscription consumer : List.of(good, bad)) {
                assertThat(Futures.failure(consumer.ended()))
                        .isInstanceOf(ChannelClosedException.class)
                        .hasMessageContaining("executor")
                        .hasRootCauseInstanceOf(RejectedExecutionException.class);
            }
            assertThat(connection.isOpen()).isTrue();
        }
    }

    /** While the broker has blocked the connection the channel cannot be closed, and that it ends must be read. */
    @Test
    void whatAnExecutorRefusesDoesNotStopTheReadingForEver() {
        FakeBroker broker = consuming("bad").otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AtomicInteger refused = new AtomicInteger();
            Subscription bad = Futures.await(connection
                    .openChannel()
                    .async()
                    .consume(
                            options("bad").withBuffer(1, Long.MAX_VALUE).withExecutor(task -> {
                                refused.incrementAndGet();
                                throw new OutOfMemoryError("no more threads, as this test wants it");
                            }),
                            Delivery::ack));
            server.act(broker, it -> {
                it.say(0, new ConnectionMethod.Blocked("low on memory"));
                for (int tag = 1; tag <= 3; tag++) {
                    it.sayDelivery(1, "bad", tag, "x");
                }
            });
            Futures.until("the refusal", () -> refused.get() > 0);
            Futures.until("reading", () -> connection.diagnostics().reading());
            assertThat(bad.ended()).isNotDone();
            server.act(broker, it -> it.say(0, new ConnectionMethod.Unblocked()));
            assertThat(Futures.failure(bad.ended())).hasRootCauseInstanceOf(OutOfMemoryError.class);
        }
    }

    // ---- sinks on the event loop ----------------------------------------------------------------------------------

    @Test
    void aSinkGetsItsDeliveriesOnTheLoopAndIsToldTheEndOfEachBatch() {
        FakeBroker broker = consuming("c").otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            BlockingQueue<String> events = new LinkedBlockingQueue<>();
            Futures.await(channel.consumeOnEventLoop(options("c"), new DeliverySink() {
                @Override
                public void onDelivery(Delivery delivery) {
                    events.add(text(delivery) + " on "
                            + Thread.currentThread().getName().startsWith("leveret-loop"));
                    delivery.ack();
                }

                @Override
                public void onBatchEnd() {
                    events.add("batch end");
                }
            }));
            server.act(broker, it -> {
                it.sayDelivery(1, "c", 1, "x");
                it.sayDelivery(1, "c", 2, "y");
            });
            assertThat(take(events)).isEqualTo("x on true");
            server.await(
                    "both acks",
                    () -> broker.received(BasicMethod.Ack.class).stream().anyMatch(it -> it.deliveryTag() == 2));
            assertThat(List.copyOf(events)).contains("y on true", "batch end");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSinkThatThrowsEndsItsChannelWithTheReason(boolean atBatchEnd) {
        FakeBroker broker = consuming("c").otherwise((it, arrived) -> it.answersClose(arrived));
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            AssertionError bug = new AssertionError("a sink's mistake, as this test wants it");
            Subscription consumer = Futures.await(channel.consumeOnEventLoop(options("c"), new DeliverySink() {
                @Override
                public void onDelivery(Delivery delivery) {
                    if (!atBatchEnd) {
                        throw bug;
                    }
                }

                @Override
                public void onBatchEnd() {
                    if (atBatchEnd) {
                        throw bug;
                    }
                }
            }));
            server.act(broker, it -> it.sayDelivery(1, "c", 1, "x"));
            assertThat(Futures.failure(consumer.ended()))
                    .isInstanceOf(ChannelClosedException.class)
                    .hasCause(bug);
            assertThat(connection.isOpen()).isTrue();
        }
    }

    // ---- ends -----------------------------------------------------------------------------------------------------

    @Test
    void cancellingTwiceIsSaidOnceAndHasOneOutcome() {
        FakeBroker broker = consuming("c")
                .expect(BasicMethod.Cancel.class)
                .reply(new BasicMethod.CancelOk("c"))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            Subscription consumer = Futures.await(channel.consume(options("c"), Delivery::ack));
            assertThat(consumer.consumerTag()).isEqualTo("c");
            assertThat(consumer.queue()).isEqualTo("q");
            CompletableFuture<Void> first = consumer.cancel();
            CompletableFuture<Void> second = consumer.cancel();
            second.cancel(false);
            Futures.await(first);
            Futures.await(consumer.cancel());
            Futures.await(consumer.ended());
            server.awaitDone(broker);
        }
    }

    @Test
    void theBrokersCancelEndsTheConsumerAndCancellingItThenIsNoMistake() {
        FakeBroker broker = consuming("c")
                .expect(1, new BasicMethod.Cancel("c", false))
                .reply(new BasicMethod.CancelOk("c"))
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            Subscription consumer = Futures.await(channel.consume(options("c"), Delivery::ack));
            server.act(broker, it -> it.say(1, new BasicMethod.Cancel("c", true)));
            assertThat(Futures.failure(consumer.ended())).isInstanceOf(ConsumerCancelledException.class);
            Futures.await(consumer.cancel());
            server.awaitDone(broker);
            assertThat(channel.isOpen()).isTrue();
        }
    }

    @Test
    void deliveriesThatWaitForTheHandlerWhenTheChannelEndsAreNotHandledAnyMore() throws InterruptedException {
        FakeBroker broker = consuming("c").otherwise((it, arrived) -> it.answersClose(arrived));
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            List<String> handled = new CopyOnWriteArrayList<>();
            Semaphore started = new Semaphore(0);
            Semaphore goOn = new Semaphore(0);
            Futures.await(channel.consume(options("c").withExecutor(executor), delivery -> {
                handled.add(text(delivery));
                started.release();
                goOn.acquire();
            }));
            server.act(broker, it -> {
                for (int tag = 1; tag <= 5; tag++) {
                    it.sayDelivery(1, "c", tag, "m" + tag);
                }
            });
            assertThat(started.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            Futures.await(channel.close());
            goOn.release(10);
            executor.shutdown();
            assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
            assertThat(handled)
                    .as("the broker gives the others to somebody else")
                    .containsExactly("m1");
        }
    }
}
