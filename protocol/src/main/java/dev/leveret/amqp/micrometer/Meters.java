package dev.leveret.amqp.micrometer;

import dev.leveret.amqp.api.ObservedConnection;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/** The meters that all connections of one observer share. Thread-safe. */
final class Meters {

    private static final String BYTES = "bytes";

    private final MeterRegistry registry;
    private final String prefix;
    private final Tags tags;

    final AtomicLong connections = new AtomicLong();
    final AtomicLong blockedConnections = new AtomicLong();
    final AtomicLong unwritableConnections = new AtomicLong();
    final AtomicLong channels = new AtomicLong();
    final AtomicLong consumers = new AtomicLong();
    final AtomicLong inFlight = new AtomicLong();
    final AtomicLong unsettled = new AtomicLong();
    final Set<ObservedConnection> open = ConcurrentHashMap.newKeySet();

    final Counter connectFailures;
    final Counter connectionsLost;
    final Counter published;
    final Counter failedToPublish;
    final Counter confirmed;
    final Counter nacked;
    final Counter unrouted;
    final Counter unknown;
    final Counter consumed;
    final Counter acknowledged;
    final Counter rejected;
    final Counter takenBack;
    final Counter bytesRead;
    final Counter bytesWritten;
    final Counter framesRead;
    final Counter framesWritten;
    final Timer confirmLatency;
    final Timer blocked;
    final Timer recovery;
    final Timer handled;
    final Timer handlingFailed;
    private final Map<String, Timer> requests = new ConcurrentHashMap<>();

    Meters(MeterRegistry registry, String prefix, Tags tags) {
        this.registry = registry;
        this.prefix = prefix;
        this.tags = tags;
        gauge("connections", "Open connections", connections);
        gauge("connections.blocked", "Connections whose publishes the broker does not read", blockedConnections);
        gauge("connections.unwritable", "Connections whose socket takes no more bytes", unwritableConnections);
        gauge("channels", "Open channels", channels);
        gauge("consumers", "Consumers", consumers);
        gauge("publish.in_flight", "Publishes without a result yet", inFlight);
        gauge("unsettled", "Deliveries that are not settled yet", unsettled);
        Gauge.builder(name("outbound"), open, Meters::outboundBytes)
                .description("Messages that wait to be written")
                .baseUnit(BYTES)
                .tags(tags)
                .strongReference(true)
                .register(registry);
        connectFailures = counter("connections.failed", "Connections that could not be opened");
        connectionsLost = counter("connections.lost", "Connections that were lost or ended, and not by this side");
        published = counter("published", "Messages written");
        failedToPublish = counter("failed_to_publish", "Messages that could not be sent");
        confirmed = counter("acknowledged_published", "Publishes that the broker confirmed");
        nacked = counter("not_acknowledged_published", "Publishes that the broker refused with basic.nack");
        unrouted = counter("unrouted_published", "Mandatory messages that the broker returned");
        unknown = counter("unknown_published", "Publishes without an answer when their channel ended");
        consumed = counter("consumed", "Messages delivered");
        acknowledged = counter("acknowledged", "Deliveries acknowledged");
        rejected = counter("rejected", "Deliveries rejected or nacked");
        takenBack = counter("taken_back", "Deliveries unsettled when their channel ended or recovered");
        bytesRead = bytes("read", "Bytes read");
        bytesWritten = bytes("written", "Bytes written");
        framesRead = counter("frames.read", "Frames read");
        framesWritten = counter("frames.written", "Frames written");
        confirmLatency = timer("publish.confirm", "From the call to the broker's confirm", Tags.empty());
        blocked = timer("blocked", "How long the broker did not read publishes", Tags.empty());
        recovery = timer("connections.recovery", "From the loss of a connection until calls went on", Tags.empty());
        handled = timer("handler", "How long handlers ran", Tags.of("outcome", "success"));
        handlingFailed = timer("handler", "How long handlers ran", Tags.of("outcome", "failure"));
    }

    /** How long requests of one AMQP method took; there is a limited number of these. */
    Timer request(String method, String outcome) {
        return requests.computeIfAbsent(
                method + ' ' + outcome,
                ignored -> timer(
                        "requests",
                        "From a request to the broker's answer",
                        Tags.of("method", method, "outcome", outcome)));
    }

    private static double outboundBytes(Set<ObservedConnection> open) {
        return open.stream().mapToLong(ObservedConnection::outboundBytes).sum();
    }

    private String name(String meter) {
        return prefix + '.' + meter;
    }

    private void gauge(String name, String description, AtomicLong value) {
        ToDoubleFunction<AtomicLong> read = AtomicLong::get;
        Gauge.builder(name(name), value, read)
                .description(description)
                .tags(tags)
                .strongReference(true)
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name(name)).description(description).tags(tags).register(registry);
    }

    private Counter bytes(String name, String description) {
        return Counter.builder(name(name))
                .description(description)
                .baseUnit(BYTES)
                .tags(tags)
                .register(registry);
    }

    private Timer timer(String name, String description, Tags more) {
        return Timer.builder(name(name))
                .description(description)
                .tags(tags.and(more))
                .register(registry);
    }
}
