package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.TopologyEntity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What became of a topology that was to be declared or deleted, in the order in which that was tried.
 *
 * @param entries one for each exchange, queue and binding; copied
 */
public record TopologyReport(List<Entry> entries) {

    /** What became of one thing. */
    public enum Result {
        /** It is there now, or gone, as was wanted; it may have been before. */
        DONE("done"),
        /** The broker refused, or it could not be asked for; the cause says why. */
        FAILED("failed"),
        /** It was asked for, and there was no answer: the broker may have done it or not. */
        UNKNOWN("unknown"),
        /** It was not asked for; the cause says why. */
        LEFT("left");

        private final String word;

        Result(String word) {
            this.word = word;
        }
    }

    /**
     * One thing.
     *
     * @param entity what it is
     * @param result what became of it
     * @param cause why it is not {@link Result#DONE}
     */
    public record Entry(TopologyEntity entity, Result result, Optional<RuntimeException> cause) {

        /** The result, the entity and the cause: {@code "failed queue 'orders': ..."}. */
        @Override
        public String toString() {
            return result.word + " " + entity.describe()
                    + cause.map(it -> ": " + it.getMessage()).orElse("");
        }
    }

    public TopologyReport {
        entries = List.copyOf(entries);
    }

    /** Those of one kind. */
    public List<Entry> entries(Result result) {
        return entries.stream().filter(it -> it.result() == result).toList();
    }

    /** Whether everything was done. */
    public boolean isComplete() {
        return entries(Result.DONE).size() == entries.size();
    }

    /**
     * Returns this report if everything was done.
     *
     * @throws TopologyException otherwise, with a line for each thing that was not
     */
    public TopologyReport requireComplete() {
        if (!isComplete()) {
            throw new TopologyException(entries(Result.DONE).size() + " of " + entries.size() + " done:\n"
                    + lines(entries.stream()
                            .filter(it -> it.result() != Result.DONE)
                            .toList()));
        }
        return this;
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
