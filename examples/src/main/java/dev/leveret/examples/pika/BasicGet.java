package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fetches messages one by one until the queue has none left: {@code basic.get}. */
public final class BasicGet {

    private BasicGet() {}

    public static void main(String[] args) {
        fetchAll(ExampleBroker.uri(args)).forEach(System.out::println);
    }

    static List<String> fetchAll(String uri) {
        List<String> texts = new ArrayList<>();
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            for (String text : List.of("hare", "tortoise")) {
                channel.publish(OutboundMessage.toQueue(queue, text.getBytes()));
            }
            Optional<GetResponse> response;
            while ((response = channel.get(queue, false)).isPresent()) {
                Delivery delivery = response.get().delivery();
                texts.add(new String(delivery.body()));
                delivery.ack();
            }
        }
        return texts;
    }
}
