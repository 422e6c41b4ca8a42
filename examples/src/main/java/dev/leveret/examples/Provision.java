package dev.leveret.examples;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.topology.Provisioning;
import dev.leveret.amqp.topology.TopologyReport;
import java.util.List;

/** The same from Java. */
final class Provision {

    private Provision() {}

    static TopologyReport apply(Connection connection, String name) {
        // topology
        Topology topology = new Topology(
                List.of(ExchangeSpec.topic(name)),
                List.of(QueueSpec.of(name)),
                List.of(BindingSpec.toQueue(name, name, "order.#")));
        TopologyReport report =
                Provisioning.on(connection.async()).apply(topology).join();
        report.requireComplete();
        // end
        return report;
    }
}
