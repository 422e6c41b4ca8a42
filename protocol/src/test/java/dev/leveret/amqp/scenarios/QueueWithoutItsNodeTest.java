package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.junit.RequiresLocalRabbitMq;
import dev.leveret.testkit.local.LocalRabbitMq;
import dev.leveret.testkit.local.RabbitMqCluster;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A classic queue is on one node of a cluster; while that one is down, it is nowhere. */
@RequiresLocalRabbitMq
class QueueWithoutItsNodeTest {

    @Test
    void itsConsumerOnAnotherNodeGoesOnWhenItsNodeIsBack() throws InterruptedException {
        try (RabbitMqCluster cluster = RabbitMqCluster.start(2)) {
            LocalRabbitMq home = cluster.nodes().get(1);
            String queue = BrokerClient.unique("home");
            try (BrokerClient there = BrokerClient.of(home)) {
                there.channel.declareQueue(QueueSpec.classic(queue));
                there.publish(queue, "1");
            }
            LinkedBlockingQueue<ConnectionEvent> events = new LinkedBlockingQueue<>();
            try (BrokerClient client = BrokerClient.of(cluster.nodes().get(0))) {
                client.connection.onEvent(events::add);
                BrokerClient.Deliveries deliveries = client.consume(queue);
                assertThat(text(deliveries.next())).isEqualTo("1");

                home.stop();
                assertThat(next(events)).isInstanceOf(ConnectionEvent.ConsumerCancelled.class);
                // Long enough for the consumer to be looked after more than once.
                assertThat(deliveries.received().poll(2, TimeUnit.SECONDS)).isNull();
                assertThat(deliveries.subscription().ended()).isNotDone();
                home.restart();

                assertThat(next(events)).isInstanceOf(ConnectionEvent.ConsumerResumed.class);
                // The first one was transient, and went with its node.
                client.publish(queue, "2");
                Delivery another = deliveries.next();
                assertThat(text(another)).isEqualTo("2");
                another.ack();
                client.channel.deleteQueue(queue);
            }
        }
    }

    private static ConnectionEvent next(LinkedBlockingQueue<ConnectionEvent> events) throws InterruptedException {
        return events.poll(60, TimeUnit.SECONDS);
    }
}
