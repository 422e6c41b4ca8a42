package dev.leveret.amqp.api;

import java.util.Optional;

/** Something that happened to a connection as a whole. */
public sealed interface ConnectionEvent {

    /** The broker is short of memory or disk and has stopped reading from this connection ({@code connection.blocked}). */
    record Blocked(String reason) implements ConnectionEvent {}

    /** The broker reads again ({@code connection.unblocked}). */
    record Unblocked() implements ConnectionEvent {}

    /** The connection has ended; without a cause when this side closed it. */
    record Closed(Optional<AmqpException> cause) implements ConnectionEvent {}
}
