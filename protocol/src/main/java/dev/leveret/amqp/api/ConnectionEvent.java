package dev.leveret.amqp.api;

import java.time.Duration;
import java.util.Optional;

/**
 * Something that happened to a connection as a whole, or that recovery did. More may be added.
 *
 * <p>A connection that is lost goes through {@link Lost}, any number of {@link RecoveryAttemptFailed}, and {@link Recovered}
 * or {@link Closed}.
 */
public sealed interface ConnectionEvent {

    /** The broker is short of memory or disk and has stopped reading from this connection ({@code connection.blocked}). */
    record Blocked(String reason) implements ConnectionEvent {}

    /** The broker reads again ({@code connection.unblocked}). */
    record Unblocked() implements ConnectionEvent {}

    /** The connection was lost and is going to be recovered. */
    record Lost(AmqpException cause) implements ConnectionEvent {}

    /**
     * A round over all endpoints has ended without a connection.
     *
     * @param attempt from 1
     * @param next how long until the next one
     */
    record RecoveryAttemptFailed(int attempt, AmqpException cause, Duration next) implements ConnectionEvent {}

    /** The connection is there again, and calls go on. */
    record Recovered(RecoveryReport report) implements ConnectionEvent {}

    /** What a {@link Recovered} told to be {@link EntityOutcome.Result#RETRYING} has come to its end. */
    record EntityRetried(EntityOutcome outcome) implements ConnectionEvent {}

    /**
     * A queue whose name the broker makes up has been declared again. Calls may go on to use any name it has had; what
     * others were told, in {@code reply-to} for example, is the application's to tell anew.
     */
    record QueueRenamed(String oldName, String newName) implements ConnectionEvent {}

    /** The broker had closed a channel, and it is open again under this number, with its consumers. */
    record ChannelReopened(int channel, ChannelClosedException cause) implements ConnectionEvent {}

    /** The broker cancelled a consumer ({@code basic.cancel}). */
    record ConsumerCancelled(String consumerTag, String queue) implements ConnectionEvent {}

    /** A consumer that the broker had cancelled consumes again. */
    record ConsumerResumed(String consumerTag, String queue) implements ConnectionEvent {}

    /** The connection has ended for good; without a cause when this side closed it. */
    record Closed(Optional<AmqpException> cause) implements ConnectionEvent {}
}
