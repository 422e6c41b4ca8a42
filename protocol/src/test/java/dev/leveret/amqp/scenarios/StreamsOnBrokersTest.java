package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.StreamOffset;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Streams, read over AMQP 0-9-1. */
class StreamsOnBrokersTest {

    private static final int COUNT = 20;
    private static final List<String> TEXTS =
            IntStream.range(0, COUNT).mapToObj(it -> "m" + it).toList();

    private static String filled(BrokerClient client) {
        String stream = unique("stream");
        client.channel.declareQueue(QueueSpec.stream(stream));
        client.publish(stream, TEXTS.toArray(String[]::new));
        return stream;
    }

    private static List<String> read(BrokerClient client, String stream, StreamOffset offset, int count) {
        BrokerClient.Deliveries deliveries =
                client.consume(ConsumeOptions.of(stream).withPrefetch(5).withStreamOffset(offset));
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Delivery delivery = deliveries.next();
            texts.add(text(delivery));
            delivery.ack();
        }
        Futures.await(deliveries.subscription().cancel());
        return texts;
    }

    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aStreamIsReadFromWhereTheConsumerSays(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = filled(client);
            assertThat(read(client, stream, StreamOffset.first(), COUNT)).isEqualTo(TEXTS);
            assertThat(read(client, stream, StreamOffset.at(7), COUNT - 7)).isEqualTo(TEXTS.subList(7, COUNT));
            assertThat(read(client, stream, StreamOffset.at(Instant.EPOCH), COUNT))
                    .isEqualTo(TEXTS);
            assertThat(read(client, stream, StreamOffset.since(Duration.ofHours(1)), COUNT))
                    .isEqualTo(TEXTS);
            assertThat(TEXTS)
                    .contains(read(client, stream, StreamOffset.last(), 1).get(0));
            client.channel.deleteQueue(stream);
        }
    }

    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aConsumerThatSaysNothingOrNextGetsWhatComes(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = filled(client);
            BrokerClient.Deliveries silent =
                    client.consume(ConsumeOptions.of(stream).withPrefetch(5));
            BrokerClient.Deliveries next =
                    client.consume(ConsumeOptions.of(stream).withPrefetch(5).withStreamOffset(StreamOffset.next()));
            BrokerClient.Deliveries later = client.consume(
                    ConsumeOptions.of(stream).withPrefetch(5).withStreamOffset(StreamOffset.at(COUNT + 1)));
            client.publish(stream, "new", "newer");
            assertThat(silent.nextTexts(2)).containsExactly("new", "newer");
            assertThat(next.nextTexts(2)).containsExactly("new", "newer");
            assertThat(later.nextTexts(1)).containsExactly("newer");
            client.channel.deleteQueue(stream);
        }
    }

    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aReaderGoesOnBehindTheOffsetOfItsLastDelivery(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = filled(client);
            List<String> texts = new ArrayList<>();
            long next = 0;
            while (texts.size() < COUNT) {
                Channel channel = client.connection.openChannel();
                BlockingQueue<Delivery> received = new LinkedBlockingQueue<>();
                BrokerClient.Deliveries deliveries = new BrokerClient.Deliveries(
                        channel.consume(
                                ConsumeOptions.of(stream).withPrefetch(3).withStreamOffset(StreamOffset.at(next)),
                                received::add),
                        received);
                for (int i = 0; i < 4 && texts.size() < COUNT; i++) {
                    Delivery delivery = deliveries.next();
                    texts.add(text(delivery));
                    next = (Long) delivery.properties().header("x-stream-offset") + 1;
                    delivery.ack();
                }
                channel.close();
            }
            assertThat(texts).isEqualTo(TEXTS);
            client.channel.deleteQueue(stream);
        }
    }

    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aFilterLeavesOutWholeChunks(Broker broker) {
        Assumptions.assumeFalse(broker.version().startsWith("3."), "filters are RabbitMQ 3.13's");
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = unique("stream");
            client.channel.declareQueue(QueueSpec.stream(stream).withStreamFilterSizeBytes(32));
            for (String colour : List.of("red", "blue", "red")) {
                // Confirmed one by one, so each is a chunk.
                client.channel.publish(message(stream, colour)
                        .withProperties(BasicProperties.builder()
                                .streamFilterValue(colour)
                                .build()));
            }
            BrokerClient.Deliveries red = client.consume(ConsumeOptions.of(stream)
                    .withPrefetch(5)
                    .withStreamOffset(StreamOffset.first())
                    .withStreamFilter("red"));
            assertThat(red.nextTexts(2)).containsExactly("red", "red");
            client.channel.deleteQueue(stream);
        }
    }

    /** What the documentation warns of, so that it is noticed when it changes. */
    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aRejectedDeliveryOfAStreamEndsTheConnectionOnRabbitMq3AndIsAcknowledgedOn4(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker);
                BrokerClient cleaner = BrokerClient.of(broker)) {
            String stream = filled(client);
            BrokerClient.Deliveries deliveries = client.consume(ConsumeOptions.of(stream)
                    .withPrefetch(1)
                    .withStreamOffset(StreamOffset.first())
                    .withOnHandlerError(HandlerErrorPolicy.LEAVE_UNSETTLED));
            deliveries.next().nack(true);
            if (broker.version().startsWith("3.")) {
                assertThat(Futures.failure(client.connection.async().closed()))
                        .isInstanceOfSatisfying(
                                ConnectionClosedException.class,
                                it -> assertThat(it.replyCode()).isEqualTo(540));
            } else {
                assertThat(text(deliveries.next())).isEqualTo("m1");
            }
            cleaner.channel.deleteQueue(stream);
        }
    }
}
