package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.Topology;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The exchanges of a topology in the order in which they become unused: those that others are bound to come after the others,
 * as a bound exchange takes its binding with it. Those that are bound in a circle come last, together.
 */
final class DeletionOrder {

    private DeletionOrder() {}

    static List<List<ExchangeSpec>> of(Topology topology) {
        Map<String, ExchangeSpec> left = new LinkedHashMap<>();
        topology.exchanges().forEach(it -> left.put(it.name(), it));
        Map<String, Set<String>> sourcesOf = new HashMap<>();
        Map<String, Integer> destinationsOf = new HashMap<>();
        for (BindingSpec binding : topology.bindings()) {
            if (binding.destinationType() == DestinationType.EXCHANGE
                    && left.containsKey(binding.source())
                    && left.containsKey(binding.destination())
                    && sourcesOf
                            .computeIfAbsent(binding.destination(), it -> new HashSet<>())
                            .add(binding.source())) {
                destinationsOf.merge(binding.source(), 1, Integer::sum);
            }
        }
        List<List<ExchangeSpec>> rounds = new ArrayList<>();
        Deque<String> free = new ArrayDeque<>(left.keySet().stream()
                .filter(it -> !destinationsOf.containsKey(it))
                .toList());
        while (!free.isEmpty()) {
            List<ExchangeSpec> round = new ArrayList<>();
            Deque<String> next = new ArrayDeque<>();
            for (String name : free) {
                ExchangeSpec gone = left.remove(name);
                if (gone == null) {
                    continue;
                }
                round.add(gone);
                for (String source : sourcesOf.getOrDefault(name, Set.of())) {
                    if (destinationsOf.merge(source, -1, Integer::sum) == 0) {
                        next.add(source);
                    }
                }
            }
            rounds.add(round);
            free = next;
        }
        if (!left.isEmpty()) {
            rounds.add(List.copyOf(left.values()));
        }
        return rounds;
    }
}
