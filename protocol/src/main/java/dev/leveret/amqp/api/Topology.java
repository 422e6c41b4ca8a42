package dev.leveret.amqp.api;

import java.util.List;

/**
 * Exchanges, queues and the bindings between them, declared together: exchanges first, then queues, then bindings.
 *
 * @param exchanges copied
 * @param queues copied
 * @param bindings copied
 */
public record Topology(List<ExchangeSpec> exchanges, List<QueueSpec> queues, List<BindingSpec> bindings) {

    public Topology {
        exchanges = List.copyOf(exchanges);
        queues = List.copyOf(queues);
        bindings = List.copyOf(bindings);
    }

    /**
     * What RabbitMQ 3.10 to 4.3 all refuse of it, known without asking a broker; empty if there is nothing. What depends on
     * what a broker has, on its plug-ins and on permissions is not known here.
     */
    public List<TopologyProblem> problems() {
        return TopologyRules.problems(this, null);
    }

    /**
     * What one version of RabbitMQ refuses of it, deprecates or ignores; with what all refuse. The notes on brokers in the
     * project's documentation say which versions were looked at; others are taken to be as the one before.
     *
     * @param version such as {@code 4.3} or {@code 3.10.8}
     * @throws IllegalArgumentException if that is no version
     */
    public List<TopologyProblem> problemsOn(String version) {
        return TopologyRules.problems(this, BrokerVersion.parse(version));
    }

    /** The same for the broker of a connection; of one that is not RabbitMQ only what RabbitMQ always refuses is known. */
    public List<TopologyProblem> problemsOn(ServerInfo server) {
        return server.product().equals("RabbitMQ") && !server.version().isEmpty()
                ? problemsOn(server.version())
                : problems();
    }
}
