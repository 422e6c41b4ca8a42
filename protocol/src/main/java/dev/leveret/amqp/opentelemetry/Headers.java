package dev.leveret.amqp.opentelemetry;

import dev.leveret.amqp.api.BasicProperties;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A trace's context in a message's headers. */
final class Headers {

    static final TextMapGetter<BasicProperties> READER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(BasicProperties carrier) {
            return carrier.headers().keySet();
        }

        @Override
        public @Nullable String get(@Nullable BasicProperties carrier, String key) {
            Object value = carrier == null ? null : carrier.headers().get(key);
            // Some clients write strings as byte arrays.
            return value instanceof byte[] bytes
                    ? new String(bytes, StandardCharsets.UTF_8)
                    : value instanceof String text ? text : null;
        }
    };

    private Headers() {}

    /** The properties with a context in place of the one that they may have had, as those of a forwarded message do. */
    static BasicProperties write(BasicProperties properties, Context context, TextMapPropagator propagator) {
        BasicProperties.Builder builder = properties.toBuilder();
        propagator.fields().forEach(builder::removeHeader);
        propagator.inject(context, builder, (carrier, key, value) -> {
            if (carrier != null) {
                carrier.header(key, value);
            }
        });
        return builder.build();
    }
}
