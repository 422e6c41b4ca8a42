package dev.leveret.amqp.api;

/** A connection as an {@link Observer} sees it, from before it is open. Thread-safe. */
public interface ObservedConnection {

    /** The name that the broker and the log know it by. */
    String name();

    /** How it is opened. */
    ConnectionOptions options();

    /** About how many bytes of messages wait to be written ({@link ConnectionOptions#outboundBuffer()}). */
    long outboundBytes();
}
