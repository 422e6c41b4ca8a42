package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.topology.Step.Answer;
import dev.leveret.amqp.topology.Step.Fate;
import dev.leveret.amqp.topology.TopologyPlan.Entry;
import dev.leveret.amqp.topology.TopologyPlan.Presence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What of a topology a broker has. */
final class Survey {

    private final AsyncConnection connection;
    private final Topology topology;
    private final CompletableFuture<RuntimeException> end;

    Survey(AsyncConnection connection, Topology topology, CompletableFuture<RuntimeException> end) {
        this.connection = connection;
        this.topology = topology;
        this.end = end;
    }

    /** By passive declarations alone. */
    CompletableFuture<TopologyPlan> look() {
        return lookUp().thenApply(this::plan);
    }

    /** By declaring again what is there. */
    CompletableFuture<TopologyPlan> compare() {
        return lookUp().thenCompose(found -> {
            List<Step> declarations = new ArrayList<>();
            topology.exchanges().forEach(it -> {
                TopologyEntity entity = new TopologyEntity.Exchange(it);
                if (isPresent(found, entity)) {
                    declarations.add(new Step(entity, channel -> channel.declareExchange(it)));
                }
            });
            topology.queues().forEach(it -> {
                TopologyEntity entity = queue(it);
                if (isPresent(found, entity)) {
                    declarations.add(new Step(entity, channel -> channel.declareQueue(it)));
                }
            });
            return run(declarations).thenApply(answers -> {
                answers.forEach(it -> found.put(it.entity(), compared(it)));
                return plan(found);
            });
        });
    }

    private CompletableFuture<Map<TopologyEntity, Entry>> lookUp() {
        List<Step> looks = new ArrayList<>();
        topology.exchanges()
                .forEach(it -> looks.add(new Step(
                        new TopologyEntity.Exchange(it), channel -> channel.declareExchangePassive(it.name()))));
        topology.queues()
                .forEach(it -> looks.add(new Step(queue(it), channel -> channel.declareQueuePassive(it.name()))));
        return run(looks).thenApply(answers -> {
            Map<TopologyEntity, Entry> found = new LinkedHashMap<>();
            answers.forEach(it -> found.put(it.entity(), lookedUp(it)));
            return found;
        });
    }

    private CompletableFuture<List<Answer>> run(List<Step> steps) {
        return StepRun.of(connection, ChannelPurpose.INSPECT, steps, end);
    }

    private static TopologyEntity queue(QueueSpec spec) {
        return new TopologyEntity.Queue(spec, spec.name());
    }

    private static boolean isPresent(Map<TopologyEntity, Entry> found, TopologyEntity entity) {
        Entry entry = found.get(entity);
        return entry != null && entry.presence() == Presence.PRESENT;
    }

    private static Entry lookedUp(Answer answer) {
        if (answer.fate() == Fate.DONE) {
            return new Entry(answer.entity(), Presence.PRESENT, "");
        }
        Presence presence = isRefusal(answer, ChannelClosure.NOT_FOUND) ? Presence.MISSING : Presence.UNKNOWN;
        return new Entry(answer.entity(), presence, presence == Presence.MISSING ? "" : text(answer.reason()));
    }

    private static Entry compared(Answer answer) {
        if (answer.fate() == Fate.DONE) {
            return new Entry(answer.entity(), Presence.EQUAL, "");
        }
        if (answer.reason() instanceof IllegalArgumentException
                || isRefusal(answer, ChannelClosure.PRECONDITION_FAILED)) {
            return new Entry(
                    answer.entity(),
                    Presence.DIFFERENT,
                    Difference.describe(answer.reason().getMessage()));
        }
        return new Entry(answer.entity(), Presence.PRESENT, text(answer.reason()));
    }

    private static boolean isRefusal(Answer answer, ChannelClosure kind) {
        return answer.cause() instanceof ChannelClosedException closed && ChannelClosure.of(closed) == kind;
    }

    private static String text(RuntimeException cause) {
        String message = cause.getMessage();
        return message == null ? cause.toString() : message;
    }

    private TopologyPlan plan(Map<TopologyEntity, Entry> found) {
        List<Entry> entries = new ArrayList<>(found.values());
        Set<String> missingExchanges = new HashSet<>();
        Set<String> missingQueues = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.presence() == Presence.MISSING && entry.entity() instanceof TopologyEntity.Exchange exchange) {
                missingExchanges.add(exchange.spec().name());
            } else if (entry.presence() == Presence.MISSING && entry.entity() instanceof TopologyEntity.Queue queue) {
                missingQueues.add(queue.name());
            }
        }
        for (BindingSpec binding : topology.bindings()) {
            boolean toQueue = binding.destinationType() == BindingSpec.DestinationType.QUEUE;
            Set<String> missing = toQueue ? missingQueues : missingExchanges;
            @Nullable
            String absent = missing.contains(binding.destination())
                    ? (toQueue ? "the queue" : "the exchange")
                    : missingExchanges.contains(binding.source()) ? "its source" : null;
            entries.add(new Entry(
                    new TopologyEntity.Binding(binding),
                    absent == null ? Presence.UNKNOWN : Presence.MISSING,
                    absent == null ? "AMQP cannot tell" : absent + " is missing"));
        }
        return new TopologyPlan(entries);
    }
}
