package dev.leveret.examples;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The Java snippet of the README. */
final class HelloJava {

    private HelloJava() {}

    static void run(String uri) throws InterruptedException {
        // snippet
        CountDownLatch received = new CountDownLatch(1);
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            channel.declareQueue(QueueSpec.of("greetings"));
            channel.publish(OutboundMessage.toQueue("greetings", "hello".getBytes()));
            channel.consume(ConsumeOptions.of("greetings"), delivery -> {
                System.out.println(new String(delivery.body()));
                delivery.ack();
                received.countDown();
            });
            received.await(10, TimeUnit.SECONDS);
        }
        // end
    }
}
