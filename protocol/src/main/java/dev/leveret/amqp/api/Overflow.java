package dev.leveret.amqp.api;

/** What a queue does with messages beyond its maximum length ({@code x-overflow}). */
public enum Overflow {
    /** The oldest are dropped, or dead-lettered. */
    DROP_HEAD("drop-head"),
    /** New ones are refused: their publish ends as {@link PublishResult.Nacked}. */
    REJECT_PUBLISH("reject-publish"),
    /** New ones are refused and dead-lettered. Meant for classic queues; quorum queues take it for {@link #DROP_HEAD}. */
    REJECT_PUBLISH_DLX("reject-publish-dlx");

    private final String argument;

    Overflow(String argument) {
        this.argument = argument;
    }

    /** The value of {@code x-overflow}. */
    public String argument() {
        return argument;
    }
}
