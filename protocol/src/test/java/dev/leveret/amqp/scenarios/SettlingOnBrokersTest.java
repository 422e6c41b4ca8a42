package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.scenarios.BrokerClient.Deliveries;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.BrokerKind;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Settling on brokers: what stays in the queue is what was not acknowledged. */
class SettlingOnBrokersTest {

    /** Takes all of a queue's messages without settling them. */
    private static List<Delivery> hold(BrokerClient client, String queue, int count) {
        Deliveries deliveries = client.consume(ConsumeOptions.of(queue).withPrefetch(count));
        List<Delivery> held = deliveries.next(count);
        Futures.await(deliveries.subscription().cancel());
        return held;
    }

    private static String[] texts(int count) {
        String[] texts = new String[count];
        for (int i = 0; i < count; i++) {
            texts[i] = "m" + i;
        }
        return texts;
    }

    @EveryBroker
    void whatWasNotAcknowledgedComesBackWhenTheChannelEnds(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(6));
            List<Delivery> held = hold(client, queue, 6);
            held.get(4).ack();
            held.get(0).ack();
            held.get(1).ack();
            client.channel.close();
            Channel next = client.connection.openChannel();
            List<Delivery> again = new ArrayList<>();
            for (Optional<GetResponse> got = next.get(queue, true); got.isPresent(); got = next.get(queue, true)) {
                again.add(got.get().delivery());
            }
            assertThat(again).extracting(BrokerClient::text).containsExactly("m2", "m3", "m5");
            assertThat(again).allMatch(Delivery::redelivered);
        }
    }

    @EveryBroker
    void multipleAcknowledgesAllBefore(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(10));
            List<Delivery> held = hold(client, queue, 10);
            held.get(6).ackMultiple();
            client.channel.close();
            Channel next = client.connection.openChannel();
            assertThat(next.declareQueuePassive(queue).messageCount()).isEqualTo(3);
        }
    }

    // Qpid delivers what was rejected for good again.
    @RequiresRabbitMq
    @Test
    void whatIsGivenBackComesAgainAndWhatIsRejectedDoesNot(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, "nacked", "rejected back", "discarded", "dropped", "acked");
            Deliveries deliveries = client.consume(queue);
            List<Delivery> first = deliveries.next(5);
            first.get(4).ack();
            first.get(3).reject(false);
            first.get(2).nack(false);
            first.get(1).reject(true);
            assertThat(text(deliveries.next())).isEqualTo("rejected back");
            first.get(0).nack(true);
            Delivery again = deliveries.next();
            assertThat(text(again)).isEqualTo("nacked");
            assertThat(again.redelivered()).isTrue();
            again.ackMultiple();
            Futures.await(deliveries.subscription().cancel());
            client.channel.close();
            assertThat(client.connection.openChannel().get(queue, true)).isEmpty();
        }
    }

    // Of Qpid not all came back within a second.
    @RequiresRabbitMq
    @Test
    void givingBackAllBeforeIsOneFrameAndKeepsTheOrder(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(30));
            List<Delivery> held = hold(client, queue, 30);
            held.get(19).nackMultiple(true);
            assertThat(client.drain(queue)).containsExactly(texts(20));
            held.get(25).ackMultiple();
            held.get(29).nackMultiple(true);
            assertThat(client.drain(queue)).containsExactly("m26", "m27", "m28", "m29");
        }
    }

    @EveryBroker
    void anyOrderOfAcknowledgementsSettlesExactlyThese(Broker broker) {
        int count = 400;
        Random random = new Random(42);
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(count));
            List<Delivery> held = new ArrayList<>(hold(client, queue, count));
            Collections.shuffle(held, random);
            Set<String> kept = new TreeSet<>();
            for (Delivery delivery : held) {
                if (random.nextInt(10) == 0) {
                    kept.add(text(delivery));
                } else {
                    delivery.ack();
                }
            }
            client.channel.close();
            Channel next = client.connection.openChannel();
            Set<String> left = new TreeSet<>();
            for (Optional<GetResponse> got = next.get(queue, true); got.isPresent(); got = next.get(queue, true)) {
                left.add(text(got.get().delivery()));
            }
            assertThat(left).isEqualTo(kept);
        }
    }

    @EveryBroker
    void whatIsGivenBackComesAgain(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, "1");
            Deliveries deliveries = client.consume(queue);
            deliveries.next().nack(true);
            deliveries.next().reject(true);
            Delivery last = deliveries.next();
            assertThat(last.redelivered()).isTrue();
            last.ack();
            Futures.await(deliveries.subscription().cancel());
            assertThat(client.drain(queue)).isEmpty();
        }
    }

    @EveryBroker
    void fetchingTellsWhatIsLeft(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            assertThat(client.channel.get(queue, false)).isEmpty();
            client.publish(queue, "1", "2");
            GetResponse first = client.channel.get(queue, false).orElseThrow();
            if (broker.kind() == BrokerKind.RABBITMQ) {
                assertThat(first.messageCount())
                        .as("Qpid counts the fetched one too")
                        .isEqualTo(1);
            }
            assertThat(text(first.delivery())).isEqualTo("1");
            first.delivery().nack(true);
            assertThat(client.drain(queue)).containsExactlyInAnyOrder("1", "2");
        }
    }

    @EveryBroker
    void recoverGivesEverythingBack(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, texts(5));
            List<Delivery> held = hold(client, queue, 5);
            held.get(0).ack();
            client.channel.recover();
            assertThat(held).noneMatch(Delivery::isSettleable);
            Deliveries deliveries = client.consume(queue);
            List<Delivery> again = deliveries.next(4);
            assertThat(again).extracting(BrokerClient::text).containsExactlyInAnyOrder("m1", "m2", "m3", "m4");
            again.forEach(Delivery::ack);
            Futures.await(deliveries.subscription().cancel());
            assertThat(client.channel.declareQueuePassive(queue).messageCount()).isZero();
        }
    }

    // On Qpid every prefetch is the channel's.
    @RequiresRabbitMq(Capability.PER_CONSUMER_QOS)
    @Test
    void aChannelsOwnBoundIsAcceptedByTheBroker(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.channel.qos(2);
            client.publish(queue, texts(10));
            Deliveries deliveries = client.consume(queue);
            deliveries.next(2).forEach(Delivery::ack);
            assertThat(deliveries.nextTexts(2)).containsExactly("m2", "m3");
            assertThat(client.channel.isOpen()).isTrue();
        }
    }
}
