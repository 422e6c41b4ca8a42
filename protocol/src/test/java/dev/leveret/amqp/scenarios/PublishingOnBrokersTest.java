package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishing on brokers, and what becomes of each message. */
class PublishingOnBrokersTest {

    private static String outcome(CompletableFuture<Void> publish) {
        return publish.handle((done, failure) -> failure == null
                        ? "Confirmed"
                        : ((PublishException) failure).result().getClass().getSimpleName())
                .orTimeout(30, java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    @EveryBroker
    void whatIsConfirmedIsInTheQueueInItsOrder(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            List<String> texts =
                    IntStream.range(0, 500).mapToObj(it -> "m" + it).toList();
            texts.forEach(it -> publishes.add(client.async().publish(message(queue, it))));
            publishes.forEach(Futures::await);
            assertThat(client.drain(queue)).isEqualTo(texts);
        }
    }

    @EveryBroker
    void whatIsSentWithoutConfirmsArrivesInItsOrder(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            BrokerClient.Deliveries deliveries = client.consume(queue);
            List<String> texts =
                    IntStream.range(0, 500).mapToObj(it -> "m" + it).toList();
            texts.forEach(it -> client.channel.send(message(queue, it)));
            List<String> received = new ArrayList<>();
            for (int i = 0; i < texts.size(); i++) {
                var delivery = deliveries.next();
                received.add(BrokerClient.text(delivery));
                delivery.ack();
            }
            assertThat(received).isEqualTo(texts);
        }
    }

    // Qpid's nack comes before its return, so a future there tells the nack.
    @RequiresRabbitMq
    @Test
    void anUnroutableMessageIsReturnedIfItIsMandatoryAndConfirmedIfNot(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            OutboundMessage message = message(unique("nowhere"), "lost");
            PublishException failure = Futures.failure(client.async().publish(message), PublishException.class);
            assertThat(failure.result()).isInstanceOfSatisfying(PublishResult.Returned.class, it -> {
                assertThat(it.message().replyCode()).isEqualTo(312);
                assertThat(it.message().routingKey()).isEqualTo(message.routingKey());
                assertThat(it.message().body()).isEqualTo(message.body());
            });
            Futures.await(client.async().publish(message.withMandatory(false)));
        }
    }

    @EveryBroker
    void anUnroutableMandatoryMessageIsNeverConfirmed(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            assertThat(outcome(client.async().publish(message(unique("nowhere"), "lost"))))
                    .isIn("Returned", "Nacked");
        }
    }

    @EveryBroker
    void aReturnedMessageThatNobodyWaitsForGoesToTheListener(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            CompletableFuture<ReturnedMessage> returned = new CompletableFuture<>();
            client.channel.onReturn(returned::complete);
            String nowhere = unique("nowhere");
            client.channel.send(message(nowhere, "lost"));
            ReturnedMessage back = Futures.await(returned);
            assertThat(back.routingKey()).isEqualTo(nowhere);
            assertThat(new String(back.body(), StandardCharsets.UTF_8)).isEqualTo("lost");
        }
    }

    @RequiresRabbitMq
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofThousandsInFlightEachFutureTellsItsOwnMessagesFate(boolean quorum, Broker broker) {
        int count = 5_000;
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = quorum ? unique("quorum") : client.queue();
            if (quorum) {
                client.channel.declareQueue(dev.leveret.amqp.api.QueueSpec.quorum(queue));
            }
            String nowhere = unique("nowhere");
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                // Among the unroutable ones many look the same.
                String text = i % 7 == 0 ? "m" + i % 5 : "m" + i;
                publishes.add(client.async().publish(message(i % 7 == 0 ? nowhere : queue, text)));
            }
            Map<String, Integer> outcomes = new HashMap<>();
            for (int i = 0; i < count; i++) {
                String outcome = outcome(publishes.get(i));
                outcomes.merge(outcome, 1, Integer::sum);
                assertThat(outcome).as("message " + i).isEqualTo(i % 7 == 0 ? "Returned" : "Confirmed");
            }
            assertThat(outcomes).isEqualTo(Map.of("Returned", 715, "Confirmed", count - 715));
            assertThat(client.channel.deleteQueue(queue)).isEqualTo(count - 715L);
        }
    }

    // Qpid closes the connection where RabbitMQ closes the channel.
    @RequiresRabbitMq
    @Test
    void aMissingExchangeEndsTheChannelAndRejectsThePublish(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            CompletableFuture<Void> publish =
                    channel.publish(OutboundMessage.of(unique("no-exchange"), "k", new byte[1]));
            PublishException failure = Futures.failure(publish, PublishException.class);
            assertThat(failure.result()).isInstanceOf(PublishResult.Rejected.class);
            assertThat(failure).hasCauseInstanceOf(ChannelClosedException.class);
            ChannelClosedException reason = (ChannelClosedException) failure.getCause();
            assertThat(reason.replyCode()).isEqualTo(404);
            assertThat(reason.method()).isEqualTo("basic.publish");
            PublishException late = Futures.failure(channel.publish(message("q", "late")), PublishException.class);
            assertThat(late.outcomeUnknown()).isFalse();
            assertThat(client.channel.isOpen()).isTrue();
        }
    }

    // Qpid has no x-overflow.
    @RequiresRabbitMq(Capability.QUEUE_ARGUMENTS)
    @Test
    void aFullQueueThatRejectsPublishesNacksThem(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue(
                    it -> it.withArgument("x-max-length", 10).withArgument("x-overflow", "reject-publish"));
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                publishes.add(client.async().publish(message(queue, "m" + i)));
            }
            List<String> outcomes =
                    publishes.stream().map(PublishingOnBrokersTest::outcome).toList();
            assertThat(outcomes).contains("Confirmed", "Nacked").doesNotContain("Returned", "Unknown");
            long confirmed = outcomes.stream().filter("Confirmed"::equals).count();
            assertThat(client.drain(queue)).hasSize((int) confirmed);
        }
    }

    @EveryBroker
    void eightThreadsPublishOnOneChannelAndEveryMessageStaysWhole(Broker broker) throws InterruptedException {
        int threads = 8;
        int each = 150;
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            List<Thread> publishers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                Thread publisher = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        // Some take several frames, some none.
                        byte[] body = new byte[i % 10 == 0 ? 300_000 : i % 10 == 1 ? 0 : 100];
                        java.util.Arrays.fill(body, (byte) thread);
                        OutboundMessage message = OutboundMessage.toQueue(queue, body)
                                .withProperties(dev.leveret.amqp.api.BasicProperties.builder()
                                        .messageId(thread + ":" + i)
                                        .build());
                        if (thread % 2 == 0) {
                            // Waits for each, and may write what it and others publish.
                            client.async().blocking().publish(message);
                            continue;
                        }
                        CompletableFuture<Void> publish = client.async().publish(message);
                        synchronized (publishes) {
                            publishes.add(publish);
                        }
                    }
                });
                publishers.add(publisher);
                publisher.start();
            }
            for (Thread publisher : publishers) {
                publisher.join();
            }
            publishes.forEach(Futures::await);
            int[] next = new int[threads];
            BrokerClient.Deliveries deliveries = client.consume(queue);
            for (int n = 0; n < threads * each; n++) {
                var delivery = deliveries.next();
                String[] id = delivery.properties().messageId().split(":");
                int thread = Integer.parseInt(id[0]);
                assertThat(Integer.parseInt(id[1]))
                        .as("the order of thread " + thread)
                        .isEqualTo(next[thread]++);
                for (byte each1 : delivery.body()) {
                    if (each1 != thread) {
                        throw new AssertionError("a torn message of thread " + thread);
                    }
                }
                delivery.ack();
            }
        }
    }

    @EveryBroker
    void whoWaitsForAConfirmWritesItsMessageUnlessTheLoopIsAtWork(Broker broker) {
        Set<Thread> writers = ConcurrentHashMap.newKeySet();
        Queue<Throwable> refusals = new ConcurrentLinkedQueue<>();
        AtomicReference<Channel> channel = new AtomicReference<>();
        ConnectionObserver observer = new ConnectionObserver() {
            @Override
            public void onWritten(int bytes, int frames) {
                if (channel.get() != null && writers.add(Thread.currentThread())) {
                    refusals.add(catchThrowable(() -> channel.get().qos(1)));
                }
            }
        };
        Thread self = Thread.currentThread();
        try (Connection connection = Amqp.connect(
                AmqpUri.parse(broker.uri()).observer(it -> observer).build())) {
            channel.set(connection.openChannel());
            String queue = channel.get()
                    .declareQueue(
                            QueueSpec.of(unique("written")).withDurable(false).withExclusive(true))
                    .name();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (!writers.contains(self) && System.nanoTime() - end < 0) {
                channel.get().publish(message(queue, "waited for"));
            }
            assertThat(writers).contains(self);
            assertThat(refusals)
                    .as("a blocking call by what runs on it meanwhile")
                    .allSatisfy(it -> assertThat(it).isInstanceOf(IllegalStateException.class))
                    .hasSameSizeAs(writers);
            channel.get().qos(2);
            writers.clear();
            IntStream.range(0, 200)
                    .mapToObj(it -> channel.get().async().publish(message(queue, "not waited for")))
                    .toList()
                    .forEach(Futures::await);
            assertThat(writers).isNotEmpty().doesNotContain(self);
        }
    }
}
