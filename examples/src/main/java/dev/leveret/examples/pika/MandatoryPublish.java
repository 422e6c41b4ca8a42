package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult.Returned;

/** Publishes a mandatory message that no queue takes: it comes back with the exception. */
public final class MandatoryPublish {

    private MandatoryPublish() {}

    public static void main(String[] args) {
        System.out.println(publishToNobody(ExampleBroker.uri(args)));
    }

    static String publishToNobody(String uri) {
        try (Connection connection = Amqp.connect(uri);
                Channel channel = connection.openChannel()) {
            channel.publish(OutboundMessage.of("amq.direct", "nobody.bound.this", "hello".getBytes())
                    .withMandatory(true));
            return "somebody has it";
        } catch (PublishException failure) {
            if (failure.result() instanceof Returned returned) {
                return new String(returned.message().body()) + " came back: "
                        + returned.message().replyText();
            }
            throw failure;
        }
    }
}
