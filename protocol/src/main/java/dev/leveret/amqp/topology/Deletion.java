package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.ChannelPurpose;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.topology.Step.Answer;
import dev.leveret.amqp.topology.Step.Fate;
import dev.leveret.amqp.topology.TopologyReport.Entry;
import dev.leveret.amqp.topology.TopologyReport.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Deletes what a topology names: bindings between others, then queues, then exchanges. */
final class Deletion {

    private static final String BROKERS_OWN = "amq.";

    private final AsyncConnection connection;
    private final Topology topology;
    private final boolean ifUnused;
    private final boolean ifEmpty;
    private final CompletableFuture<RuntimeException> end;
    private final List<Entry> entries = new ArrayList<>();

    Deletion(
            AsyncConnection connection,
            Topology topology,
            boolean ifUnused,
            boolean ifEmpty,
            CompletableFuture<RuntimeException> end) {
        this.connection = connection;
        this.topology = topology;
        this.ifUnused = ifUnused;
        this.ifEmpty = ifEmpty;
        this.end = end;
    }

    CompletableFuture<TopologyReport> run() {
        CompletableFuture<Deletion> done =
                round(bindings()).thenCompose(it -> lookAtConditions()).thenCompose(this::round);
        for (List<ExchangeSpec> exchanges : DeletionOrder.of(topology)) {
            done = done.thenCompose(it -> round(exchanges.stream()
                    .filter(exchange -> isOurs(new TopologyEntity.Exchange(exchange), exchange.name()))
                    .map(exchange -> new Step(
                            new TopologyEntity.Exchange(exchange),
                            channel -> channel.deleteExchange(exchange.name(), ifUnused)))
                    .toList()));
        }
        return done.thenApply(it -> new TopologyReport(entries));
    }

    private boolean isOurs(TopologyEntity entity, String name) {
        boolean ours = !name.startsWith(BROKERS_OWN) && !name.isEmpty();
        if (!ours) {
            add(entity, Result.LEFT, new IllegalStateException("it is the broker's own"));
        }
        return ours;
    }

    /** Bindings of queues and exchanges that are going to be deleted go with them. */
    private List<Step> bindings() {
        Set<String> exchanges =
                topology.exchanges().stream().map(ExchangeSpec::name).collect(Collectors.toSet());
        Set<String> queues = topology.queues().stream().map(QueueSpec::name).collect(Collectors.toSet());
        return topology.bindings().stream()
                .filter(it -> !exchanges.contains(it.source())
                        && !(it.destinationType() == DestinationType.QUEUE ? queues : exchanges)
                                .contains(it.destination()))
                .map((BindingSpec it) -> new Step(new TopologyEntity.Binding(it), channel -> channel.unbind(it)))
                .toList();
    }

    /** Which queues to delete. */
    private CompletableFuture<List<Step>> lookAtConditions() {
        List<Step> deletions = new ArrayList<>();
        List<Step> looks = new ArrayList<>();
        for (QueueSpec queue : topology.queues()) {
            TopologyEntity entity = new TopologyEntity.Queue(queue, queue.name());
            if (!isOurs(entity, queue.name())) {
                continue;
            }
            if (!ifUnused && !ifEmpty || "classic".equals(queue.arguments().get("x-queue-type"))) {
                deletions.add(deletion(entity, queue.name(), ifUnused, ifEmpty));
            } else {
                // RabbitMQ closes the connection over a condition for a quorum queue or a stream (540).
                looks.add(new Step(entity, channel -> channel.declareQueuePassive(queue.name())));
            }
        }
        return StepRun.of(connection, ChannelPurpose.INSPECT, looks, end).thenApply(answers -> {
            for (Answer answer : answers) {
                if (answer.value() instanceof QueueInfo info) {
                    deleteUnless(answer.entity(), info, deletions);
                } else {
                    add(answer);
                }
            }
            return deletions;
        });
    }

    private void deleteUnless(TopologyEntity entity, QueueInfo info, List<Step> deletions) {
        if (ifUnused && info.consumerCount() > 0) {
            add(entity, Result.FAILED, new IllegalStateException("it has " + info.consumerCount() + " consumers"));
        } else if (ifEmpty && info.messageCount() > 0) {
            add(entity, Result.FAILED, new IllegalStateException("it has " + info.messageCount() + " messages"));
        } else {
            deletions.add(deletion(entity, info.name(), false, false));
        }
    }

    private static Step deletion(TopologyEntity entity, String name, boolean ifUnused, boolean ifEmpty) {
        return new Step(entity, (AsyncChannel channel) -> channel.deleteQueue(name, ifUnused, ifEmpty));
    }

    private CompletableFuture<Deletion> round(List<Step> steps) {
        return StepRun.of(connection, ChannelPurpose.CONSUME, steps, end).thenApply(answers -> {
            answers.forEach(this::add);
            return this;
        });
    }

    private void add(Answer answer) {
        if (answer.fate() == Fate.DONE || isGone(answer)) {
            entries.add(new Entry(answer.entity(), Result.DONE, Optional.empty()));
            return;
        }
        Result result = switch (answer.fate()) {
            case REFUSED -> Result.FAILED;
            case NOT_ASKED -> Result.LEFT;
            default -> Result.UNKNOWN;
        };
        add(answer.entity(), result, answer.reason());
    }

    private void add(TopologyEntity entity, Result result, RuntimeException cause) {
        entries.add(new Entry(entity, result, Optional.of(cause)));
    }

    /** Who wants to delete it is content that it is not there. */
    private static boolean isGone(Answer answer) {
        return answer.cause() instanceof ChannelClosedException closed
                && ChannelClosure.of(closed) == ChannelClosure.NOT_FOUND;
    }
}
