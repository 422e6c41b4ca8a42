package dev.leveret.amqp.api;

import java.time.Duration;

/**
 * Options of the TCP connection.
 *
 * <p>The three times of keep-alive need a JDK and an operating system that let them be set, which those for Linux, macOS
 * and newer Windows do; elsewhere connecting fails with {@link IllegalArgumentException}. {@code TCP_USER_TIMEOUT} is not
 * among them as the JDK has no means to set it; heartbeats notice a dead peer in any case.
 *
 * @param noDelay {@code TCP_NODELAY}: small frames are sent at once
 * @param keepAlive {@code SO_KEEPALIVE}: the operating system probes silent connections
 * @param keepAliveIdle {@code TCP_KEEPIDLE}: the silence before the first probe, whole seconds; zero for the system's
 * @param keepAliveInterval {@code TCP_KEEPINTVL}: the time between two probes, whole seconds; zero for the system's
 * @param keepAliveProbes {@code TCP_KEEPCNT}: unanswered probes until the connection is taken for dead; 0 for the system's
 */
public record TcpOptions(
        boolean noDelay, boolean keepAlive, Duration keepAliveIdle, Duration keepAliveInterval, int keepAliveProbes) {

    /** Small frames at once, keep-alive at the system's times. */
    public static final TcpOptions DEFAULT = new TcpOptions(true, true, Duration.ZERO, Duration.ZERO, 0);

    /** The operating system's own limit. */
    private static final long LONGEST = 32767;

    private static final int MOST_PROBES = 127;

    public TcpOptions {
        requireSeconds("keepAliveIdle", keepAliveIdle);
        requireSeconds("keepAliveInterval", keepAliveInterval);
        if (keepAliveProbes < 0 || keepAliveProbes > MOST_PROBES) {
            throw new IllegalArgumentException("keepAliveProbes " + keepAliveProbes + " is not in 0.." + MOST_PROBES);
        }
    }

    /** Whether small frames are sent at once. */
    public TcpOptions withNoDelay(boolean value) {
        return new TcpOptions(value, keepAlive, keepAliveIdle, keepAliveInterval, keepAliveProbes);
    }

    /** Whether the operating system probes silent connections. */
    public TcpOptions withKeepAlive(boolean value) {
        return new TcpOptions(noDelay, value, keepAliveIdle, keepAliveInterval, keepAliveProbes);
    }

    /** Probes silent connections, at these times. */
    public TcpOptions withKeepAlive(Duration idle, Duration interval, int probes) {
        return new TcpOptions(noDelay, true, idle, interval, probes);
    }

    private static void requireSeconds(String what, Duration value) {
        if (value.isNegative() || value.getNano() != 0 || value.toSeconds() > LONGEST) {
            throw new IllegalArgumentException(
                    what + " " + value + " is not a whole number of 0.." + LONGEST + " seconds");
        }
    }
}
