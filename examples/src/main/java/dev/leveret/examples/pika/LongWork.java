package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Works on one message for much longer than the heartbeat: these go on, as handlers have threads of their own. */
public final class LongWork {

    private LongWork() {}

    public static void main(String[] args) {
        work(ExampleBroker.uri(args), Duration.ofSeconds(1), Duration.ofSeconds(6));
        System.out.println("still connected after six silent seconds");
    }

    static void work(String uri, Duration heartbeat, Duration work) {
        try (Connection connection =
                        Amqp.connect(AmqpUri.parse(uri).heartbeat(heartbeat).build());
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            CompletableFuture<Void> done = new CompletableFuture<>();
            channel.consume(ConsumeOptions.of(queue), delivery -> {
                Thread.sleep(work.toMillis());
                delivery.ack();
                done.complete(null);
            });
            channel.publish(OutboundMessage.toQueue(queue, "much to do".getBytes()));
            CompletableFuture.anyOf(done, connection.async().closed()).join();
            channel.declareQueuePassive(queue);
        }
    }
}
