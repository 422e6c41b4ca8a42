package dev.leveret.amqp.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker says of itself in {@code connection.start}.
 *
 * @param product such as {@code RabbitMQ}; empty if it does not say
 * @param version such as {@code 4.0.5}; empty if it does not say
 * @param properties all of its properties, unmodifiable
 */
public record ServerInfo(String product, String version, Map<String, @Nullable Object> properties) {

    /** Whether the broker lists this capability, such as {@code consumer_cancel_notify}. */
    public boolean hasCapability(String name) {
        return properties.get("capabilities") instanceof Map<?, ?> capabilities
                && Boolean.TRUE.equals(capabilities.get(name));
    }

    @Override
    public String toString() {
        return (product.isEmpty() ? "unknown broker" : product) + (version.isEmpty() ? "" : " " + version);
    }
}
