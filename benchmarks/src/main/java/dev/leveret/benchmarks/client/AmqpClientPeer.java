package dev.leveret.benchmarks.client;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.leveret.benchmarks.stub.TagLedger;
import java.io.IOException;

/**
 * RabbitMQ's Java client with its default transport and settings. A channel for each sender, as its channels are not
 * to be shared by threads that publish. It knows no futures: its confirms are counted from its listener's arguments,
 * which is the least that can be done with them.
 */
final class AmqpClientPeer implements Peer {

    private static final AMQP.BasicProperties PROPERTIES = new AMQP.BasicProperties.Builder()
            .contentType("application/octet-stream")
            .deliveryMode(2)
            .build();

    private final Connection connection;
    private final Channel channel;

    AmqpClientPeer(String uri) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        connection = factory.newConnection();
        channel = connection.createChannel();
    }

    @Override
    public Sender unconfirmed(String queue) throws IOException {
        Channel own = connection.createChannel();
        return body -> own.basicPublish("", queue, PROPERTIES, body);
    }

    @Override
    public Sender confirmed(String queue, Progress confirmed) throws IOException {
        Channel own = connection.createChannel();
        own.confirmSelect();
        TagLedger tags = new TagLedger();
        own.addConfirmListener(
                (tag, multiple) -> confirmed.add(tags.settle(tag, multiple)),
                (tag, multiple) -> confirmed.fail(new IllegalStateException("nacked: " + tag)));
        return body -> own.basicPublish("", queue, PROPERTIES, body);
    }

    @Override
    public Sender confirmedByCallback(String queue, Progress confirmed) throws IOException {
        return confirmed(queue, confirmed);
    }

    @Override
    public Sender oneAtATime(String queue) throws IOException {
        Channel own = connection.createChannel();
        own.confirmSelect();
        return body -> {
            own.basicPublish("", queue, PROPERTIES, body);
            own.waitForConfirmsOrDie(10_000);
        };
    }

    @Override
    public AutoCloseable consume(String queue, ConsumeMode mode, int prefetch, Receiver receiver) throws IOException {
        boolean ack = mode == ConsumeMode.ACK;
        channel.basicQos(prefetch);
        String consumerTag = channel.basicConsume(queue, !ack, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                receiver.onBody(body);
                if (ack) {
                    channel.basicAck(envelope.getDeliveryTag(), false);
                }
            }
        });
        return () -> channel.basicCancel(consumerTag);
    }

    @Override
    public long messageCount(String queue) throws IOException {
        return Integer.toUnsignedLong(channel.queueDeclarePassive(queue).getMessageCount());
    }

    @Override
    public void declareQueue(String queue) throws IOException {
        channel.queueDeclare(queue, true, false, false, null);
    }

    @Override
    public void deleteQueue(String queue) throws IOException {
        channel.queueDelete(queue);
    }

    @Override
    public void close() throws IOException {
        if (connection.isOpen()) {
            connection.close();
        }
    }
}
