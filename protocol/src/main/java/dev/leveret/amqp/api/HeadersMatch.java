package dev.leveret.amqp.api;

/** Which headers of a binding to a {@code headers} exchange a message must have ({@code x-match}). */
public enum HeadersMatch {
    /** All of them; names that begin with {@code x-} are not looked at. */
    ALL("all"),
    /** At least one; names that begin with {@code x-} are not looked at. */
    ANY("any"),
    /** All of them, those that begin with {@code x-} too (RabbitMQ 3.10). */
    ALL_WITH_X("all-with-x"),
    /** At least one, those that begin with {@code x-} too (RabbitMQ 3.10). */
    ANY_WITH_X("any-with-x");

    private final String argument;

    HeadersMatch(String argument) {
        this.argument = argument;
    }

    /** The value of {@code x-match}. */
    public String argument() {
        return argument;
    }
}
