package dev.leveret.amqp.net;

import org.jspecify.annotations.Nullable;

/**
 * Something that a user's thread wants done on the event loop. It is its own node of the {@link CommandQueue}, so it can be
 * put there once only.
 */
public interface Command {

    /** Does it, on the event loop, in the order of the queue. Must not throw. */
    void execute();

    /** It has been taken note of on the event loop but may have to wait there: the moment to set a deadline. */
    default void onAdmitted() {}

    /** About how many bytes it will write; what counts against the outbound buffer's bound. */
    default int weight() {
        return 0;
    }

    /** The queue's link to the command before it; nobody else's. */
    @Nullable
    Command link();

    /** See {@link #link()}. */
    void link(@Nullable Command command);
}
