package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.ConsumerCancelledException;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Taking deliveries one by one from brokers, gathered acknowledgements, bounded buffers. */
class PullingOnBrokersTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration IDLE = Duration.ofMillis(500);

    private static String[] texts(int count) {
        return IntStream.range(0, count).mapToObj(it -> "m" + it).toArray(String[]::new);
    }

    @EveryBroker
    void aLoopTakesWhatThereIsAndEndsWhenNoMoreComes(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(20));
            List<String> taken = new ArrayList<>();
            try (PullConsumer consumer =
                    client.channel.pull(ConsumeOptions.of(queue).withPrefetch(3))) {
                for (Delivery delivery : consumer.untilIdle(IDLE)) {
                    taken.add(text(delivery));
                    delivery.ack();
                }
            }
            assertThat(taken).containsExactly(texts(20));
            assertThat(client.drain(queue)).isEmpty();
        }
    }

    @EveryBroker
    void whatWasNotTakenGoesBackWhenTheConsumerIsClosed(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(5));
            PullConsumer consumer = client.channel.pull(ConsumeOptions.of(queue));
            consumer.poll(SOON).orElseThrow().ack();
            consumer.close();
            assertThat(client.consume(queue).nextTexts(4)).containsExactlyInAnyOrder("m1", "m2", "m3", "m4");
        }
    }

    @RequiresRabbitMq
    @Test
    void aDeletedQueueEndsTheLoopWithAnException(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            PullConsumer consumer = client.channel.pull(ConsumeOptions.of(queue));
            client.channel.deleteQueue(queue);
            assertThatThrownBy(() -> consumer.poll(SOON)).isInstanceOf(ConsumerCancelledException.class);
        }
    }

    @EveryBroker
    void gatheredAcknowledgementsNeverLetThePrefetchRunDry(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(100));
            PullConsumer consumer = client.channel.pull(
                    ConsumeOptions.of(queue).withPrefetch(10).withAckBatch(60_000, Duration.ofMinutes(1)));
            for (int i = 0; i < 100; i++) {
                consumer.poll(SOON).orElseThrow().ack();
            }
            consumer.close();
            assertThat(client.drain(queue)).isEmpty();
        }
    }

    @EveryBroker
    void acknowledgementsThatWaitAreNotLostWhenTheConnectionIsClosed(Broker broker) {
        try (BrokerClient other = BrokerClient.of(broker)) {
            String queue = other.queue(BrokerClient::shared);
            other.publish(queue, texts(10));
            try (BrokerClient client = BrokerClient.of(broker)) {
                PullConsumer consumer =
                        client.channel.pull(ConsumeOptions.of(queue).withAckBatch(60_000, Duration.ofMinutes(1)));
                for (int i = 0; i < 7; i++) {
                    consumer.poll(SOON).orElseThrow().ack();
                }
            }
            assertThat(other.consume(queue).nextTexts(3)).containsExactly("m7", "m8", "m9");
            other.channel.deleteQueue(queue);
        }
    }

    @EveryBroker
    void aSlowConsumerWithoutPrefetchGetsEverythingThroughASmallBuffer(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker);
                BrokerClient consuming = BrokerClient.of(broker)) {
            String queue = client.queue(BrokerClient::shared);
            String padding = "x".repeat(8 * 1024);
            int count = 2_000;
            for (int i = 0; i < count; i++) {
                client.channel.send(BrokerClient.message(queue, i + padding));
            }
            PullConsumer consumer = consuming.channel.pull(
                    ConsumeOptions.of(queue).withAutoAck(true).withPrefetch(0).withBuffer(10, Long.MAX_VALUE));
            // Before anything is taken, or it might be taken as fast as it comes and no bound be reached.
            Futures.until(
                    "the end of reading",
                    () -> !consuming.connection.diagnostics().reading());
            int most = consumer.buffered();
            for (int i = 0; i < count; i++) {
                assertThat(text(consumer.poll(SOON).orElseThrow())).startsWith(i + "x");
                most = Math.max(most, consumer.buffered());
            }
            assertThat(most).as("waiting at a time").isLessThan(10 + 64);
            consuming.close();
            client.channel.deleteQueue(queue);
        }
    }
}
