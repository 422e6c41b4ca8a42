package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Publishes over which the broker closes the channel, with thousands of others under way. */
// Qpid closes the connection where RabbitMQ closes the channel.
class RefusedPublishesOnBrokersTest {

    private static final int COUNT = 6_000;

    private static OutboundMessage message(String exchange, String routingKey, int number) {
        return OutboundMessage.of(exchange, routingKey, Integer.toString(number).getBytes(StandardCharsets.UTF_8));
    }

    private static PublishResult result(CompletableFuture<Void> publish) {
        return publish.handle((done, failure) ->
                        failure == null ? PublishResult.Confirmed.INSTANCE : ((PublishException) failure).result())
                .orTimeout(60, java.util.concurrent.TimeUnit.SECONDS)
                .join();
    }

    private static List<PublishResult> results(List<CompletableFuture<Void>> publishes) {
        return publishes.stream().map(RefusedPublishesOnBrokersTest::result).toList();
    }

    /** Every claim holds: confirmed messages are there, rejected ones are not, the queue has no others. */
    private static void assertTrue(List<PublishResult> results, List<String> stored) {
        Set<String> there = new HashSet<>(stored);
        assertThat(there).hasSameSizeAs(stored);
        for (int i = 0; i < results.size(); i++) {
            String number = Integer.toString(i);
            if (results.get(i) instanceof PublishResult.Confirmed) {
                assertThat(there).contains(number);
            } else if (results.get(i) instanceof PublishResult.Rejected) {
                assertThat(there).doesNotContain(number);
            }
        }
    }

    @RequiresRabbitMq
    @ParameterizedTest
    @ValueSource(strings = {"classic", "quorum"})
    void theOnePublishToAMissingExchangeIsRejectedAndNothingBehindItIsEverStored(String type, Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = unique("q");
            client.channel.declareQueue(QueueSpec.of(queue).withArgument("x-queue-type", type));
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            int culprit = COUNT / 2;
            String missing = unique("no-exchange");
            for (int i = 0; i < COUNT; i++) {
                publishes.add(channel.publish(i == culprit ? message(missing, "k", i) : message("", queue, i)));
            }
            List<PublishResult> results = results(publishes);
            assertThat(results.get(culprit))
                    .isInstanceOfSatisfying(
                            PublishResult.Rejected.class,
                            it -> assertThat(it.cause())
                                    .isInstanceOf(ChannelClosedException.class)
                                    .hasMessageContaining(missing));
            assertThat(results.subList(culprit, COUNT)).allMatch(it -> it instanceof PublishResult.Rejected);
            assertThat(results.subList(0, culprit)).noneMatch(it -> it instanceof PublishResult.Rejected);
            List<String> stored = client.drain(queue);
            assertTrue(results, stored);
            // All before the culprit were taken, confirmed or not.
            assertThat(stored).hasSize(culprit);
            client.channel.deleteQueue(queue);
        }
    }

    @RequiresRabbitMq
    @Test
    void anExchangeDeletedUnderThousandsOfPublishesMakesNoFalseClaim(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker);
                BrokerClient other = BrokerClient.of(broker)) {
            String queue = client.queue();
            ExchangeSpec exchange = ExchangeSpec.fanout(unique("doomed"));
            client.channel.declareExchange(exchange);
            client.channel.bind(BindingSpec.toQueue(exchange.name(), queue, ""));
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            CompletableFuture<Void> deleted = null;
            for (int i = 0; i < COUNT; i++) {
                if (i == COUNT / 2) {
                    deleted = other.async().deleteExchange(exchange.name());
                }
                publishes.add(channel.publish(message(i % 3 == 0 ? "" : exchange.name(), queue, i)));
            }
            Futures.await(deleted);
            // Surely behind the deletion.
            publishes.add(channel.publish(message(exchange.name(), queue, COUNT)));
            publishes.add(channel.publish(message("", queue, COUNT + 1)));
            List<PublishResult> results = results(publishes);
            assertThat(results.subList(COUNT, COUNT + 2)).allMatch(it -> it instanceof PublishResult.Rejected);
            assertTrue(results, client.drain(queue));
        }
    }

    @RequiresRabbitMq
    @Test
    void aMessageThatIsTooLargeIsRejectedAndNothingBehindItIsEverStored(Broker broker) {
        // 128 MiB before RabbitMQ 4.0, which this test leaves alone; 16 MiB since.
        org.junit.jupiter.api.Assumptions.assumeFalse(broker.version().startsWith("3."));
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            List<CompletableFuture<Void>> publishes = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                publishes.add(channel.publish(
                        i == 500
                                ? OutboundMessage.of("", queue, new byte[16 * 1024 * 1024 + 1])
                                : message("", queue, i)));
            }
            List<PublishResult> results = results(publishes);
            assertThat(results.subList(500, 1_000)).allMatch(it -> it instanceof PublishResult.Rejected);
            assertThat(results.subList(0, 500)).noneMatch(it -> it instanceof PublishResult.Rejected);
            List<String> stored = client.drain(queue);
            assertTrue(results, stored);
            assertThat(stored).hasSize(500);
        }
    }

    @RequiresRabbitMq
    @Test
    void aPublishToAnInternalExchangeIsRejectedByItsName(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            ExchangeSpec internal = ExchangeSpec.fanout(unique("internal")).withInternal(true);
            client.channel.declareExchange(internal);
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            List<CompletableFuture<Void>> publishes = List.of(
                    channel.publish(message("amq.fanout", "k", 0)),
                    channel.publish(message(internal.name(), "k", 1)),
                    channel.publish(message("amq.fanout", "k", 2)));
            assertThat(results(publishes).subList(1, 3))
                    .allSatisfy(it -> assertThat(it)
                            .isInstanceOfSatisfying(
                                    PublishResult.Rejected.class,
                                    rejected -> assertThat(((ChannelClosedException) rejected.cause()).replyCode())
                                            .isEqualTo(403)));
            client.channel.deleteExchange(internal.name());
        }
    }

    @RequiresRabbitMq
    @Test
    void aCloseThatNamesNoExchangeLeavesAllUnknown(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            OutboundMessage notMine = message("amq.fanout", "k", 0)
                    .withProperties(
                            BasicProperties.builder().userId("somebody-else").build());
            CompletableFuture<Void> publish = channel.publish(notMine);
            assertThat(result(publish)).isInstanceOf(PublishResult.Unknown.class);
        }
    }
}
