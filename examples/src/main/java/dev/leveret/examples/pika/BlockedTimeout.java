package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.time.Duration;

/** Publishes, and gives the connection up when the broker, short of memory or disk, has blocked it for too long. */
public final class BlockedTimeout {

    private BlockedTimeout() {}

    public static void main(String[] args) {
        System.out.println(publish(ExampleBroker.uri(args), Duration.ofMinutes(5), 1000));
    }

    static String publish(String uri, Duration patience, int messages) {
        try (Connection connection = Amqp.connect(
                        AmqpUri.parse(uri).blockedConnectionTimeout(patience).build());
                Channel channel = connection.openChannel()) {
            connection.onEvent(event -> System.out.println(event));
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            for (int i = 1; i <= messages; i++) {
                channel.publish(OutboundMessage.toQueue(queue, ("message " + i).getBytes()));
            }
            return messages + " messages are confirmed";
        } catch (AmqpException failure) {
            return failure.getMessage();
        }
    }
}
