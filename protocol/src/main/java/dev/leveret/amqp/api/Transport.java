package dev.leveret.amqp.api;

/** What moves the bytes between a connection and the operating system. */
public enum Transport {

    /** The JDK's own channels, on every platform. */
    NIO,

    /**
     * Linux's epoll without the JDK in between, through Netty's native transport: a loop wakes up and goes to sleep for
     * less, which shows where each message is waited for, and little where many are on their way. The native part is not
     * in Leveret's dependencies. Add {@code io.netty:netty-transport-native-epoll} of the version that the other parts of
     * Netty have, with the classifier of the platform, such as {@code linux-x86_64}. Where it is missing or does not load,
     * connecting fails with an {@link IllegalArgumentException} that says so.
     */
    EPOLL
}
