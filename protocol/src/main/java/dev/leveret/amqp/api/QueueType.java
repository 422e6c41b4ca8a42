package dev.leveret.amqp.api;

/** RabbitMQ's types of queues ({@code x-queue-type}). */
public enum QueueType {
    /** A queue on one node. */
    CLASSIC("classic"),
    /** A queue replicated by consensus; durable, and nobody's alone. */
    QUORUM("quorum"),
    /** A replicated log that consumers read without removing. */
    STREAM("stream");

    private final String argument;

    QueueType(String argument) {
        this.argument = argument;
    }

    /** The value of {@code x-queue-type}. */
    public String argument() {
        return argument;
    }
}
