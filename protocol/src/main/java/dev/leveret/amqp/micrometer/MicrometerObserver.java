package dev.leveret.amqp.micrometer;

import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ObservedConnection;
import dev.leveret.amqp.api.Observer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;

/**
 * Counts and times what connections do as Micrometer meters. One observer may serve all connections of an application; they
 * share its meters. The documentation lists them ({@code docs/observability.md}).
 *
 * <p>The names are those of RabbitMQ's Java client where that has the meter. There are no tags but those given here and, for
 * {@code requests}, the AMQP method: names of queues or routing keys could be any number.
 */
@SuppressWarnings("exports") // of an optional module: who has none of it cannot call this
public final class MicrometerObserver implements Observer {

    /** What the names of the meters begin with unless said otherwise. */
    public static final String DEFAULT_PREFIX = "rabbitmq";

    private final Meters meters;

    /** Meters named {@code rabbitmq.*} without tags. */
    public MicrometerObserver(MeterRegistry registry) {
        this(registry, DEFAULT_PREFIX, Tags.empty());
    }

    /**
     * @param prefix what the names begin with, without the dot
     * @param tags what every meter carries; two observers of one registry and prefix need different ones, or share their
     *     counters and show only the first one's gauges
     */
    public MicrometerObserver(MeterRegistry registry, String prefix, Iterable<Tag> tags) {
        meters = new Meters(registry, prefix, Tags.of(tags));
    }

    @Override
    public ConnectionObserver onConnecting(ObservedConnection connection) {
        return new ConnectionMeters(meters, connection);
    }
}
