package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.TopologyEntity;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a broker has of a topology, in the topology's order.
 *
 * @param entries one for each exchange, queue and binding; copied
 */
public record TopologyPlan(List<Entry> entries) {

    /** What the broker has of one thing. */
    public enum Presence {
        /** It is there and as described. */
        EQUAL("="),
        /** It is there; whether it is as described was not asked, or not told. */
        PRESENT("."),
        /** It is not there. */
        MISSING("+"),
        /** It is there and not as described. The broker would refuse to declare it. */
        DIFFERENT("~"),
        /** It cannot be known: the protocol has no question for it, or the broker did not answer it. */
        UNKNOWN("?");

        private final String sign;

        Presence(String sign) {
            this.sign = sign;
        }
    }

    /**
     * One thing.
     *
     * @param entity what it is
     * @param presence whether it is there
     * @param detail how it differs, or why more is not known; empty if there is nothing to say
     */
    public record Entry(TopologyEntity entity, Presence presence, String detail) {

        /** A sign, the entity and the detail: {@code "~ queue 'orders': durable is 'true', not 'false'"}. */
        @Override
        public String toString() {
            return presence.sign + " " + entity.describe() + (detail.isEmpty() ? "" : ": " + detail);
        }
    }

    public TopologyPlan {
        entries = List.copyOf(entries);
    }

    /** Those of one kind. */
    public List<Entry> entries(Presence presence) {
        return entries.stream().filter(it -> it.presence() == presence).toList();
    }

    /**
     * Whether all exchanges and queues are known to be there, and none is known to differ. Bindings are seldom known: see
     * {@link Presence#UNKNOWN}; only those that cannot be there count.
     */
    public boolean isFulfilled() {
        return unfulfilled().isEmpty();
    }

    /**
     * Returns this plan if it {@linkplain #isFulfilled is fulfilled}.
     *
     * @throws TopologyException otherwise, with a line for each thing that is not
     */
    public TopologyPlan requireFulfilled() {
        List<Entry> wrong = unfulfilled();
        if (!wrong.isEmpty()) {
            throw new TopologyException("the broker does not have the topology:\n" + lines(wrong));
        }
        return this;
    }

    private List<Entry> unfulfilled() {
        return entries.stream()
                .filter(it -> switch (it.presence()) {
                    case EQUAL, PRESENT -> false;
                    case MISSING, DIFFERENT -> true;
                    case UNKNOWN -> !(it.entity() instanceof TopologyEntity.Binding);
                })
                .toList();
    }

    /** A line for each entry. */
    @Override
    public String toString() {
        return lines(entries);
    }

    private static String lines(List<Entry> entries) {
        return entries.stream().map(Entry::toString).collect(Collectors.joining("\n"));
    }
}
