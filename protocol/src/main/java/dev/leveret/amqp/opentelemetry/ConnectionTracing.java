package dev.leveret.amqp.opentelemetry;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.HandlingObservation;
import dev.leveret.amqp.api.Negotiated;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.RequestObservation;
import dev.leveret.amqp.api.ServerInfo;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The spans of one connection. */
final class ConnectionTracing implements ConnectionObserver {

    private final OpenTelemetryObserver settings;
    private final String connection;
    /** Where it is connected to; set before anybody has a channel. */
    private volatile @Nullable Endpoint server;

    ConnectionTracing(OpenTelemetryObserver settings, String connection) {
        this.settings = settings;
        this.connection = connection;
    }

    @Override
    public void onOpened(Endpoint endpoint, ServerInfo info, Negotiated negotiated) {
        server = endpoint;
    }

    // ---- publish --------------------------------------------------------------------------------------------------

    @Override
    public PublishObservation onPublish(int channel, OutboundMessage message) {
        Context parent = Context.current();
        String destination = Attributes.destination(message.exchange(), message.routingKey(), "");
        Span span = span("publish", "send", destination, SpanKind.PRODUCER)
                .setParent(parent)
                .setAttribute(Attributes.ROUTING_KEY, emptyToNull(message.routingKey()))
                .setAttribute(Attributes.BODY_SIZE, (long) message.body().length)
                .setAttribute(Attributes.MESSAGE_ID, message.properties().messageId())
                .setAttribute(Attributes.CONVERSATION_ID, message.properties().correlationId())
                .startSpan();
        return new PublishObservation() {
            @Override
            public OutboundMessage message(OutboundMessage original) {
                return original.withProperties(
                        Headers.write(original.properties(), parent.with(span), settings.propagator()));
            }

            @Override
            public void onEnd(@Nullable PublishResult result) {
                endPublish(span, result);
            }
        };
    }

    private static void endPublish(Span span, @Nullable PublishResult result) {
        if (result instanceof PublishResult.Returned returned) {
            fail(
                    span,
                    String.valueOf(returned.message().replyCode()),
                    "returned: " + returned.message().replyText());
        } else if (result instanceof PublishResult.Nacked) {
            fail(span, "nack", "the broker refused the message");
        } else if (result instanceof PublishResult.Rejected rejected) {
            fail(span, rejected.cause());
        } else if (result instanceof PublishResult.Unknown unknown) {
            fail(span, unknown.cause());
        }
        span.end();
    }

    // ---- receive, process, settle ---------------------------------------------------------------------------------

    @Override
    public @Nullable RequestObservation onRequest(int channel, String method, String entity) {
        if (!method.equals("basic.get")) {
            return null;
        }
        Context caller = Context.current();
        Instant begin = Instant.now();
        return new RequestObservation() {
            @Override
            public void onMessage(Delivery delivery) {
                link(consuming("get", "receive", SpanKind.CLIENT, entity, delivery), delivery)
                        .setParent(caller)
                        .setStartTimestamp(begin)
                        .startSpan()
                        .end();
            }

            @Override
            public void onEnd(@Nullable Throwable failure) {
                // A fetch that brings nothing is none of the conventions' operations.
            }
        };
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // onEnd closes it, on this thread
    public HandlingObservation onHandling(int channel, String queue, Delivery delivery) {
        SpanBuilder builder = consuming("process", "process", SpanKind.CONSUMER, queue, delivery);
        Context parent = settings.linked() ? Context.root() : settings.contextOf(delivery);
        if (settings.linked()) {
            link(builder, delivery);
        }
        Span span = builder.setParent(parent).startSpan();
        Scope scope = parent.with(span).makeCurrent();
        return failure -> {
            scope.close();
            if (failure != null) {
                span.recordException(failure);
                fail(span, failure);
            }
            span.end();
        };
    }

    @Override
    public void onSettle(int channel, Delivery delivery, Settlement how, boolean requeue, boolean multiple) {
        if (settings.settling()) {
            String operation = switch (how) {
                case ACKED -> "ack";
                case REJECTED -> "reject";
                default -> "nack";
            };
            link(consuming(operation, "settle", SpanKind.CLIENT, "", delivery), delivery)
                    .startSpan()
                    .end();
        }
    }

    // ---- parts ----------------------------------------------------------------------------------------------------

    private SpanBuilder consuming(String operation, String type, SpanKind kind, String queue, Delivery delivery) {
        BasicProperties properties = delivery.properties();
        return span(operation, type, Attributes.destination(delivery.exchange(), delivery.routingKey(), queue), kind)
                .setAttribute(Attributes.ROUTING_KEY, emptyToNull(delivery.routingKey()))
                .setAttribute(Attributes.DELIVERY_TAG, delivery.deliveryTag())
                .setAttribute(Attributes.BODY_SIZE, (long) delivery.body().length)
                .setAttribute(Attributes.MESSAGE_ID, properties.messageId())
                .setAttribute(Attributes.CONVERSATION_ID, properties.correlationId());
    }

    private SpanBuilder link(SpanBuilder builder, Delivery delivery) {
        SpanContext producer = Span.fromContext(settings.contextOf(delivery)).getSpanContext();
        return producer.isValid() ? builder.addLink(producer) : builder;
    }

    private SpanBuilder span(String operation, String type, String destination, SpanKind kind) {
        SpanBuilder builder = settings.tracer()
                .spanBuilder(operation + " " + destination)
                .setSpanKind(kind)
                .setAttribute(Attributes.SYSTEM, "rabbitmq")
                .setAttribute(Attributes.OPERATION_NAME, operation)
                .setAttribute(Attributes.OPERATION_TYPE, type)
                .setAttribute(Attributes.DESTINATION, destination)
                .setAttribute(Attributes.CLIENT_ID, connection);
        Endpoint endpoint = server;
        return endpoint == null
                ? builder
                : builder.setAttribute(Attributes.SERVER_ADDRESS, endpoint.host())
                        .setAttribute(Attributes.SERVER_PORT, (long) endpoint.port());
    }

    private static void fail(Span span, Throwable cause) {
        fail(span, cause.getClass().getName(), String.valueOf(cause.getMessage()));
    }

    private static void fail(Span span, String errorType, String description) {
        span.setAttribute(Attributes.ERROR_TYPE, errorType);
        span.setStatus(StatusCode.ERROR, description);
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
