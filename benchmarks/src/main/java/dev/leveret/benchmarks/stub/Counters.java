package dev.leveret.benchmarks.stub;

/** What happened on one connection. */
final class Counters {

    long published;
    long publishedBytes;
    long confirmed;
    long delivered;
    long settled;

    /** The counter that a queue's name asks for; 0 for any other queue. */
    long named(String queue) {
        return switch (queue) {
            case "counter.published" -> published;
            case "counter.published-bytes" -> publishedBytes;
            case "counter.confirmed" -> confirmed;
            case "counter.delivered" -> delivered;
            case "counter.settled" -> settled;
            default -> 0;
        };
    }
}
