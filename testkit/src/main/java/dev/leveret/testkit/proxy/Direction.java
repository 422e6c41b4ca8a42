package dev.leveret.testkit.proxy;

/** Which way bytes go. */
public enum Direction {

    /** What the client sends. */
    TO_BROKER,

    /** What the broker sends. */
    TO_CLIENT
}
