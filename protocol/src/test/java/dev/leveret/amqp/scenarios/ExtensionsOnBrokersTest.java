package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.HeadersMatch;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.RecoveryOptions;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What RabbitMQ adds to AMQP 0-9-1, streams apart, and the specification's rarer corners. */
class ExtensionsOnBrokersTest {

    // ---- routing --------------------------------------------------------------------------------------------------

    @RequiresRabbitMq
    @Test
    void copiesAreRoutedByTheirHeadersAndBlindOnesStaySecret(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String to = client.queue();
            String cc = client.queue();
            String bcc = client.queue();
            client.channel.publish(message(to, "1")
                    .withProperties(BasicProperties.builder().cc(cc).bcc(bcc).build()));
            for (String queue : List.of(to, cc, bcc)) {
                Delivery delivery =
                        client.channel.get(queue, true).orElseThrow().delivery();
                assertThat(text(delivery)).isEqualTo("1");
                assertThat(delivery.properties().headers()).isEqualTo(Map.of("CC", List.of(cc)));
            }
        }
    }

    @RequiresRabbitMq(Capability.QUEUE_ARGUMENTS)
    @Test
    void whatAnExchangeCannotRouteGoesToItsAlternate(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            ExchangeSpec alternate = ExchangeSpec.fanout(unique("alternate"));
            ExchangeSpec exchange = ExchangeSpec.direct(unique("x")).withAlternateExchange(alternate.name());
            client.channel.declareExchange(alternate);
            client.channel.declareExchange(exchange);
            client.channel.bind(BindingSpec.toQueue(alternate.name(), queue, ""));
            client.channel.publish(
                    OutboundMessage.of(exchange.name(), "nobody", new byte[1]).withMandatory(true));
            assertThat(client.drain(queue)).hasSize(1);
            client.channel.deleteExchange(exchange.name());
            client.channel.deleteExchange(alternate.name());
        }
    }

    private static boolean routes(BrokerClient client, String queue, BindingSpec binding, Map<String, Object> headers) {
        client.channel.bind(binding);
        try {
            client.channel.publish(OutboundMessage.of(binding.source(), "", new byte[1])
                    .withMandatory(true)
                    .withProperties(BasicProperties.builder().headers(headers).build()));
            assertThat(client.drain(queue)).hasSize(1);
            return true;
        } catch (PublishException e) {
            assertThat(e.result()).isInstanceOf(PublishResult.Returned.class);
            return false;
        } finally {
            client.channel.unbind(binding);
        }
    }

    @RequiresRabbitMq
    @Test
    void aHeadersExchangeMatchesAsItsBindingSays(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            BindingSpec both = BindingSpec.toQueue("amq.headers", queue, "")
                    .withHeader("colour", "red")
                    .withHeader("x-size", 5);
            Map<String, Object> red = Map.of("colour", "red");
            Map<String, Object> sized = Map.of("x-size", 5);
            Map<String, Object> all = Map.of("colour", "red", "x-size", 5);
            assertThat(routes(client, queue, both, red))
                    .as("names with x- do not count")
                    .isTrue();
            assertThat(routes(client, queue, both.withMatch(HeadersMatch.ALL), red))
                    .isTrue();
            assertThat(routes(client, queue, both.withMatch(HeadersMatch.ALL_WITH_X), red))
                    .isFalse();
            assertThat(routes(client, queue, both.withMatch(HeadersMatch.ALL_WITH_X), all))
                    .isTrue();
            assertThat(routes(client, queue, both.withMatch(HeadersMatch.ANY), sized))
                    .isFalse();
            assertThat(routes(client, queue, both.withMatch(HeadersMatch.ANY_WITH_X), sized))
                    .isTrue();
            BindingSpec present = BindingSpec.toQueue("amq.headers", queue, "").withHeaderPresent("colour");
            assertThat(routes(client, queue, present, Map.of("colour", "any"))).isTrue();
            assertThat(routes(client, queue, present, Map.of("size", 1))).isFalse();
        }
    }

    /** Plug-ins and versions decide; where a type is there, it routes. */
    @RequiresRabbitMq
    @Test
    void exchangeTypesOfRabbitMqRouteWhereTheBrokerHasThem(Broker broker) {
        List<ExchangeSpec> types = List.of(
                ExchangeSpec.localRandom("x"),
                ExchangeSpec.random("x"),
                ExchangeSpec.consistentHash("x"),
                ExchangeSpec.modulusHash("x"),
                ExchangeSpec.recentHistory("x", 3),
                ExchangeSpec.delayedMessage("x", "fanout"));
        List<String> known = new ArrayList<>();
        for (ExchangeSpec type : types) {
            try (BrokerClient client = BrokerClient.of(broker)) {
                ExchangeSpec exchange =
                        new ExchangeSpec(unique("typed"), type.type(), false, true, false, type.arguments());
                try {
                    client.channel.declareExchange(exchange);
                } catch (ChannelClosedException e) {
                    assertThat(e.replyCode()).isEqualTo(406);
                    continue;
                } catch (ConnectionClosedException e) {
                    assertThat(e.replyCode()).isEqualTo(503);
                    assertThat(broker.version()).startsWith("3.");
                    continue;
                }
                known.add(type.type());
                String queue = client.queue();
                try (Channel channel = client.connection.openChannel()) {
                    channel.bind(
                            type.type().equals("x-consistent-hash")
                                    ? BindingSpec.toQueueByWeight(exchange.name(), queue, 1)
                                    : BindingSpec.toQueue(exchange.name(), queue, ""));
                    channel.publish(OutboundMessage.of(exchange.name(), "1", new byte[1])
                            .withMandatory(true));
                }
                assertThat(client.drain(queue)).as(type.type()).hasSize(1);
            }
        }
        if (!broker.version().startsWith("3.")) {
            assertThat(known).contains("x-local-random");
        }
    }

    // ---- queues ---------------------------------------------------------------------------------------------------

    @RequiresRabbitMq(Capability.QUEUE_ARGUMENTS)
    @Test
    void deadLettersArriveWithTheirNewRoutingKey(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String dead = client.queue();
            String expiring =
                    client.queue(it -> it.withMessageTtl(Duration.ZERO).withDeadLetterExchange("", dead));
            client.publish(expiring, "expired");
            BrokerClient.Deliveries deliveries = client.consume(ConsumeOptions.of(dead));
            Delivery delivery = deliveries.next();
            assertThat(text(delivery)).isEqualTo("expired");
            assertThat(delivery.routingKey()).isEqualTo(dead);
            assertThat(delivery.properties().header("x-death")).isNotNull();
            delivery.ack();
        }
    }

    @RequiresRabbitMq(Capability.QUEUE_ARGUMENTS)
    @Test
    void priorityQueuesServeTheHigherFirst(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue(it -> it.withMaxPriority(5));
            for (int priority : new int[] {1, 5, 3}) {
                client.channel.publish(message(queue, "p" + priority)
                        .withProperties(
                                BasicProperties.builder().priority(priority).build()));
            }
            assertThat(client.drain(queue)).containsExactly("p5", "p3", "p1");
        }
    }

    @EveryBroker
    void theEmptyNameIsTheQueueLastDeclaredOnTheChannel(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            // Not waited for: the broker knows the name before this side does.
            AsyncChannel channel = Futures.await(client.connection.async().openChannel());
            CompletableFuture<QueueInfo> declared = channel.declareQueue(QueueSpec.temporary());
            CompletableFuture<Void> bound = channel.bind(BindingSpec.toQueue("amq.direct", "", "last"));
            CompletableFuture<Delivery> received = new CompletableFuture<>();
            CompletableFuture<Subscription> consuming =
                    channel.consume(ConsumeOptions.of("").withAutoAck(true), received::complete);
            String name = Futures.await(declared).name();
            assertThat(name).isNotEmpty();
            Futures.await(bound);
            Futures.await(consuming);
            client.channel.send(OutboundMessage.of("amq.direct", "last", "1".getBytes(StandardCharsets.UTF_8)));
            assertThat(text(Futures.await(received))).isEqualTo("1");
            assertThat(Futures.await(channel.purgeQueue(""))).isZero();
            assertThat(Futures.await(channel.get("", true))).isEmpty();
            assertThat(Futures.await(channel.deleteQueue(""))).isZero();
        }
    }

    @EveryBroker
    void aNameThatIsTheBrokersToGiveIsRefusedOrGiven(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            QueueInfo first = client.channel.declareQueue(QueueSpec.temporary());
            assertThat(client.channel.declareQueuePassive(first.name()).name()).isEqualTo(first.name());
        }
    }

    // ---- consumers ------------------------------------------------------------------------------------------------

    @RequiresRabbitMq(Capability.CONSUMER_PRIORITIES)
    @Test
    void theConsumerOfHigherPriorityIsServedFirst(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            BrokerClient.Deliveries low =
                    client.consume(ConsumeOptions.of(queue).withPrefetch(1).withPriority(-1));
            BrokerClient.Deliveries high =
                    client.consume(ConsumeOptions.of(queue).withPrefetch(2).withPriority(10));
            client.publish(queue, "1", "2", "3");
            assertThat(high.nextTexts(2)).containsExactly("1", "2");
            assertThat(low.nextTexts(1)).containsExactly("3");
        }
    }

    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    @Test
    void aSingleActiveConsumerIsRelievedByTheNext(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            for (QueueSpec spec : List.of(QueueSpec.classic("q"), QueueSpec.quorum("q"))) {
                String queue = unique("single");
                client.channel.declareQueue(spec.withName(queue).withSingleActiveConsumer(true));
                BrokerClient.Deliveries active = client.consume(queue);
                BrokerClient.Deliveries waiting = client.consume(queue);
                client.publish(queue, "1", "2");
                active.next(2).forEach(Delivery::ack);
                assertThat(waiting.received()).isEmpty();
                Futures.await(active.subscription().cancel());
                client.publish(queue, "3");
                waiting.next().ack();
                client.channel.deleteQueue(queue);
            }
        }
    }

    @RequiresRabbitMq(Capability.CONSUMER_CANCEL_NOTIFY)
    @Test
    void aConsumerOfADeletedQueueIsToldAndItsChannelLivesOn(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            for (QueueSpec spec : List.of(QueueSpec.classic("q"), QueueSpec.quorum("q"))) {
                String queue = unique("doomed");
                client.channel.declareQueue(spec.withName(queue));
                BrokerClient.Deliveries deliveries = client.consume(queue);
                client.channel.deleteQueue(queue);
                assertThat(Futures.failure(deliveries.subscription().ended()))
                        .isInstanceOf(ConsumerCancelledException.class);
                assertThat(client.channel.isOpen()).isTrue();
            }
        }
    }

    @RequiresRabbitMq(Capability.QUORUM_QUEUES)
    @Test
    void aConsumerThatHoldsADeliveryTooLongIsCancelledAndAnotherGetsIt(Broker broker) {
        Assumptions.assumeFalse(
                broker.version().matches("3\\..*|4\\.[0-2]\\..*"), "before RabbitMQ 4.3 the channel is closed instead");
        // Or it would be started again: see NodeTroublesTest.
        try (BrokerClient client = BrokerClient.of(broker, it -> it.recovery(RecoveryOptions.off()))) {
            String queue = unique("timeout");
            client.channel.declareQueue(QueueSpec.quorum(queue));
            client.publish(queue, "1");
            BrokerClient.Deliveries slow =
                    client.consume(ConsumeOptions.of(queue).withConsumerTimeout(Duration.ofSeconds(1)));
            Delivery held = slow.next();
            assertThat(Futures.failure(slow.subscription().ended())).isInstanceOf(ConsumerCancelledException.class);
            BrokerClient.Deliveries other = client.consume(queue);
            other.next().ack();
            // Too late, and nobody minds.
            held.ack();
            client.publish(queue, "2");
            assertThat(text(other.next())).isEqualTo("2");
            client.channel.deleteQueue(queue);
        }
    }

    // ---- direct reply-to ------------------------------------------------------------------------------------------

    @RequiresRabbitMq(Capability.DIRECT_REPLY_TO)
    @Test
    void aReplyComesBackWithoutAQueue(Broker broker) {
        try (BrokerClient requester = BrokerClient.of(broker);
                BrokerClient responder = BrokerClient.of(broker)) {
            String requests = responder.queue();
            BrokerClient.Deliveries toServe = responder.consume(requests);
            BrokerClient.Deliveries replies = requester.consume(ConsumeOptions.directReplyTo());
            for (int i = 0; i < 100; i++) {
                requester.channel.publish(message(requests, "question " + i)
                        .withProperties(BasicProperties.builder()
                                .replyTo(ConsumeOptions.DIRECT_REPLY_TO)
                                .correlationId("c" + i)
                                .build()));
            }
            for (int i = 0; i < 100; i++) {
                Delivery request = toServe.next();
                String token = request.properties().replyTo();
                assertThat(token).startsWith("amq.rabbitmq.reply-to.");
                responder.channel.send(OutboundMessage.of("", token, request.body())
                        .withProperties(BasicProperties.builder()
                                .correlationId(request.properties().correlationId())
                                .build()));
                request.ack();
            }
            for (int i = 0; i < 100; i++) {
                Delivery reply = replies.next();
                assertThat(reply.autoAcknowledged()).isTrue();
                assertThat(reply.properties().correlationId()).isEqualTo("c" + i);
                assertThat(text(reply)).isEqualTo("question " + i);
            }
        }
    }

    @RequiresRabbitMq(Capability.DIRECT_REPLY_TO)
    @Test
    void whetherARequesterIsStillThereIsLearntByLookingItsAddressUp(Broker broker) {
        try (BrokerClient requester = BrokerClient.of(broker);
                BrokerClient responder = BrokerClient.of(broker)) {
            String requests = responder.queue();
            BrokerClient.Deliveries toServe = responder.consume(requests);
            requester.consume(ConsumeOptions.directReplyTo());
            requester.channel.publish(message(requests, "?")
                    .withProperties(BasicProperties.builder()
                            .replyTo(ConsumeOptions.DIRECT_REPLY_TO)
                            .build()));
            String token = toServe.next().properties().replyTo();
            assertThat(responder.channel.declareQueuePassive(token).name()).isEqualTo(token);
            requester.close();
            Channel spare = responder.connection.openChannel();
            assertThatThrownBy(() -> spare.declareQueuePassive(token))
                    .isInstanceOfSatisfying(
                            ChannelClosedException.class,
                            it -> assertThat(it.replyCode()).isEqualTo(404));
        }
    }

    @RequiresRabbitMq(Capability.DIRECT_REPLY_TO)
    @Test
    void askingForAReplyWithoutConsumingItIsRefusedByTheBroker(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            Channel channel = client.connection.openChannel();
            assertThatThrownBy(() -> channel.publish(message(queue, "?")
                            .withProperties(BasicProperties.builder()
                                    .replyTo(ConsumeOptions.DIRECT_REPLY_TO)
                                    .build())))
                    .isInstanceOf(PublishException.class)
                    .hasMessageContaining("406");
            assertThatThrownBy(() -> client.channel.consume(
                            ConsumeOptions.directReplyTo().withAutoAck(false), Delivery::ack))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(client.channel.isOpen()).isTrue();
        }
    }
}
