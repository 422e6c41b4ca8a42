package dev.leveret.benchmarks.client;

import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Transport;
import dev.leveret.benchmarks.client.Peer.ConsumeMode;
import java.util.Locale;

/** What is measured, and what Leveret is held to. */
public enum Scenario {
    PUBLISH("publish, fire and forget", 1 / 8.0, 80),
    CONFIRMED("publish, confirmed, 1000 in flight, a future each", 1 / 5.0, 220),
    CONFIRMED_4_THREADS("the same from four threads, 1000 in flight each", 1 / 5.0, 220),
    CONFIRMED_CALLBACK("publish, confirmed, 1000 in flight, a callback each", Double.NaN, Double.NaN),
    /** What coroutines do, with futures; the other client does the same as with futures. */
    CONFIRMED_CHAINS("the same, 1000 chains of futures on an executor", Double.NaN, Double.NaN),
    /** The Kotlin face; the other client does the same as with futures. */
    CONFIRMED_SUSPENDING("the same in Kotlin, 1000 coroutines that suspend", Double.NaN, Double.NaN),
    /** The Kotlin face; the other client does the same as with futures. */
    CONFIRMED_FLOW("the same in Kotlin, a flow with a window of 1000", Double.NaN, Double.NaN),
    ONE_AT_A_TIME("publish, confirmed, one at a time", 1.2, 700),
    /** Leveret's transport is what differs; the other client does the same as before. */
    ONE_AT_A_TIME_EPOLL("the same, Leveret over native epoll", 1, 700),
    CONSUME_ACK("consume, an ack each, prefetch 500", 1 / 7.0, 256 + 300),
    /** The Kotlin face; the other client does the same as before. */
    CONSUME_FLOW("the same in Kotlin, collecting a flow", Double.NaN, Double.NaN),
    CONSUME_AUTO_ACK("consume, auto-ack", 1 / 5.0, 256 + 300),
    CONSUME_EVENT_LOOP("consume, auto-ack, on the event loop", 1 / 10.0, 256 + 300),
    PUBLISH_16K("publish, fire and forget, 16 KiB", 1 / 2.0, 200),
    /** Needs a broker that is one. */
    END_TO_END("publish confirmed and consume with acks at once", Double.NaN, Double.NaN);

    private static final int BODY = 256;
    private static final int LARGE_BODY = 16 * 1024;
    private static final int IN_FLIGHT = 1000;
    private static final int PREFETCH = 500;

    private final String title;
    private final double cpuRatio;
    private final double bytes;

    Scenario(String title, double cpuRatio, double bytes) {
        this.title = title;
        this.cpuRatio = cpuRatio;
        this.bytes = bytes;
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
    public static Scenario of(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    /** How much CPU time Leveret may take at most, as a part of what amqp-client takes; not a number = no target. */
    public double cpuRatio() {
        return cpuRatio;
    }

    /** Bytes that Leveret may allocate per message at most, the body that it hands over included. */
    public double bytes() {
        return bytes;
    }

    /** Whether it measures how long each message takes. */
    public boolean takesLatency() {
        return this == ONE_AT_A_TIME || this == ONE_AT_A_TIME_EPOLL;
    }

    /** Whether this platform has what it takes. */
    public boolean runsHere() {
        return this != ONE_AT_A_TIME_EPOLL
                || System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64");
    }

    Workload workload(String client, String uri) throws Exception {
        boolean ours = client.equals("leveret");
        if (this == CONFIRMED_CHAINS && ours) {
            LeveretPeer peer = new LeveretPeer(AmqpUri.parse(uri).build());
            return new TimedPublishing(
                    peer, BODY, (body, time) -> peer.publishInChains("benchmark", body, IN_FLIGHT, time));
        }
        if (this == CONFIRMED_SUSPENDING && ours) {
            KotlinPeer peer = new KotlinPeer(uri);
            return new TimedPublishing(peer, BODY, (body, time) -> peer.publish("benchmark", body, IN_FLIGHT, time));
        }
        if (this == CONFIRMED_FLOW && ours) {
            KotlinPeer peer = new KotlinPeer(uri);
            return new TimedPublishing(peer, BODY, (body, time) -> peer.publishAll("benchmark", body, IN_FLIGHT, time));
        }
        if (this == CONSUME_FLOW && ours) {
            return new Consuming(new KotlinPeer(uri), ConsumeMode.ACK, PREFETCH, BODY);
        }
        Peer peer = this == ONE_AT_A_TIME_EPOLL && ours
                ? new LeveretPeer(AmqpUri.parse(uri).transport(Transport.EPOLL).build())
                : Peer.connect(client, uri);
        return switch (this) {
            case PUBLISH -> new Publishing(peer, BODY);
            case CONFIRMED, CONFIRMED_CHAINS, CONFIRMED_SUSPENDING, CONFIRMED_FLOW ->
                new ConfirmedWorkload(peer, 1, false, IN_FLIGHT, BODY);
            case CONFIRMED_4_THREADS -> new ConfirmedWorkload(peer, 4, false, IN_FLIGHT, BODY);
            case CONFIRMED_CALLBACK -> new ConfirmedWorkload(peer, 1, true, IN_FLIGHT, BODY);
            case ONE_AT_A_TIME, ONE_AT_A_TIME_EPOLL -> new OneAtATime(peer, BODY);
            case CONSUME_ACK, CONSUME_FLOW -> new Consuming(peer, ConsumeMode.ACK, PREFETCH, BODY);
            case CONSUME_AUTO_ACK -> new Consuming(peer, ConsumeMode.AUTO_ACK, 0, BODY);
            case CONSUME_EVENT_LOOP -> new Consuming(peer, ConsumeMode.AUTO_ACK_ON_EVENT_LOOP, 0, BODY);
            case PUBLISH_16K -> new Publishing(peer, LARGE_BODY);
            case END_TO_END -> new EndToEnd(peer, Peer.connect(client, uri), IN_FLIGHT, PREFETCH, BODY);
        };
    }
}
