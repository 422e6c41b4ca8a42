package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Asks a server and gets the reply without a queue for it. Needs RabbitMQ. */
public final class DirectReplyTo {

    private DirectReplyTo() {}

    public static void main(String[] args) {
        System.out.println(ask(ExampleBroker.uri(args), "hare"));
    }

    static String ask(String uri, String question) {
        try (Connection connection = Amqp.connect(uri);
                Channel server = connection.openChannel();
                Channel client = connection.openChannel()) {
            String requests = server.declareQueue(QueueSpec.temporary()).name();
            server.consume(ConsumeOptions.of(requests), request -> answer(server, request));

            CompletableFuture<String> reply = new CompletableFuture<>();
            client.consume(ConsumeOptions.directReplyTo(), it -> reply.complete(new String(it.body())));
            client.publish(OutboundMessage.toQueue(requests, question.getBytes())
                    .withProperties(BasicProperties.builder()
                            .replyTo(ConsumeOptions.DIRECT_REPLY_TO)
                            .build()));
            return reply.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    private static void answer(Channel channel, Delivery request) {
        String reply = new String(request.body()).toUpperCase();
        channel.send(OutboundMessage.of("", request.properties().replyTo(), reply.getBytes()));
        request.ack();
    }
}
