package dev.leveret.jms.broker;

import dev.leveret.jms.selector.SelectableMessage;
import dev.leveret.jms.selector.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the consumers whose selectors match a message. Those that only ask for values of one string, as programs do that wait
 * for the replies to their requests, are looked up, however many they are; the others are asked one by one.
 *
 * <p>Not thread-safe.
 *
 * @param <L> a consumer
 */
final class LaneIndex<L> {

    private final Map<L, Optional<Selector>> selectors = new HashMap<>();
    private final Map<L, Optional<Selector>> general = new LinkedHashMap<>();
    private final Map<String, Map<String, List<L>>> byValue = new HashMap<>();

    /** Adds a consumer; without selector it matches everything. */
    void add(L lane, Optional<Selector> selector) {
        selectors.put(lane, selector);
        Optional<Selector.Equality> equality = selector.flatMap(Selector::equality);
        if (equality.isEmpty()) {
            general.put(lane, selector);
            return;
        }
        Map<String, List<L>> values = byValue.computeIfAbsent(equality.get().identifier(), ignored -> new HashMap<>());
        for (String value : equality.get().values()) {
            values.computeIfAbsent(value, ignored -> new ArrayList<>()).add(lane);
        }
    }

    void remove(L lane) {
        Optional<Selector> selector = selectors.remove(lane);
        if (selector == null || general.remove(lane) != null) {
            return;
        }
        Selector.Equality equality = selector.flatMap(Selector::equality).orElseThrow();
        Map<String, List<L>> values = byValue.getOrDefault(equality.identifier(), Map.of());
        for (String value : equality.values()) {
            List<L> lanes = values.getOrDefault(value, List.of());
            lanes.remove(lane);
            if (lanes.isEmpty()) {
                values.remove(value);
            }
        }
        if (values.isEmpty()) {
            byValue.remove(equality.identifier());
        }
    }

    /** Those that match, each once. */
    List<L> matching(SelectableMessage message) {
        List<L> found = new ArrayList<>();
        byValue.forEach((identifier, values) -> {
            if (message.value(identifier) instanceof String value) {
                found.addAll(values.getOrDefault(value, List.of()));
            }
        });
        general.forEach((lane, selector) -> {
            if (isMatch(selector, message)) {
                found.add(lane);
            }
        });
        return found;
    }

    /** Whether this one, which has been added, matches. */
    boolean matches(L lane, SelectableMessage message) {
        Optional<Selector> selector = selectors.get(lane);
        return selector != null && isMatch(selector, message);
    }

    private static boolean isMatch(Optional<Selector> selector, SelectableMessage message) {
        return selector.isEmpty() || selector.get().matches(message);
    }
}
