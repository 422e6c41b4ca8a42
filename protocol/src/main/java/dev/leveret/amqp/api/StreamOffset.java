package dev.leveret.amqp.api;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where in a stream a consumer begins ({@code x-stream-offset}). Each delivery tells its own offset in the header of that
 * name, a {@code Long}: go on behind the last one with {@link #at at(last + 1)}.
 *
 * <p>The type of the argument matters to the broker: the string {@code "5"} is no offset, and a malformed interval makes
 * RabbitMQ before 4.3 close the connection. Neither can be said here.
 */
public final class StreamOffset {

    private static final StreamOffset FIRST = new StreamOffset("first");
    private static final StreamOffset LAST = new StreamOffset("last");
    private static final StreamOffset NEXT = new StreamOffset("next");

    private final Object argument;

    private StreamOffset(Object argument) {
        this.argument = argument;
    }

    /** With the oldest message that there is. */
    public static StreamOffset first() {
        return FIRST;
    }

    /** With the last chunk: some of the newest messages, how many depends on how they were written. */
    public static StreamOffset last() {
        return LAST;
    }

    /** With the next message to be published; what a consumer gets that says nothing. */
    public static StreamOffset next() {
        return NEXT;
    }

    /**
     * With the message of this number. If it is gone already, with the oldest; if it is not there yet, nothing comes until
     * it is.
     *
     * @param offset counts from 0
     */
    public static StreamOffset at(long offset) {
        return new StreamOffset(ArgumentValues.atLeast("stream offset", offset, 0));
    }

    /** With the first chunk that has a message not older than this: a few older ones may come before it. Whole seconds. */
    public static StreamOffset at(Instant time) {
        return new StreamOffset(Instant.ofEpochSecond(
                ArgumentValues.atLeast("stream offset in seconds since 1970", time.getEpochSecond(), 0)));
    }

    /** The same for a time relative to the broker's clock. Whole seconds, at least one. */
    public static StreamOffset since(Duration age) {
        return new StreamOffset(ArgumentValues.seconds("stream offset", age));
    }

    /** The value of {@code x-stream-offset}. */
    Object argument() {
        return argument;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StreamOffset that && argument.equals(that.argument);
    }

    @Override
    public int hashCode() {
        return argument.hashCode();
    }

    @Override
    public String toString() {
        return "StreamOffset[" + argument + "]";
    }
}
