package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.amqp.machine.Deadlines;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has declared and has to declare again when it was lost.
 *
 * <p>Told of successes only. It forgets what is gone: what was deleted, what the broker deletes along with it, what the
 * broker deletes on its own when nobody uses it any more. Where others could keep something alive that this connection no
 * longer uses, it is forgotten all the same: it is theirs then. So nothing is brought back to life that a broker without a
 * failure would not have, and short-lived queues leave nothing behind.
 *
 * <p>A loss of the connection is not told: consumers count as started until they are said to have ended, and exclusive
 * queues are there to be declared again.
 */
public final class TopologyRecorder {

    private final Deadlines deadlines;
    private final Map<String, ExchangeSpec> exchanges = new LinkedHashMap<>();
    private final LinkedHashSet<RecordedQueue> queues = new LinkedHashSet<>();
    /** By the present name. */
    private final Map<String, RecordedQueue> queuesByName = new HashMap<>();

    private final Map<String, RecordedQueue> queuesByFormerName = new HashMap<>();
    private final RecordedBindings bindings = new RecordedBindings();
    /** To the present names of their queues, recorded or not. */
    private final Map<Object, String> consumers = new HashMap<>();

    private final Map<String, Set<Object>> consumersByQueue = new HashMap<>();
    /** The queues with an {@code x-expires} and without a consumer, that to expire next first. */
    private final TreeSet<RecordedQueue> unused = new TreeSet<>(RecordedQueue::compareExpiry);

    private long sequence;

    /** @param deadlines tell the time, nothing more */
    public TopologyRecorder(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    // ---- what has happened ------------------------------------------------------------------------------------------

    /** {@code exchange.declare}, not a passive one. What was known of an exchange of this name is replaced. */
    public void exchangeDeclared(ExchangeSpec spec) {
        forgetExpired();
        exchanges.put(spec.name(), spec);
    }

    /** {@code exchange.delete}, or the broker says that there is no such exchange. */
    public void exchangeDeleted(String name) {
        forgetExpired();
        forgetExchanges(List.of(name));
    }

    /**
     * {@code queue.declare}, not a passive one. What was known of a queue of this name is replaced, but for its bindings and
     * consumers.
     *
     * @param asAsked without a name if the broker made that up
     * @param actualName as the broker has answered
     */
    public void queueDeclared(QueueSpec asAsked, String actualName) {
        forgetExpired();
        RecordedQueue namedSoBefore = queuesByFormerName.remove(actualName);
        if (namedSoBefore != null) {
            namedSoBefore.formerNames.remove(actualName);
        }
        RecordedQueue queue = queuesByName.get(actualName);
        if (queue == null) {
            queue = new RecordedQueue(sequence++, asAsked, actualName);
            queues.add(queue);
            queuesByName.put(actualName, queue);
            queue.used(deadlines.now());
        } else {
            unused.remove(queue);
            boolean counted = queue.expires();
            queue.spec = asAsked;
            if (queue.isUsedByDeclaring() || !counted) {
                queue.used(deadlines.now());
            } else {
                queue.count();
            }
        }
        watch(queue);
    }

    /** {@code queue.delete}. */
    public void queueDeleted(String name) {
        forgetExpired();
        forgetQueue(currentName(name));
    }

    /** The broker says that there is no such queue: somebody else has deleted it, or it has expired. */
    public void queueGone(String name) {
        queueDeleted(name);
    }

    /** {@code basic.get}, also an empty one: it keeps a queue from expiring. */
    public void queueUsed(String name) {
        forgetExpired();
        RecordedQueue queue = queuesByName.get(currentName(name));
        if (queue != null) {
            used(queue);
        }
    }

    /** A passive {@code queue.declare}: it keeps a classic queue from expiring, but no quorum queue. */
    public void queueLookedUp(String name) {
        forgetExpired();
        RecordedQueue queue = queuesByName.get(currentName(name));
        if (queue != null && queue.isUsedByDeclaring()) {
            used(queue);
        }
    }

    /** {@code queue.bind} or {@code exchange.bind}; a queue's name is never empty here. */
    public void bound(BindingSpec spec) {
        forgetExpired();
        bindings.add(current(spec));
    }

    /** {@code queue.unbind} or {@code exchange.unbind}. */
    public void unbound(BindingSpec spec) {
        forgetExpired();
        if (bindings.remove(current(spec))) {
            forgetUnboundSources(List.of(spec.source()));
        }
    }

    /**
     * {@code basic.consume}. Started again after a recovery, it is still the same consumer.
     *
     * @param consumer anything that stands for the consumer, by {@code equals}
     */
    public void consumerStarted(Object consumer, String queue) {
        forgetExpired();
        String name = currentName(queue);
        String before = consumers.put(consumer, name);
        if (before != null && !before.equals(name)) {
            dropConsumer(consumer, before);
        }
        consumersByQueue.computeIfAbsent(name, it -> new HashSet<>()).add(consumer);
        RecordedQueue recorded = queuesByName.get(name);
        if (recorded != null) {
            unused.remove(recorded);
        }
    }

    /**
     * The consumer is no more: cancelled by either side, or its channel was closed. Of one whose queue was deleted, or that
     * was never started, it need not be told.
     */
    public void consumerEnded(Object consumer) {
        forgetExpired();
        String name = consumers.remove(consumer);
        if (name != null) {
            dropConsumer(consumer, name);
        }
    }

    /**
     * A queue whose name the broker makes up was declared again and has another name. Its bindings and consumers follow,
     * and it is found by its former names.
     */
    public void renamed(String oldName, String newName) {
        String from = currentName(oldName);
        RecordedQueue queue = queuesByName.get(from);
        if (queue == null || from.equals(newName)) {
            return;
        }
        unused.remove(queue);
        forgetQueue(newName);
        queuesByName.remove(from);
        queuesByName.put(newName, queue);
        RecordedQueue namedSoBefore = queuesByFormerName.remove(newName);
        if (namedSoBefore != null) {
            namedSoBefore.formerNames.remove(newName);
        }
        queuesByFormerName.put(from, queue);
        String forgotten = queue.rename(newName);
        if (forgotten != null) {
            queuesByFormerName.remove(forgotten);
        }
        bindings.queueRenamed(from, newName);
        Set<Object> following = consumersByQueue.remove(from);
        if (following != null) {
            consumersByQueue.put(newName, following);
            following.forEach(it -> consumers.put(it, newName));
        }
        queue.used(deadlines.now());
        watch(queue);
    }

    // ---- what there is ----------------------------------------------------------------------------------------------

    /**
     * What to restore, in this order: exchanges, queues, bindings of exchanges, bindings of queues; among each other as they
     * were first declared.
     */
    public List<TopologyEntity> entities() {
        forgetExpired();
        List<TopologyEntity> all = new ArrayList<>(size());
        exchanges.values().forEach(it -> all.add(new TopologyEntity.Exchange(it)));
        queues.forEach(it -> all.add(new TopologyEntity.Queue(it.spec, it.name)));
        bindings.inOrder(DestinationType.EXCHANGE).forEach(it -> all.add(new TopologyEntity.Binding(it)));
        bindings.inOrder(DestinationType.QUEUE).forEach(it -> all.add(new TopologyEntity.Binding(it)));
        return all;
    }

    /** How many entities there are. */
    public int size() {
        forgetExpired();
        return exchanges.size() + queues.size() + bindings.size();
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    /** How a queue was declared, by any name it has had; empty if it is not recorded. */
    public Optional<QueueSpec> specOf(String queue) {
        RecordedQueue found = queuesByName.get(currentName(queue));
        return found == null ? Optional.empty() : Optional.of(found.spec);
    }

    /** What the broker calls a queue now that has had this name; the name itself if nothing else is known. */
    public String currentName(String anyNameItHasHad) {
        RecordedQueue renamed = queuesByFormerName.get(anyNameItHasHad);
        return renamed == null ? anyNameItHasHad : renamed.name;
    }

    /** What the queue of a consumer is called now; {@code null} if the consumer is none. */
    public @Nullable String queueOf(Object consumer) {
        return consumers.get(consumer);
    }

    /** How many objects are kept, to see that none is left behind. */
    int retained() {
        int consumed = consumersByQueue.values().stream().mapToInt(Set::size).sum();
        return exchanges.size()
                + queues.size()
                + queuesByName.size()
                + queuesByFormerName.size()
                + queues.stream().mapToInt(it -> it.formerNames.size()).sum()
                + bindings.retained()
                + consumers.size()
                + consumersByQueue.size()
                + consumed
                + unused.size();
    }

    // ---- what is gone -----------------------------------------------------------------------------------------------

    private void forgetExpired() {
        long now = deadlines.now();
        while (!unused.isEmpty() && unused.first().expiresAt - now <= 0) {
            forgetQueue(unused.first().name);
        }
    }

    private void forgetQueue(String name) {
        RecordedQueue queue = queuesByName.remove(name);
        if (queue != null) {
            queues.remove(queue);
            unused.remove(queue);
            queue.formerNames.forEach(queuesByFormerName::remove);
        }
        Set<Object> ended = consumersByQueue.remove(name);
        if (ended != null) {
            consumers.keySet().removeAll(ended);
        }
        forgetUnboundSources(bindings.removeTo(DestinationType.QUEUE, name));
    }

    /** Exchanges from which a binding was removed: one that deletes itself goes with the last. */
    private void forgetUnboundSources(Collection<String> sources) {
        forgetExchanges(sources.stream().filter(this::hasDeletedItself).toList());
    }

    private void forgetExchanges(Collection<String> names) {
        // A chain of exchanges may be as long as its maker likes, so that this does not recurse.
        Deque<String> gone = new ArrayDeque<>(names);
        for (String name = gone.poll(); name != null; name = gone.poll()) {
            exchanges.remove(name);
            bindings.removeFrom(name);
            bindings.removeTo(DestinationType.EXCHANGE, name).stream()
                    .filter(this::hasDeletedItself)
                    .forEach(gone::add);
        }
    }

    private boolean hasDeletedItself(String unboundSource) {
        ExchangeSpec spec = exchanges.get(unboundSource);
        return spec != null && spec.autoDelete() && !bindings.hasFrom(unboundSource);
    }

    private void dropConsumer(Object consumer, String queue) {
        Set<Object> others = consumersByQueue.get(queue);
        if (others == null || !others.remove(consumer) || !others.isEmpty()) {
            return;
        }
        consumersByQueue.remove(queue);
        RecordedQueue recorded = queuesByName.get(queue);
        if (recorded != null && recorded.spec.autoDelete()) {
            forgetQueue(queue);
        } else if (recorded != null) {
            used(recorded);
        }
    }

    private void used(RecordedQueue queue) {
        unused.remove(queue);
        queue.used(deadlines.now());
        watch(queue);
    }

    private void watch(RecordedQueue queue) {
        if (queue.expires() && !consumersByQueue.containsKey(queue.name)) {
            unused.add(queue);
        }
    }

    private BindingSpec current(BindingSpec spec) {
        if (spec.destinationType() == DestinationType.EXCHANGE) {
            return spec;
        }
        String name = currentName(spec.destination());
        return name.equals(spec.destination())
                ? spec
                : new BindingSpec(spec.source(), DestinationType.QUEUE, name, spec.routingKey(), spec.arguments());
    }
}
