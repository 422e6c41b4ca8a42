package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.scenarios.BrokerClient.Deliveries;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Consuming from brokers: how much comes, in which order, and how it ends. */
class ConsumingOnBrokersTest {

    private static String[] texts(int count) {
        return IntStream.range(0, count).mapToObj(it -> "m" + it).toArray(String[]::new);
    }

    /** Everything that the broker has sent has arrived when this has been answered. */
    private static void roundTrip(BrokerClient client, String queue) {
        client.channel.declareQueuePassive(queue);
    }

    @EveryBroker
    void noMoreIsUnsettledThanThePrefetchAllows(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(20));
            Deliveries deliveries = client.consume(ConsumeOptions.of(queue).withPrefetch(3));
            List<Delivery> first = deliveries.next(3);
            roundTrip(client, queue);
            assertThat(deliveries.received()).as("beyond the prefetch").isEmpty();
            first.get(1).ack();
            assertThat(text(deliveries.next())).isEqualTo("m3");
            roundTrip(client, queue);
            assertThat(deliveries.received()).isEmpty();
            first.get(2).ack();
            first.get(0).ack();
            assertThat(deliveries.nextTexts(2)).containsExactly("m4", "m5");
        }
    }

    // Qpid bounds the channel, not the consumer.
    @RequiresRabbitMq(Capability.PER_CONSUMER_QOS)
    @Test
    void eachConsumerOfAChannelHasItsOwnPrefetch(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(20));
            Deliveries one = client.consume(ConsumeOptions.of(queue).withPrefetch(2));
            Deliveries two = client.consume(ConsumeOptions.of(queue).withPrefetch(5));
            one.next(2);
            two.next(5);
            roundTrip(client, queue);
            assertThat(one.received()).isEmpty();
            assertThat(two.received()).isEmpty();
        }
    }

    @EveryBroker
    void automaticallyAcknowledgedDeliveriesNeedNoSettling(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(300));
            Deliveries deliveries = client.consume(ConsumeOptions.of(queue).withAutoAck(true));
            assertThat(deliveries.nextTexts(300)).containsExactly(texts(300));
            Futures.await(deliveries.subscription().cancel());
            assertThat(client.drain(queue)).isEmpty();
        }
    }

    @EveryBroker
    void afterCancellingNothingComesAndWhatWasDeliveredIsStillTheConsumers(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, "1");
            Deliveries deliveries = client.consume(queue);
            Delivery held = deliveries.next();
            Futures.await(deliveries.subscription().cancel());
            Futures.await(deliveries.subscription().ended());
            client.publish(queue, "2");
            roundTrip(client, queue);
            assertThat(deliveries.received()).isEmpty();
            held.ack();
            assertThat(client.drain(queue)).containsExactly("2");
            client.channel.close();
            assertThat(client.connection.isOpen()).isTrue();
        }
    }

    @EveryBroker
    void tenThousandDeliveriesAreSettledInTheirOrder(Broker broker) {
        int count = 10_000;
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            Deliveries deliveries = client.consume(ConsumeOptions.of(queue).withPrefetch(250));
            for (String text : texts(count)) {
                client.channel.send(BrokerClient.message(queue, text));
            }
            List<String> received = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Delivery delivery = deliveries.next();
                received.add(text(delivery));
                delivery.ack();
            }
            assertThat(received).containsExactly(texts(count));
            Futures.await(deliveries.subscription().cancel());
            assertThat(client.channel.declareQueuePassive(queue).messageCount()).isZero();
        }
    }

    // Qpid sends nothing when a queue goes.
    @RequiresRabbitMq(Capability.CONSUMER_CANCEL_NOTIFY)
    @Test
    void theConsumersOfADeletedQueueAreToldAndTheChannelGoesOn(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            for (QueueSpec spec : List.of(QueueSpec.classic(unique("gone")), QueueSpec.quorum(unique("gone")))) {
                client.channel.declareQueue(spec);
                Deliveries deliveries = client.consume(spec.name());
                client.publish(spec.name(), "1");
                Delivery held = deliveries.next();
                Channel other = client.connection.openChannel();
                other.deleteQueue(spec.name());
                assertThat(Futures.failure(deliveries.subscription().ended()))
                        .isInstanceOf(ConsumerCancelledException.class);
                held.ack();
                assertThat(client.drain(client.queue())).isEmpty();
                other.close();
            }
        }
    }

    // Qpid closes the connection where RabbitMQ closes the channel.
    @RequiresRabbitMq
    @Test
    void anExclusiveConsumerIsTheOnlyOne(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.consume(ConsumeOptions.of(queue).withExclusive(true));
            Channel second = client.connection.openChannel();
            assertThatThrownBy(() -> second.consume(ConsumeOptions.of(queue), Delivery::ack))
                    .isInstanceOfSatisfying(
                            ChannelClosedException.class,
                            it -> assertThat(it.replyCode()).isEqualTo(403));
        }
    }

    // Qpid closes the connection where RabbitMQ closes the channel.
    @RequiresRabbitMq
    @Test
    void consumingFromAQueueThatIsNotThereEndsTheChannel(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            Channel channel = client.connection.openChannel();
            assertThatThrownBy(() -> channel.consume(ConsumeOptions.of(unique("none")), Delivery::ack))
                    .isInstanceOfSatisfying(ChannelClosedException.class, it -> {
                        assertThat(it.replyCode()).isEqualTo(404);
                        assertThat(it.method()).isEqualTo("basic.consume");
                    });
        }
    }

    @RequiresRabbitMq(Capability.CONSUMER_PRIORITIES)
    @Test
    void aConsumersArgumentsReachTheBroker(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            Deliveries low = client.consume(ConsumeOptions.of(queue).withArgument("x-priority", -5));
            Deliveries high = client.consume(ConsumeOptions.of(queue).withArgument("x-priority", 5));
            client.publish(queue, texts(10));
            assertThat(high.nextTexts(10)).containsExactly(texts(10));
            assertThat(low.received()).isEmpty();
        }
    }

    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aStreamIsReadFromAnyOffset(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = unique("stream");
            client.channel.declareQueue(QueueSpec.stream(stream));
            client.publish(stream, texts(20));
            Deliveries deliveries =
                    client.consume(ConsumeOptions.of(stream).withPrefetch(100).withArgument("x-stream-offset", 15L));
            List<Delivery> read = deliveries.next(5);
            assertThat(read).extracting(BrokerClient::text).containsExactly("m15", "m16", "m17", "m18", "m19");
            assertThat(read.get(0).properties().header("x-stream-offset")).isEqualTo(15L);
            client.channel.deleteQueue(stream);
        }
    }
}
