package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Publishes as many messages once waiting for each confirm, once waiting for all of them at the end. */
public final class CompareSyncAsync {

    private CompareSyncAsync() {}

    public static void main(String[] args) {
        System.out.println(compare(ExampleBroker.uri(args), 2000));
    }

    static String compare(String uri, int messages) {
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            OutboundMessage message = OutboundMessage.toQueue(queue, new byte[100]);
            long begin = System.nanoTime();
            for (int i = 0; i < messages; i++) {
                channel.publish(message);
            }
            long middle = System.nanoTime();
            CompletableFuture.allOf(Stream.generate(() -> channel.async().publish(message))
                            .limit(messages)
                            .toArray(CompletableFuture[]::new))
                    .join();
            long end = System.nanoTime();
            return channel.purgeQueue(queue) + " messages: one by one " + (middle - begin) / 1_000_000
                    + " ms, together " + (end - middle) / 1_000_000 + " ms";
        }
    }
}
