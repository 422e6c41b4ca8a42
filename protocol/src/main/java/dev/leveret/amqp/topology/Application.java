package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.api.TopologyProblem;
import dev.leveret.amqp.topology.Step.Answer;
import dev.leveret.amqp.topology.TopologyReport.Entry;
import dev.leveret.amqp.topology.TopologyReport.Result;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Declares a topology. */
final class Application {

    private final AsyncConnection connection;
    private final Topology topology;
    private final List<Entry> entries = new ArrayList<>();
    /** What is not there as it should be, by its kind. */
    private final Set<String> failedExchanges = new HashSet<>();

    private final Set<String> failedQueues = new HashSet<>();

    private Application(AsyncConnection connection, Topology topology) {
        this.connection = connection;
        this.topology = topology;
    }

    /** @throws IllegalArgumentException if the broker is known to refuse some of it */
    static Application of(AsyncConnection connection, Topology topology) {
        List<TopologyProblem> refused = topology.problemsOn(connection.serverInfo()).stream()
                .filter(it -> it.kind() == TopologyProblem.Kind.REFUSED)
                .toList();
        if (!refused.isEmpty()) {
            throw new IllegalArgumentException(
                    refused.stream().map(TopologyProblem::toString).collect(Collectors.joining("\n")));
        }
        return new Application(connection, topology);
    }

    CompletableFuture<TopologyReport> run(CompletableFuture<RuntimeException> end) {
        return round(exchanges(), end)
                .thenCompose(done -> round(queues(), end))
                .thenCompose(done -> round(bindings(), end))
                .thenApply(done -> new TopologyReport(entries));
    }

    private CompletableFuture<Application> round(List<Step> steps, CompletableFuture<RuntimeException> end) {
        return StepRun.of(connection, ChannelPurpose.CONSUME, steps, end).thenApply(answers -> {
            answers.forEach(this::add);
            return this;
        });
    }

    private List<Step> exchanges() {
        return topology.exchanges().stream()
                .map(it -> new Step(new TopologyEntity.Exchange(it), channel -> channel.declareExchange(it)))
                .toList();
    }

    private List<Step> queues() {
        return topology.queues().stream()
                .map((QueueSpec it) ->
                        new Step(new TopologyEntity.Queue(it, it.name()), channel -> channel.declareQueue(it)))
                .toList();
    }

    /** Those whose ends are there. */
    private List<Step> bindings() {
        List<Step> steps = new ArrayList<>();
        for (BindingSpec binding : topology.bindings()) {
            TopologyEntity entity = new TopologyEntity.Binding(binding);
            boolean toQueue = binding.destinationType() == DestinationType.QUEUE;
            if ((toQueue ? failedQueues : failedExchanges).contains(binding.destination())) {
                add(entity, Result.LEFT, new IllegalStateException("'" + binding.destination() + "' was not declared"));
            } else if (failedExchanges.contains(binding.source())) {
                add(entity, Result.LEFT, new IllegalStateException("'" + binding.source() + "' was not declared"));
            } else {
                steps.add(new Step(entity, channel -> channel.bind(binding)));
            }
        }
        return steps;
    }

    private void add(Answer answer) {
        switch (answer.fate()) {
            case DONE -> entries.add(new Entry(answer.entity(), Result.DONE, Optional.empty()));
            case REFUSED -> add(answer.entity(), Result.FAILED, answer.reason());
            case UNANSWERED -> add(answer.entity(), Result.UNKNOWN, answer.reason());
            case NOT_ASKED -> add(answer.entity(), Result.LEFT, answer.reason());
        }
    }

    private void add(TopologyEntity entity, Result result, RuntimeException cause) {
        entries.add(new Entry(entity, result, Optional.of(cause)));
        if (entity instanceof TopologyEntity.Exchange exchange) {
            failedExchanges.add(exchange.spec().name());
        } else if (entity instanceof TopologyEntity.Queue queue) {
            failedQueues.add(queue.name());
        }
    }
}
