package dev.leveret.amqp.api;

import dev.leveret.amqp.api.TopologyProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What RabbitMQ makes of a topology. */
final class TopologyRules {

    /** The names beginning with {@code amq.} under which a virtual host has exchanges from the beginning. */
    private static final Set<String> PREDECLARED = Set.of(
            "amq.direct",
            "amq.fanout",
            "amq.headers",
            "amq.match",
            "amq.rabbitmq.event",
            "amq.rabbitmq.log",
            "amq.rabbitmq.trace",
            "amq.topic");

    private TopologyRules() {}

    /** @param version {@code null}: what every version has against it */
    static List<TopologyProblem> problems(Topology topology, @Nullable BrokerVersion version) {
        List<TopologyProblem> problems = new ArrayList<>();
        for (ExchangeSpec exchange : topology.exchanges()) {
            TopologyEntity entity = new TopologyEntity.Exchange(exchange);
            if (exchange.name().isEmpty()) {
                problems.add(
                        new TopologyProblem(entity, Kind.REFUSED, "is the default exchange, which is the broker's"));
            } else if (exchange.name().startsWith("amq.") && !PREDECLARED.contains(exchange.name())) {
                problems.add(reserved(entity));
            }
            if (version != null && exchange.type().equals("x-local-random") && version.isBefore(4, 0)) {
                problems.add(new TopologyProblem(
                        entity, Kind.REFUSED, "is of type x-local-random, which RabbitMQ has from 4.0 on"));
            }
        }
        for (QueueSpec queue : topology.queues()) {
            TopologyEntity entity = new TopologyEntity.Queue(queue, queue.name());
            if (queue.name().startsWith("amq.")) {
                problems.add(reserved(entity));
            }
            QueueRules.everywhere(queue).forEach(it -> problems.add(new TopologyProblem(entity, Kind.REFUSED, it)));
            if (version != null) {
                QueueRules.on(version, queue, (kind, text) -> problems.add(new TopologyProblem(entity, kind, text)));
            }
        }
        for (BindingSpec binding : topology.bindings()) {
            boolean exchange = binding.destinationType() == BindingSpec.DestinationType.EXCHANGE;
            if (binding.source().isEmpty() || exchange && binding.destination().isEmpty()) {
                problems.add(new TopologyProblem(
                        new TopologyEntity.Binding(binding),
                        Kind.REFUSED,
                        "is one of the default exchange, which takes none"));
            }
        }
        return List.copyOf(problems);
    }

    private static TopologyProblem reserved(TopologyEntity entity) {
        return new TopologyProblem(
                entity, Kind.REFUSED, "has a name that begins with 'amq.', which the broker keeps for itself (403)");
    }
}
