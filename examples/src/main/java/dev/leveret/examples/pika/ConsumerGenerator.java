package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PullConsumer;
import dev.leveret.amqp.api.QueueSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Consumes in a loop that ends when no message has come for a while: {@code consume(inactivity_timeout=...)}. */
public final class ConsumerGenerator {

    private ConsumerGenerator() {}

    public static void main(String[] args) {
        takeUntilIdle(ExampleBroker.uri(args), Duration.ofSeconds(2)).forEach(System.out::println);
    }

    static List<String> takeUntilIdle(String uri, Duration inactivity) {
        List<String> texts = new ArrayList<>();
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            for (int i = 1; i <= 3; i++) {
                channel.publish(OutboundMessage.toQueue(queue, ("message " + i).getBytes()));
            }
            try (PullConsumer consumer = channel.pull(ConsumeOptions.of(queue))) {
                for (Delivery delivery : consumer.untilIdle(inactivity)) {
                    texts.add(new String(delivery.body()));
                    delivery.ack();
                }
            }
        }
        return texts;
    }
}
