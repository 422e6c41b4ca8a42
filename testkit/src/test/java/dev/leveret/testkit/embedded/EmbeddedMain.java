package dev.leveret.testkit.embedded;

import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Brokers;
import dev.leveret.testkit.probe.AmqpAddress;
import dev.leveret.testkit.probe.BrokerProbe;
import java.time.Duration;

/** A program that uses the shared broker and returns from {@code main} without closing anything. */
public final class EmbeddedMain {

    private EmbeddedMain() {}

    public static void main(String[] arguments) throws Exception {
        Broker broker = Brokers.any();
        BrokerProbe.ask(AmqpAddress.of(broker.uri()), Duration.ofSeconds(10));
        System.out.println("using " + broker.description());
    }
}
