package dev.leveret.amqp.api;

import dev.leveret.amqp.table.FieldTable;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The Java types that an AMQP field table can carry, checked and copied where a table enters the client, so that an
 * impossible value is refused at the call that brought it and not on the event loop.
 *
 * <p>{@code Boolean, Byte, Short, Integer, Long, Float, Double, BigDecimal} (scale 0..255, an unscaled value of 32 bits),
 * {@code String, byte[], Instant} (cut to whole seconds), {@code null}, {@code List} and {@code Map} of these.
 */
final class FieldValues {

    private static final int MAX_DEPTH = 32;

    private FieldValues() {}

    static Map<String, @Nullable Object> copyTable(String what, Map<String, ? extends @Nullable Object> table) {
        return table instanceof FieldTable checked ? checked : copyTable(what, table, 1);
    }

    static Map<String, @Nullable Object> plus(Map<String, @Nullable Object> table, String key, Object value) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(table);
        copy.put(key, value);
        return copy;
    }

    private static Map<String, @Nullable Object> copyTable(String what, Map<?, ?> table, int depth) {
        requireDepth(what, depth);
        FieldTable.Builder copy = new FieldTable.Builder(table.size());
        table.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException(what + " table has the key " + key + ", which is not a String");
            }
            // Words for an error are made for an error, as every message with headers comes here.
            if (!ShortString.isValid(name)) {
                ShortString.require(what + " name", name);
            }
            boolean asItIs = isScalar(value) || (value instanceof String text && ShortString.isEncodable(text));
            copy.put(name, asItIs ? value : copyValue(what + " '" + name + "'", value, depth));
        });
        return copy.build();
    }

    private static @Nullable Object copyValue(String what, @Nullable Object value, int depth) {
        if (value instanceof Map<?, ?> table) {
            return copyTable(what, table, depth + 1);
        }
        if (value instanceof List<?> list) {
            requireDepth(what, depth + 1);
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(copyValue(what, item, depth + 1)));
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Instant time) {
            return Instant.ofEpochSecond(time.getEpochSecond());
        }
        if (value instanceof BigDecimal decimal) {
            return requireDecimal(what, decimal);
        }
        if (value instanceof String text) {
            return ShortString.requireEncodable(what, text);
        }
        if (value == null || isScalar(value)) {
            return value;
        }
        throw new IllegalArgumentException(what + " is a " + value.getClass().getName()
                + "; an AMQP field can be a Boolean, Byte, Short, Integer, Long, Float, Double, BigDecimal, String,"
                + " byte[], Instant, List, Map or null");
    }

    /** Whether it goes as it is, whatever it is. */
    private static boolean isScalar(@Nullable Object value) {
        return value == null
                || value instanceof Boolean
                || value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double
                || value instanceof byte[];
    }

    private static BigDecimal requireDecimal(String what, BigDecimal value) {
        if (value.scale() < 0 || value.scale() > 255 || value.unscaledValue().bitLength() > 31) {
            throw new IllegalArgumentException(
                    what + " is " + value + "; an AMQP decimal has a scale of 0..255 and an unscaled value of 32 bits");
        }
        return value;
    }

    private static void requireDepth(String what, int depth) {
        if (depth > MAX_DEPTH) {
            throw new IllegalArgumentException(what + " is nested deeper than " + MAX_DEPTH + " levels");
        }
    }

    /** Equality of two tables that looks into {@code byte[]}. */
    static boolean tablesEqual(Map<String, @Nullable Object> a, Map<String, @Nullable Object> b) {
        return valuesEqual(a, b);
    }

    private static boolean valuesEqual(@Nullable Object a, @Nullable Object b) {
        if (a instanceof Map<?, ?> left && b instanceof Map<?, ?> right) {
            return left.size() == right.size()
                    && left.entrySet().stream()
                            .allMatch(e ->
                                    right.containsKey(e.getKey()) && valuesEqual(e.getValue(), right.get(e.getKey())));
        }
        if (a instanceof List<?> left && b instanceof List<?> right) {
            return left.size() == right.size()
                    && IntStream.range(0, left.size()).allMatch(i -> valuesEqual(left.get(i), right.get(i)));
        }
        return Objects.deepEquals(a, b);
    }
}
