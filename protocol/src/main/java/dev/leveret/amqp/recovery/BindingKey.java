package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.BindingSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What makes a broker take two bindings for the same one: everything about them. Unlike the specification's own equality
 * this one looks into {@code byte[]} arguments, and keeps copies of them.
 */
record BindingKey(
        String source,
        BindingSpec.DestinationType destinationType,
        String destination,
        String routingKey,
        @Nullable Object arguments) {

    static BindingKey of(BindingSpec spec) {
        return new BindingKey(
                spec.source(),
                spec.destinationType(),
                spec.destination(),
                spec.routingKey(),
                spec.arguments().isEmpty() ? null : comparable(spec.arguments()));
    }

    private static @Nullable Object comparable(@Nullable Object value) {
        if (value instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes.clone());
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(it -> copy.add(comparable(it)));
            return copy;
        }
        if (value instanceof Map<?, ?> table) {
            Map<Object, @Nullable Object> copy = new HashMap<>();
            table.forEach((key, it) -> copy.put(key, comparable(it)));
            return copy;
        }
        return value;
    }
}
