package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Subscription;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Consumes with a callback: it is called from {@code consume} on, there is no {@code start_consuming}. */
public final class BasicConsume {

    private BasicConsume() {}

    public static void main(String[] args) throws InterruptedException {
        consume(ExampleBroker.uri(args), 5).forEach(System.out::println);
    }

    static List<String> consume(String uri, int messages) throws InterruptedException {
        List<String> texts = new CopyOnWriteArrayList<>();
        CountDownLatch open = new CountDownLatch(messages);
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            Subscription consumer = channel.consume(ConsumeOptions.of(queue).withPrefetch(10), delivery -> {
                texts.add(delivery.properties().type() + ": " + new String(delivery.body()));
                delivery.ack();
                open.countDown();
            });
            BasicProperties greeting =
                    BasicProperties.builder().type("greeting").build();
            for (int i = 1; i <= messages; i++) {
                channel.publish(OutboundMessage.toQueue(queue, ("hello " + i).getBytes())
                        .withProperties(greeting));
            }
            open.await(10, TimeUnit.SECONDS);
            consumer.cancel().join();
        }
        return texts;
    }
}
