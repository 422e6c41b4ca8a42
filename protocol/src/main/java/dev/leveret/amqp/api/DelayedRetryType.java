package dev.leveret.amqp.api;

/**
 * Which returned messages a quorum queue holds back for a while before it delivers them again
 * ({@code x-delayed-retry-type}, RabbitMQ 4.3).
 */
public enum DelayedRetryType {
    /** None. */
    DISABLED("disabled"),
    /** All. */
    ALL("all"),
    /** Those that failed: rejected with requeue, or lost with their channel. */
    FAILED("failed"),
    /** Those that were given back by {@code basic.nack} or {@code basic.recover}. */
    RETURNED("returned");

    private final String argument;

    DelayedRetryType(String argument) {
        this.argument = argument;
    }

    /** The value of {@code x-delayed-retry-type}. */
    public String argument() {
        return argument;
    }
}
