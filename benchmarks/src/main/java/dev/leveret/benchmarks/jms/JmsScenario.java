package dev.leveret.benchmarks.jms;

import dev.leveret.benchmarks.jms.Sending.Kind;
import jakarta.jms.DeliveryMode;
import java.util.Locale;

/**
 * What is measured, and what Leveret is held to, as parts of what rabbitmq-jms takes; not a number = no target. The ordinary
 * send of a persistent message is confirmed in Leveret, and in rabbitmq-jms it is not.
 */
public enum JmsScenario {
    SEND("persistent send", Double.NaN, Double.NaN, Double.NaN),
    SEND_8("persistent send by eight sessions", Double.NaN, 1, Double.NaN),
    SEND_UNWAITED_8(
            "the same by eight sessions, Leveret's confirmed to CompletionListeners", Double.NaN, 1, Double.NaN),
    SEND_CONFIRMED("persistent send, confirmed in both", Double.NaN, Double.NaN, Double.NaN),
    SEND_CONFIRMED_8("the same by eight sessions, confirmed in both", Double.NaN, Double.NaN, Double.NaN),
    SEND_TRANSACTED("persistent send, 100 to a transaction", Double.NaN, Double.NaN, Double.NaN),
    LISTENER("a message listener", 1 / 3.0, Double.NaN, Double.NaN),
    RECEIVE("receive", Double.NaN, Double.NaN, Double.NaN),
    REQUEST_REPLY("request and reply, non-persistent, receive", Double.NaN, Double.NaN, 1 / 2.0),
    REQUEST_REPLY_LISTENER(
            "request and reply, non-persistent, a listener for replies", Double.NaN, Double.NaN, 1 / 2.0),
    REQUEST_REPLY_PERSISTENT("request and reply, persistent, receive", Double.NaN, Double.NaN, 1 / 2.0);

    private static final int SIZE = 256;
    private static final int SESSIONS = 8;

    private final String title;
    private final double cpu;
    private final double rate;
    private final double latency;

    JmsScenario(String title, double cpu, double rate, double latency) {
        this.title = title;
        this.cpu = cpu;
        this.rate = rate;
        this.latency = latency;
    }

    /** For people. */
    public String title() {
        return title;
    }

    /** For command lines. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The opposite of {@link #key}. */
    public static JmsScenario of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** CPU time per message, at most. */
    public double cpu() {
        return cpu;
    }

    /** Messages per second, at least. */
    public double rate() {
        return rate;
    }

    /** Median latency, at most. */
    public double latency() {
        return latency;
    }

    /** Whether it measures how long each call takes. */
    public boolean takesLatency() {
        return this != LISTENER && this != RECEIVE;
    }

    JmsWorkload workload(Provider provider, String uri) throws Exception {
        return switch (this) {
            case SEND -> new Sending(provider, uri, 1, Kind.ORDINARY, SIZE);
            case SEND_8 -> new Sending(provider, uri, SESSIONS, Kind.ORDINARY, SIZE);
            case SEND_UNWAITED_8 -> new Sending(provider, uri, SESSIONS, Kind.UNWAITED, SIZE);
            case SEND_CONFIRMED -> new Sending(provider, uri, 1, Kind.CONFIRMED, SIZE);
            case SEND_CONFIRMED_8 -> new Sending(provider, uri, SESSIONS, Kind.CONFIRMED, SIZE);
            case SEND_TRANSACTED -> new Sending(provider, uri, 1, Kind.TRANSACTED, SIZE);
            case LISTENER -> new Draining(provider, uri, true, SIZE);
            case RECEIVE -> new Draining(provider, uri, false, SIZE);
            case REQUEST_REPLY -> new Requesting(provider, uri, DeliveryMode.NON_PERSISTENT, false, SIZE);
            case REQUEST_REPLY_LISTENER -> new Requesting(provider, uri, DeliveryMode.NON_PERSISTENT, true, SIZE);
            case REQUEST_REPLY_PERSISTENT -> new Requesting(provider, uri, DeliveryMode.PERSISTENT, false, SIZE);
        };
    }
}
