package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishWindow;
import dev.leveret.amqp.api.QueueSpec;

/** Publishes with confirms: one message at a time, then a thousand with at most a hundred of them on their way. */
public final class PublisherConfirms {

    private PublisherConfirms() {}

    public static void main(String[] args) {
        System.out.println(publish(ExampleBroker.uri(args)) + " messages are confirmed");
    }

    static long publish(String uri) {
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            String queue = channel.declareQueue(QueueSpec.temporary()).name();
            try {
                channel.publish(OutboundMessage.toQueue(queue, "alone".getBytes()));
            } catch (PublishException notConfirmed) {
                System.err.println(notConfirmed.getMessage());
            }
            PublishWindow window = channel.publishWindow(100);
            for (int i = 1; i <= 1000; i++) {
                window.publish(OutboundMessage.toQueue(queue, ("message " + i).getBytes()));
            }
            window.flush();
            return channel.declareQueuePassive(queue).messageCount();
        }
    }
}
