package dev.leveret.jms.wire;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.testing.Fuzzing;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.message.JmsBytesMessage;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.testing.FakeDelivery;
import jakarta.jms.JMSException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Fuzz target: any octets behind the head of a Java object stream, as the body of a message of rabbitmq-jms. It is shown as
 * some message; one that is not just octets can be sent on, and is the same then.
 */
public final class RabbitMqJmsFuzz {

    private static final int MAGIC_AND_VERSION = 0xACED0005;
    private static final JmsQueue QUEUE = JmsQueue.named("q");

    private RabbitMqJmsFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        byte[] body = ByteBuffer.allocate(data.length + 4)
                .putInt(MAGIC_AND_VERSION)
                .put(data)
                .array();
        Fuzzing.withinMemoryFor(body.length, () -> show(body));
    }

    private static void show(byte[] body) {
        JmsMessage message = decode(BasicProperties.builder().build(), body);
        if (message instanceof JmsBytesMessage bytes && Arrays.equals(bytes.content(), body)) {
            return;
        }
        OutboundMapping.Encoded sent;
        try {
            sent = send(message);
        } catch (JMSException e) {
            // Their format, or AMQP, cannot hold it.
            return;
        }
        try {
            byte[] again = send(decode(sent.properties(), sent.body())).body();
            Fuzzing.require(Arrays.equals(again, sent.body()), "is another message when it is sent on", message);
        } catch (JMSException e) {
            throw new AssertionError("can be sent once, but not again", e);
        }
    }

    private static JmsMessage decode(BasicProperties properties, byte[] body) {
        try {
            return InboundMapping.decode(FakeDelivery.of(properties, body), QUEUE, 0);
        } catch (JMSException e) {
            throw new AssertionError("a delivery that cannot be shown", e);
        }
    }

    /** With the headers that sending sets. */
    private static OutboundMapping.Encoded send(JmsMessage message) throws JMSException {
        message.setJMSMessageID("ID:1");
        message.setJMSDestination(QUEUE);
        message.setJMSDeliveryMode(JmsMessage.DEFAULT_DELIVERY_MODE);
        message.setJMSPriority(JmsMessage.DEFAULT_PRIORITY);
        message.setJMSTimestamp(1);
        message.setJMSDeliveryTime(1);
        message.setJMSExpiration(0);
        message.setJMSRedelivered(false);
        return OutboundMapping.encodeForRabbitMqJms(message, 0, "topics");
    }
}
