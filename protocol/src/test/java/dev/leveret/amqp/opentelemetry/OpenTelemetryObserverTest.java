package dev.leveret.amqp.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.DeliveryHandler;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The spans of messages, and how they hang together. */
class OpenTelemetryObserverTest {

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final OpenTelemetryObserver tracing = OpenTelemetryObserver.of(openTelemetry);

    @AfterEach
    void close() {
        openTelemetry.close();
    }

    private static Connection connect(Broker broker, OpenTelemetryObserver observer) {
        return Amqp.connect(AmqpUri.parse(broker.uri())
                .connectionName("traced")
                .observer(observer)
                .build());
    }

    private static String queue(Channel channel) {
        return channel.declareQueue(QueueSpec.of("leveret-test-trace-" + System.nanoTime())
                        .withDurable(false)
                        .withExclusive(true))
                .name();
    }

    /** The spans of one operation; waits for as many as are expected. */
    private List<SpanData> spans(String operation, int count) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        List<SpanData> found;
        do {
            found = spans.getFinishedSpanItems().stream()
                    .filter(it -> operation.equals(it.getAttributes().get(Attributes.OPERATION_NAME)))
                    .toList();
            Thread.onSpinWait();
        } while (found.size() < count && System.nanoTime() < deadline);
        assertThat(found).as(operation).hasSize(count);
        return found;
    }

    private SpanData span(String operation) {
        return spans(operation, 1).get(0);
    }

    @EveryBroker
    void aTraceGoesFromThePublisherThroughTheBrokerIntoTheHandler(Broker broker) {
        Span request = openTelemetry.getTracer("test").spanBuilder("request").startSpan();
        CompletableFuture<String> current = new CompletableFuture<>();
        try (Connection connection = connect(broker, tracing)) {
            Channel channel = connection.openChannel();
            String queue = queue(channel);
            channel.consume(ConsumeOptions.of(queue), delivery -> {
                current.complete(Span.current().getSpanContext().getSpanId());
                delivery.ack();
            });
            try (Scope ignored = request.makeCurrent()) {
                channel.publish(OutboundMessage.toQueue(queue, new byte[7])
                        .withProperties(
                                BasicProperties.builder().messageId("m1").build()));
            }
            SpanData publish = span("publish");
            assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
            assertThat(publish.getName()).isEqualTo("publish " + queue);
            assertThat(publish.getParentSpanId())
                    .isEqualTo(request.getSpanContext().getSpanId());
            assertThat(publish.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(publish.getAttributes().get(Attributes.SYSTEM)).isEqualTo("rabbitmq");
            assertThat(publish.getAttributes().get(Attributes.OPERATION_TYPE)).isEqualTo("send");
            assertThat(publish.getAttributes().get(Attributes.DESTINATION)).isEqualTo(queue);
            assertThat(publish.getAttributes().get(Attributes.ROUTING_KEY)).isEqualTo(queue);
            assertThat(publish.getAttributes().get(Attributes.BODY_SIZE)).isEqualTo(7);
            assertThat(publish.getAttributes().get(Attributes.MESSAGE_ID)).isEqualTo("m1");
            assertThat(publish.getAttributes().get(Attributes.CLIENT_ID)).isEqualTo("traced");
            assertThat(publish.getAttributes().get(Attributes.SERVER_PORT)).isPositive();
            assertThat(publish.getAttributes().get(Attributes.SERVER_ADDRESS)).isNotEmpty();

            SpanData process = span("process");
            assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
            assertThat(process.getName()).isEqualTo("process " + queue);
            assertThat(process.getTraceId()).isEqualTo(request.getSpanContext().getTraceId());
            assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
            assertThat(process.getAttributes().get(Attributes.DELIVERY_TAG)).isEqualTo(1);
            assertThat(current.join()).as("current in the handler").isEqualTo(process.getSpanId());
        }
    }

    // Qpid's nack comes before its return.
    @RequiresRabbitMq
    @Test
    void aReturnedMessageEndsItsSpanWithTheReason(Broker broker) {
        try (Connection connection = connect(broker, tracing)) {
            Channel channel = connection.openChannel();
            assertThat(catchThrowable(() -> channel.publish(OutboundMessage.toQueue("leveret-nowhere", new byte[1]))))
                    .isNotNull();
            SpanData publish = span("publish");
            assertThat(publish.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(publish.getAttributes().get(Attributes.ERROR_TYPE)).isEqualTo("312");
        }
    }

    @EveryBroker
    void aFailedHandlerEndsItsSpanWithTheException(Broker broker) {
        try (Connection connection = connect(broker, tracing)) {
            Channel channel = connection.openChannel();
            String queue = queue(channel);
            DeliveryHandler failing = delivery -> {
                throw new IllegalStateException("a mistake, as this test wants it");
            };
            channel.consume(ConsumeOptions.of(queue).withOnHandlerError(HandlerErrorPolicy.REJECT), failing);
            channel.publish(OutboundMessage.toQueue(queue, new byte[1]));
            SpanData process = span("process");
            assertThat(process.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            assertThat(process.getAttributes().get(Attributes.ERROR_TYPE)).isEqualTo("java.lang.IllegalStateException");
            assertThat(process.getEvents()).hasSize(1);
        }
    }

    @EveryBroker
    void aFetchHasALinkToItsPublisherAndSettlingASpanIfWanted(Broker broker) {
        try (Connection connection = connect(broker, tracing.withSettleSpans())) {
            Channel channel = connection.openChannel();
            String queue = queue(channel);
            channel.publish(OutboundMessage.toQueue(queue, new byte[1]));
            channel.get(queue, false).orElseThrow().delivery().ack();
            assertThat(channel.get(queue, false)).isEmpty();
            SpanData publish = span("publish");
            SpanData get = span("get");
            assertThat(get.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(get.getAttributes().get(Attributes.OPERATION_TYPE)).isEqualTo("receive");
            assertThat(get.getLinks()).hasSize(1);
            assertThat(get.getLinks().get(0).getSpanContext().getSpanId()).isEqualTo(publish.getSpanId());
            assertThat(span("ack").getAttributes().get(Attributes.OPERATION_TYPE))
                    .isEqualTo("settle");
        }
    }

    @EveryBroker
    void withLinksAHandlerBeginsATraceOfItsOwn(Broker broker) {
        try (Connection connection = connect(broker, tracing.withLinks())) {
            Channel channel = connection.openChannel();
            String queue = queue(channel);
            channel.consume(ConsumeOptions.of(queue), delivery -> delivery.ack());
            channel.publish(OutboundMessage.toQueue(queue, new byte[1]));
            SpanData publish = span("publish");
            SpanData process = span("process");
            assertThat(process.getTraceId()).isNotEqualTo(publish.getTraceId());
            assertThat(process.getLinks().get(0).getSpanContext().getSpanId()).isEqualTo(publish.getSpanId());
            assertThat(Span.fromContext(Context.current()).getSpanContext().isValid())
                    .isFalse();
        }
    }

    @EveryBroker
    void whoTakesDeliveriesWithoutAHandlerFindsTheContextInThem(Broker broker) {
        CompletableFuture<Context> found = new CompletableFuture<>();
        try (Connection connection = connect(broker, tracing)) {
            Channel channel = connection.openChannel();
            String queue = queue(channel);
            channel.async()
                    .consumeOnEventLoop(
                            ConsumeOptions.of(queue).withAutoAck(true),
                            delivery -> found.complete(tracing.contextOf(delivery)))
                    .join();
            channel.publish(OutboundMessage.toQueue(queue, new byte[1]));
            assertThat(Span.fromContext(found.orTimeout(20, TimeUnit.SECONDS).join())
                            .getSpanContext()
                            .getSpanId())
                    .isEqualTo(span("publish").getSpanId());
        }
    }

    @Test
    void aForwardedMessageLosesTheContextItCameWith() {
        BasicProperties old = BasicProperties.builder()
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .header("tracestate", "a=b")
                .header("mine", 1)
                .build();
        Span span = openTelemetry.getTracer("test").spanBuilder("new").startSpan();
        BasicProperties written =
                Headers.write(old, Context.root().with(span), W3CTraceContextPropagator.getInstance());
        assertThat(written.headers()).containsOnlyKeys("traceparent", "mine");
        assertThat(String.valueOf(written.header("traceparent")))
                .contains(span.getSpanContext().getSpanId());
    }

    @Test
    void aContextIsReadFromStringsAndBytesAndNothingElse() {
        String traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for (Object value : new Object[] {traceparent, traceparent.getBytes(StandardCharsets.UTF_8)}) {
            BasicProperties properties =
                    BasicProperties.builder().header("traceparent", value).build();
            assertThat(Span.fromContext(tracing.contextOf(properties))
                            .getSpanContext()
                            .getSpanId())
                    .isEqualTo("b7ad6b7169203331");
        }
        BasicProperties odd =
                BasicProperties.builder().header("traceparent", Map.of("a", 1)).build();
        assertThat(Span.fromContext(tracing.contextOf(odd)).getSpanContext().isValid())
                .isFalse();
    }

    @Test
    void destinationsAreNamedAsTheConventionsWant() {
        assertThat(Attributes.destination("orders", "new", "")).isEqualTo("orders:new");
        assertThat(Attributes.destination("orders", "new", "billing")).isEqualTo("orders:new:billing");
        assertThat(Attributes.destination("orders", "new", "new")).isEqualTo("orders:new");
        assertThat(Attributes.destination("orders", "", "")).isEqualTo("orders");
        assertThat(Attributes.destination("", "billing", "billing")).isEqualTo("billing");
        assertThat(Attributes.destination("", "", "")).isEqualTo("amq.default");
    }
}
