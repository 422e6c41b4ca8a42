package dev.leveret.examples.pika;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Connection;

/** Says everything in the URI. */
public final class UrlParameters {

    private UrlParameters() {}

    public static void main(String[] args) {
        System.out.println(connect(ExampleBroker.uri(args)));
    }

    static String connect(String uri) {
        String options = "?heartbeat=30&connection_attempts=3&retry_delay=0.5&socket_timeout=5&name=url-parameters";
        try (Connection connection = Amqp.connect(uri + options)) {
            return connection.name() + ": " + connection.negotiated();
        }
    }
}
