package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.EntityOutcome.Result;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.ConnectionMachine;
import dev.leveret.amqp.machine.Deadlines;
import dev.leveret.amqp.wire.Method;
import dev.leveret.amqp.wire.QueueMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings back on a new TCP connection what the one before had: exchanges, queues, bindings, then channels with their
 * consumers. What the broker refuses for now is tried again afterwards, alone and less and less often.
 *
 * <p>If the connection ends, nothing more is told: the next one begins anew.
 */
public final class Restoration {

    /** Is told what happens. */
    public interface Listener {

        /** The broker has made up another name for a queue. */
        void onRenamed(String oldName, String newName);

        /** Everything has been tried once. */
        void onDone(List<EntityOutcome> outcomes);

        /** What was {@link Result#RETRYING} has come to its end. */
        void onRetried(EntityOutcome outcome);
    }

    private final ConnectionMachine connection;
    private final Deadlines deadlines;
    private final TopologyRecorder recorder;
    private final List<? extends RecoverableChannel> channels;
    private final Predicate<? super TopologyEntity> wanted;
    private final Duration retryingFor;
    private final Duration patience;
    private final Listener listener;

    private final List<EntityOutcome> outcomes = new ArrayList<>();
    /** The queues that are not there, and why: their consumers need not ask. */
    private final Map<String, RuntimeException> missingQueues = new HashMap<>();
    /** What is tried again. */
    private final Set<TopologyEntity> retrying = new LinkedHashSet<>();

    private final List<ConsumerRetry> consumerRetries = new ArrayList<>();
    private final RetryPauses pauses = new RetryPauses();
    private long retryUntil;
    private int channelsLeft;
    private boolean reported;
    private boolean stopped;
    private Deadlines.@Nullable Deadline nextPass;

    /**
     * @param recorder what was declared; is told new names
     * @param channels those that have not ended
     * @param wanted what to restore; does not throw
     * @param retryingFor how long to try again what was refused
     * @param patience how long to wait for an answer
     */
    public Restoration(
            ConnectionMachine connection,
            Deadlines deadlines,
            TopologyRecorder recorder,
            List<? extends RecoverableChannel> channels,
            Predicate<? super TopologyEntity> wanted,
            Duration retryingFor,
            Duration patience,
            Listener listener) {
        this.connection = connection;
        this.deadlines = deadlines;
        this.recorder = recorder;
        this.channels = List.copyOf(channels);
        this.wanted = wanted;
        this.retryingFor = retryingFor;
        this.patience = patience;
        this.listener = listener;
    }

    public void start() {
        declare(wantedOf(it -> !(it instanceof TopologyEntity.Binding)), new First() {
            @Override
            public void onDone() {
                // Now, as queues may have other names by now.
                bind();
            }
        });
    }

    /** Declares something for the first time; afterwards there are numbers for the next step, or for all channels. */
    private void declare(List<TopologyEntity> entities, First first) {
        Declarations.declare(connection, deadlines, patience, entities, Math.max(1, channels.size()), first);
    }

    /** The connection has ended, or is being closed: what is not restored yet will not be. */
    public void stop() {
        stopped = true;
        if (nextPass != null) {
            nextPass.cancel();
        }
        consumerRetries.forEach(ConsumerRetry::stop);
    }

    private void bind() {
        declare(wantedOf(TopologyEntity.Binding.class::isInstance), new First() {
            @Override
            public void onDone() {
                openChannels();
            }
        });
    }

    private List<TopologyEntity> wantedOf(Predicate<TopologyEntity> kind) {
        List<TopologyEntity> chosen = new ArrayList<>();
        recorder.entities().stream().filter(kind).forEach(entity -> {
            if (wanted.test(entity)) {
                chosen.add(entity);
            } else {
                outcomes.add(EntityOutcome.skipped(entity));
            }
        });
        return chosen;
    }

    // ---- exchanges, queues, bindings ------------------------------------------------------------------------------

    private abstract class First implements Declarations.Listener {

        @Override
        public void onDeclared(TopologyEntity entity, Method reply) {
            outcomes.add(declared(entity, reply));
        }

        @Override
        public void onRefused(TopologyEntity entity, RuntimeException cause) {
            boolean mayPass = Refusals.mayPass(entity, cause);
            if (entity instanceof TopologyEntity.Queue queue && mayPass) {
                // One that is there but different, or that only others may declare, can be consumed from.
                missingQueues.put(queue.name(), cause);
            }
            if (mayPass && !retryingFor.isZero()) {
                retrying.add(entity);
                outcomes.add(EntityOutcome.retrying(entity, cause));
            } else {
                outcomes.add(EntityOutcome.failed(entity, cause));
            }
        }
    }

    private EntityOutcome declared(TopologyEntity entity, Method reply) {
        if (entity instanceof TopologyEntity.Queue queue) {
            missingQueues.remove(queue.name());
            String name = ((QueueMethod.DeclareOk) reply).queue();
            if (!name.equals(queue.name())) {
                recorder.renamed(queue.name(), name);
                renameRetried(queue.name(), name);
                listener.onRenamed(queue.name(), name);
                return EntityOutcome.renamed(entity, name);
            }
        }
        return EntityOutcome.restored(entity);
    }

    /** Bindings that are tried again are to the queue by its new name. */
    private void renameRetried(String oldName, String newName) {
        for (TopologyEntity entity : List.copyOf(retrying)) {
            if (entity instanceof TopologyEntity.Binding binding
                    && binding.spec().destinationType() == BindingSpec.DestinationType.QUEUE
                    && binding.spec().destination().equals(oldName)) {
                BindingSpec old = binding.spec();
                retrying.remove(entity);
                retrying.add(new TopologyEntity.Binding(new BindingSpec(
                        old.source(), old.destinationType(), newName, old.routingKey(), old.arguments())));
            }
        }
    }

    // ---- channels and consumers -----------------------------------------------------------------------------------

    private void openChannels() {
        channelsLeft = channels.size();
        if (channelsLeft == 0) {
            done();
        }
        channels.forEach(channel -> {
            Set<RecoverableConsumer> chosen = chosenConsumers(channel);
            ChannelRestore.start(
                    connection, deadlines, patience, channel, chosen::contains, new ChannelRestore.Listener() {
                        @Override
                        public void onOutcome(EntityOutcome outcome) {
                            outcomes.add(outcome);
                        }

                        @Override
                        public void onRefused(
                                RecoverableConsumer consumer, TopologyEntity.Consumer entity, RuntimeException cause) {
                            refused(channel, consumer, entity, cause);
                        }

                        @Override
                        public void onLate(TopologyEntity.Consumer entity) {
                            retried(EntityOutcome.restored(entity));
                        }

                        @Override
                        public void onLateRefused(RecoverableConsumer consumer) {
                            ConsumerRetry retry = retry(channel, consumer);
                            consumerRetries.add(retry);
                            retry.later();
                        }

                        @Override
                        public void onDone() {
                            channelsLeft--;
                            if (channelsLeft == 0) {
                                done();
                            }
                        }
                    });
        });
    }

    /** Those that are worth asking for. */
    private Set<RecoverableConsumer> chosenConsumers(RecoverableChannel channel) {
        Set<RecoverableConsumer> chosen = new HashSet<>();
        for (RecoverableConsumer consumer : List.copyOf(channel.consumers())) {
            TopologyEntity.Consumer entity =
                    new TopologyEntity.Consumer(channel.number(), consumer.consumerTag(), consumer.queue());
            RuntimeException missing = missingQueues.get(consumer.queue());
            if (!wanted.test(entity)) {
                outcomes.add(EntityOutcome.skipped(entity));
                consumer.onNotRestored(new IllegalStateException(
                        entity.describe() + " is not wanted after a recovery: see RecoveryOptions.withRestoring"));
            } else if (missing != null) {
                refused(channel, consumer, entity, missing);
            } else {
                chosen.add(consumer);
            }
        }
        return chosen;
    }

    private void refused(
            RecoverableChannel channel,
            RecoverableConsumer consumer,
            TopologyEntity.Consumer entity,
            RuntimeException cause) {
        if (!Refusals.mayPass(entity, cause) || retryingFor.isZero()) {
            outcomes.add(EntityOutcome.failed(entity, cause));
            consumer.onNotRestored(cause);
            return;
        }
        outcomes.add(EntityOutcome.retrying(entity, cause));
        consumerRetries.add(retry(channel, consumer));
    }

    private ConsumerRetry retry(RecoverableChannel channel, RecoverableConsumer consumer) {
        return new ConsumerRetry(
                connection, deadlines, channel, consumer, false, retryingFor, patience, new ConsumerRetry.Listener() {
                    @Override
                    public void onRestored(TopologyEntity.Consumer restored) {
                        retried(EntityOutcome.restored(restored));
                    }

                    @Override
                    public void onGivenUp(TopologyEntity.Consumer failed, RuntimeException last) {
                        retried(EntityOutcome.failed(failed, last));
                    }
                });
    }

    /** What comes to its end before everything has been tried once is told with that. */
    private void retried(EntityOutcome outcome) {
        if (reported) {
            listener.onRetried(outcome);
        } else {
            outcomes.replaceAll(it -> it.entity().equals(outcome.entity()) ? outcome : it);
        }
    }

    private void done() {
        if (stopped) {
            return;
        }
        retryUntil = deadlines.now() + TimeUnit.NANOSECONDS.convert(retryingFor);
        reported = true;
        listener.onDone(List.copyOf(outcomes));
        scheduleNextPass();
        consumerRetries.forEach(ConsumerRetry::later);
    }

    // ---- once more ------------------------------------------------------------------------------------------------

    private void scheduleNextPass() {
        if (retrying.isEmpty() || stopped) {
            return;
        }
        nextPass = deadlines.after(pauses.next(), this::pass);
    }

    private void pass() {
        // What has been deleted meanwhile is not declared again.
        retrying.retainAll(recorder.entities());
        // Bindings afterwards, as queues may have other names by then.
        declareAgain(
                it -> !(it instanceof TopologyEntity.Binding),
                () -> declareAgain(TopologyEntity.Binding.class::isInstance, this::scheduleNextPass));
    }

    private void declareAgain(Predicate<TopologyEntity> kind, Runnable afterwards) {
        List<TopologyEntity> entities = retrying.stream().filter(kind).toList();
        Declarations.declare(connection, deadlines, patience, entities, 0, new Declarations.Listener() {
            @Override
            public void onDeclared(TopologyEntity entity, Method reply) {
                retrying.remove(entity);
                listener.onRetried(declared(entity, reply));
            }

            @Override
            public void onRefused(TopologyEntity entity, RuntimeException cause) {
                if (!Refusals.mayPass(entity, cause) || deadlines.now() - retryUntil >= 0) {
                    retrying.remove(entity);
                    listener.onRetried(EntityOutcome.failed(entity, cause));
                }
            }

            @Override
            public void onDone() {
                afterwards.run();
            }
        });
    }
}
