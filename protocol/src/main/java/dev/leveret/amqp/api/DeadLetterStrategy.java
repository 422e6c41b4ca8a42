package dev.leveret.amqp.api;

/** How sure a quorum queue is that a dead letter arrives ({@code x-dead-letter-strategy}). */
public enum DeadLetterStrategy {
    /** Sent once; lost when no queue takes it. */
    AT_MOST_ONCE("at-most-once"),
    /**
     * Kept until every target has confirmed it. Only in force together with {@link Overflow#REJECT_PUBLISH} and a dead
     * letter exchange: without them the queue falls back to {@link #AT_MOST_ONCE} and says so in the broker's log alone.
     */
    AT_LEAST_ONCE("at-least-once");

    private final String argument;

    DeadLetterStrategy(String argument) {
        this.argument = argument;
    }

    /** The value of {@code x-dead-letter-strategy}. */
    public String argument() {
        return argument;
    }
}
