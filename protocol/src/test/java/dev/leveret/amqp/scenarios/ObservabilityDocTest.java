package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpUri;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.Observer;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.PublishObservation;
import dev.leveret.amqp.micrometer.MicrometerObserver;
import dev.leveret.amqp.opentelemetry.OpenTelemetryObserver;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/observability.md shows compiles, here, and what it lists is there. */
class ObservabilityDocTest {

    private static final Path DOC = Path.of("..", "docs", "observability.md");
    private static final Path SOURCE =
            Path.of("src", "test", "java", ObservabilityDocTest.class.getName().replace('.', '/') + ".java");

    // ---- the snippets ---------------------------------------------------------------------------------------------

    static ConnectionOptions observer(String uri) {
        Observer slowConfirms = connection -> new ConnectionObserver() {
            @Override
            public PublishObservation onPublish(int channel, OutboundMessage message) {
                long begin = System.nanoTime();
                return result -> {
                    if (System.nanoTime() - begin > 1_000_000_000L) {
                        System.err.println("slow: " + message + " on " + connection.name() + ": " + result);
                    }
                };
            }
        };
        ConnectionOptions options = AmqpUri.parse(uri).observer(slowConfirms).build();
        return options;
    }

    static Connection metrics(String uri, MeterRegistry registry) {
        MicrometerObserver metrics = new MicrometerObserver(registry);
        Connection connection =
                Amqp.connect(AmqpUri.parse(uri).observer(metrics).build());
        return connection;
    }

    static Connection traces(String uri, OpenTelemetry openTelemetry) {
        OpenTelemetryObserver tracing = OpenTelemetryObserver.of(openTelemetry);
        Connection connection =
                Amqp.connect(AmqpUri.parse(uri).observer(tracing).build());
        return connection;
    }

    static Span context(OpenTelemetryObserver tracing, Tracer tracer, Delivery delivery) {
        Context publisher = tracing.contextOf(delivery);
        Span span = tracer.spanBuilder("work").setParent(publisher).startSpan();
        return span;
    }

    static void stuck(Connection connection) {
        System.out.println(connection.diagnostics());
    }

    // ---- the tests ------------------------------------------------------------------------------------------------

    @Test
    void everySnippetIsCompiledHere() throws IOException {
        String source = onOneLine(Files.readString(SOURCE));
        List<String> snippets = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOC))
                .results()
                .map((MatchResult it) -> onOneLine(it.group(1)))
                .toList();
        assertThat(snippets).hasSize(5).allSatisfy(it -> assertThat(source).contains(it));
    }

    @Test
    void everyMeterIsListedAndEveryListedMeterIsThere() throws IOException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new MicrometerObserver(registry);
        List<String> meters = registry.getMeters().stream()
                .map(Meter::getId)
                .map(Meter.Id::getName)
                .distinct()
                .sorted()
                .toList();
        List<String> listed = Pattern.compile("`(rabbitmq\\.[a-z_.]+)`")
                .matcher(Files.readString(DOC))
                .results()
                .map(it -> it.group(1))
                // Made with its tags, at the first request.
                .filter(it -> !it.equals("rabbitmq.requests"))
                .distinct()
                .sorted()
                .toList();
        assertThat(listed).isEqualTo(meters);
    }

    private static String onOneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
