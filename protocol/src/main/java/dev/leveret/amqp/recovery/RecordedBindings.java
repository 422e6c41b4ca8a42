package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.BindingSpec.DestinationType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The bindings of a {@link TopologyRecorder}, in the order in which they were made, found by either end. */
final class RecordedBindings {

    private static final class Entry {
        BindingKey key;
        BindingSpec spec;

        Entry(BindingKey key, BindingSpec spec) {
            this.key = key;
            this.spec = spec;
        }
    }

    private record Destination(DestinationType type, String name) {}

    private final LinkedHashSet<Entry> inOrder = new LinkedHashSet<>();
    private final Map<BindingKey, Entry> byKey = new HashMap<>();
    private final Map<String, Set<Entry>> bySource = new HashMap<>();
    private final Map<Destination, Set<Entry>> byDestination = new HashMap<>();

    void add(BindingSpec spec) {
        BindingKey key = BindingKey.of(spec);
        Entry entry = byKey.get(key);
        if (entry != null) {
            entry.spec = spec;
            return;
        }
        entry = new Entry(key, spec);
        inOrder.add(entry);
        byKey.put(key, entry);
        bySource.computeIfAbsent(spec.source(), it -> new LinkedHashSet<>()).add(entry);
        byDestination
                .computeIfAbsent(destination(spec), it -> new LinkedHashSet<>())
                .add(entry);
    }

    /** Whether there was such a binding. */
    boolean remove(BindingSpec spec) {
        Entry entry = byKey.get(BindingKey.of(spec));
        if (entry != null) {
            remove(entry);
        }
        return entry != null;
    }

    void removeFrom(String source) {
        List.copyOf(bySource.getOrDefault(source, Set.of())).forEach(this::remove);
    }

    /** Removes those that lead to something; returns the exchanges that they came from. */
    Set<String> removeTo(DestinationType type, String name) {
        Set<String> sources = new LinkedHashSet<>();
        for (Entry entry : List.copyOf(byDestination.getOrDefault(new Destination(type, name), Set.of()))) {
            remove(entry);
            sources.add(entry.spec.source());
        }
        return sources;
    }

    boolean hasFrom(String source) {
        return bySource.containsKey(source);
    }

    /** Those that lead to a queue lead to another one from now on, and keep their places in the order. */
    void queueRenamed(String oldName, String newName) {
        Set<Entry> moved = byDestination.remove(new Destination(DestinationType.QUEUE, oldName));
        if (moved == null) {
            return;
        }
        for (Entry entry : moved) {
            byKey.remove(entry.key);
            BindingSpec was = entry.spec;
            entry.spec =
                    new BindingSpec(was.source(), was.destinationType(), newName, was.routingKey(), was.arguments());
            entry.key = BindingKey.of(entry.spec);
            Entry same = byKey.put(entry.key, entry);
            if (same != null) {
                // It was made for the new name already.
                inOrder.remove(same);
                drop(bySource, was.source(), same);
                drop(byDestination, destination(same.spec), same);
            }
            byDestination
                    .computeIfAbsent(destination(entry.spec), it -> new LinkedHashSet<>())
                    .add(entry);
        }
    }

    List<BindingSpec> inOrder(DestinationType type) {
        return inOrder.stream()
                .map(it -> it.spec)
                .filter(it -> it.destinationType() == type)
                .toList();
    }

    int size() {
        return inOrder.size();
    }

    /** How many objects are kept, to see that none is left behind. */
    int retained() {
        Set<Entry> all = new HashSet<>(inOrder);
        all.addAll(byKey.values());
        bySource.values().forEach(all::addAll);
        byDestination.values().forEach(all::addAll);
        return all.size() + bySource.size() + byDestination.size();
    }

    private void remove(Entry entry) {
        inOrder.remove(entry);
        byKey.remove(entry.key);
        drop(bySource, entry.spec.source(), entry);
        drop(byDestination, destination(entry.spec), entry);
    }

    private static <K> void drop(Map<K, Set<Entry>> index, K key, Entry entry) {
        index.computeIfPresent(key, (k, entries) -> {
            entries.remove(entry);
            return entries.isEmpty() ? null : entries;
        });
    }

    private static Destination destination(BindingSpec spec) {
        return new Destination(spec.destinationType(), spec.destination());
    }
}
