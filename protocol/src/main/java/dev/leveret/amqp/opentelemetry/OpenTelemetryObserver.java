package dev.leveret.amqp.opentelemetry;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.ObservedConnection;
import dev.leveret.amqp.api.Observer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;

/**
 * Makes OpenTelemetry spans of publishes, fetches and handled deliveries, and carries the trace from one to the next in the
 * messages' headers, as strings, the way the application's propagator writes them.
 *
 * <ul>
 *   <li>A publish is a {@code PRODUCER} span from the call to its result; that of {@code send}, which has none, ends at once.
 *   <li>A handler's run is a {@code CONSUMER} span, current while the handler runs and child of the producer's.
 *   <li>A {@code basic.get} that finds a message is a {@code CLIENT} span with a link to the producer's.
 * </ul>
 *
 * <p>Who takes deliveries without a handler, as a {@code Flow}, on the event loop or by Jakarta Messaging, gets the producer's
 * context from {@link #contextOf} and starts what span he likes. Attributes follow the messaging conventions, which are not
 * stable yet: see {@code docs/observability.md}. Thread-safe; one observer may serve all connections.
 */
@SuppressWarnings("exports") // of an optional module: who has none of it cannot call this
public final class OpenTelemetryObserver implements Observer {

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final boolean linked;
    private final boolean settling;

    private OpenTelemetryObserver(Tracer tracer, TextMapPropagator propagator, boolean linked, boolean settling) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.linked = linked;
        this.settling = settling;
    }

    /** Spans made by a tracer named {@code dev.leveret.amqp}, context carried by the instance's propagator. */
    public static OpenTelemetryObserver of(OpenTelemetry openTelemetry) {
        return new OpenTelemetryObserver(
                openTelemetry.getTracer("dev.leveret.amqp"),
                openTelemetry.getPropagators().getTextMapPropagator(),
                false,
                false);
    }

    /**
     * The same, but a handler's span begins a trace of its own that has a link to the producer's: for messages that wait long, or
     * fan out so far that one trace would be of no use.
     */
    public OpenTelemetryObserver withLinks() {
        return new OpenTelemetryObserver(tracer, propagator, true, settling);
    }

    /** The same with a short {@code CLIENT} span for each call that settles a delivery. */
    public OpenTelemetryObserver withSettleSpans() {
        return new OpenTelemetryObserver(tracer, propagator, linked, true);
    }

    /** The context that a delivery's publisher has put into its headers; the root context if there is none. */
    public Context contextOf(Delivery delivery) {
        return contextOf(delivery.properties());
    }

    /** The same for whoever has the properties alone. */
    public Context contextOf(BasicProperties properties) {
        return propagator.extract(Context.root(), properties, Headers.READER);
    }

    @Override
    public ConnectionObserver onConnecting(ObservedConnection connection) {
        return new ConnectionTracing(this, connection.name());
    }

    Tracer tracer() {
        return tracer;
    }

    TextMapPropagator propagator() {
        return propagator;
    }

    boolean linked() {
        return linked;
    }

    boolean settling() {
        return settling;
    }
}
