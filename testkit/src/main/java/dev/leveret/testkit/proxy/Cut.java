package dev.leveret.testkit.proxy;

/** How a TCP connection ends. */
public enum Cut {

    /** In good order: what was sent before arrives, then comes the end of the stream. */
    FIN,

    /** At once: a reset, which may overtake what was sent before it. */
    RST
}
