package dev.leveret.amqp.api;

/** On which node of a cluster a queue's leader begins ({@code x-queue-leader-locator}). */
public enum LeaderLocator {
    /** On the node that the declaring connection is connected to. */
    CLIENT_LOCAL("client-local"),
    /** Where few leaders are, or at random when there are many queues. */
    BALANCED("balanced");

    private final String argument;

    LeaderLocator(String argument) {
        this.argument = argument;
    }

    /** The value of {@code x-queue-leader-locator}. */
    public String argument() {
        return argument;
    }
}
