package dev.leveret.examples.jms;

import dev.leveret.testkit.Brokers;

/** The broker of an example: its first argument, or else one that is found, or started, on this machine. */
final class ExampleBroker {

    private ExampleBroker() {}

    static String uri(String[] args) {
        return args.length > 0 ? args[0] : Brokers.any().uri().toString();
    }

    /** One with selectors on queues. */
    static String rabbitMqUri(String[] args) {
        return args.length > 0 ? args[0] : Brokers.rabbitMq().uri().toString();
    }
}
