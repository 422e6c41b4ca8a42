package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.message;
import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.StreamOffset;
import dev.leveret.amqp.testing.RawConnection;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ConnectionMethod;
import dev.leveret.amqp.wire.Method;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
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

    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aDeliveryOfAStreamIsNotGivenBackAndTheConnectionLivesOn(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = filled(client);
            BrokerClient.Deliveries deliveries =
                    client.consume(ConsumeOptions.of(stream).withPrefetch(1).withStreamOffset(StreamOffset.first()));
            for (int i = 0; i < 3; i++) {
                Delivery delivery = deliveries.next();
                List<Consumer<Delivery>> waysBack = List.of(
                        it -> it.nack(true), it -> it.nack(false), it -> it.reject(true), it -> it.nackMultiple(true));
                for (Consumer<Delivery> way : waysBack) {
                    SettlementException refusal =
                            catchThrowableOfType(SettlementException.class, () -> way.accept(delivery));
                    assertThat(refusal.reason()).isEqualTo(SettlementException.Reason.STREAM);
                }
                assertThat(text(delivery)).isEqualTo("m" + i);
                delivery.ack();
            }
            client.channel.deleteQueue(stream);
        }
    }

    /** Its header came along from where it was read first; it is an ordinary message now. */
    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aMessageThatWasCopiedFromAStreamToAQueueCanBeGivenBackFromRabbitMq4On(Broker broker) {
        Assumptions.assumeFalse(
                broker.version().startsWith("3."), "RabbitMQ 3 would cost the connection if it were one");
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.channel.publish(message(queue, "copy")
                    .withProperties(BasicProperties.builder()
                            .header("x-stream-offset", 17L)
                            .build()));
            BrokerClient.Deliveries deliveries = client.consume(ConsumeOptions.of(queue));
            deliveries.next().nack(true);
            assertThat(deliveries.next().redelivered()).isTrue();
        }
    }

    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void recoverIsRefusedWhereItWouldCostTheConnection(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = filled(client);
            BrokerClient.Deliveries deliveries =
                    client.consume(ConsumeOptions.of(stream).withPrefetch(1).withStreamOffset(StreamOffset.first()));
            Delivery first = deliveries.next();
            if (broker.version().startsWith("3.")) {
                assertThatThrownBy(client.channel::recover)
                        .isInstanceOf(SettlementException.class)
                        .hasMessageContaining("use another channel for the stream");
                first.ack();
                assertThat(text(deliveries.next())).isEqualTo("m1");
            } else {
                client.channel.recover();
                // As if it had been acknowledged.
                assertThat(text(deliveries.next())).isEqualTo("m1");
            }
            client.channel.deleteQueue(stream);
        }
    }

    /** Abandoning what it has not been taken from gives back what waits, which a stream does not take. */
    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aPullingReaderOfAStreamCanBeClosedWithDeliveriesWaiting(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = filled(client);
            PullConsumer reader = client.channel.pull(
                    ConsumeOptions.of(stream).withPrefetch(10).withStreamOffset(StreamOffset.first()));
            assertThat(text(reader.poll(Duration.ofSeconds(20)).orElseThrow())).isEqualTo("m0");
            reader.close();
            client.channel.deleteQueue(stream);
        }
    }

    /** Why the client refuses it, so that it is noticed when it changes. */
    @RequiresRabbitMq(Capability.STREAMS)
    @Test
    void aRejectedDeliveryOfAStreamEndsTheConnectionOnRabbitMq3AndIsAcknowledgedOn4(Broker broker) throws IOException {
        Method recover = new BasicMethod.Recover(true);
        try (BrokerClient client = BrokerClient.of(broker)) {
            String stream = filled(client);
            boolean rabbitMq3 = broker.version().startsWith("3.");
            for (Method giveBack : List.of(
                    new BasicMethod.Nack(1, false, true),
                    new BasicMethod.Nack(1, false, false),
                    new BasicMethod.Reject(1, true),
                    new BasicMethod.Reject(1, false))) {
                Method answer = answerOfAReader(broker, stream, giveBack);
                if (rabbitMq3) {
                    assertThat(((ConnectionMethod.Close) answer).replyCode()).isEqualTo(540);
                } else {
                    assertThat(((BasicMethod.Deliver) answer).deliveryTag()).isEqualTo(2);
                }
            }
            Method answer = answerOfAReader(broker, stream, recover);
            if (rabbitMq3) {
                assertThat(((ConnectionMethod.Close) answer).replyCode()).isEqualTo(541);
            } else {
                assertThat(answer).isInstanceOfAny(BasicMethod.RecoverOk.class, BasicMethod.Deliver.class);
            }
            client.channel.deleteQueue(stream);
        }
    }

    /** What a broker says to somebody who has the first message of a stream. */
    private static Method answerOfAReader(Broker broker, String stream, Method question) throws IOException {
        try (RawConnection raw = RawConnection.to(broker).channel(1)) {
            raw.write(1, new BasicMethod.Qos(0, 1, false)).next();
            raw.write(
                            1,
                            new BasicMethod.Consume(
                                    stream, "c", false, false, false, false, Map.of("x-stream-offset", "first")))
                    .next();
            Method delivered = raw.next();
            assertThat(delivered).isInstanceOf(BasicMethod.Deliver.class);
            raw.write(1, question);
            Method answer = raw.next();
            while (answer instanceof BasicMethod.Deliver more && more.deliveryTag() > 2) {
                answer = raw.next();
            }
            return answer;
        }
    }
}
