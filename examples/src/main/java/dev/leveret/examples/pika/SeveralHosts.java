package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionOptions;
import java.time.Duration;
import java.util.List;

/** Tries several nodes of a cluster, all of them up to five times, until one takes the connection. */
public final class SeveralHosts {

    private SeveralHosts() {}

    public static void main(String[] args) {
        System.out.println(connect(List.of("amqp://localhost:5699", ExampleBroker.uri(args))));
    }

    static String connect(List<String> uris) {
        ConnectionOptions options = AmqpUri.parse(uris)
                .connectAttempts(5)
                .retryDelay(Duration.ofSeconds(1))
                .build();
        try (Connection connection = Amqp.connect(options)) {
            return "connected to " + connection.serverInfo().product();
        }
    }
}
