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
}
