package dev.leveret.jms.wire;

import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the bodies of map and stream messages as JSON that keeps their types: see the package documentation. */
final class TypedJsonWriter {

    private final StringBuilder out = new StringBuilder();

    private TypedJsonWriter() {}

    static String ofMap(Map<String, @Nullable Object> values) {
        TypedJsonWriter writer = new TypedJsonWriter();
        String separator = "{";
        for (Map.Entry<String, @Nullable Object> entry : values.entrySet()) {
            writer.out.append(separator);
            writer.string(entry.getKey());
            writer.out.append(':');
            writer.value(entry.getValue());
            separator = ",";
        }
        return writer.out.append(values.isEmpty() ? "{}" : "}").toString();
    }

    static String ofList(List<@Nullable Object> values) {
        TypedJsonWriter writer = new TypedJsonWriter();
        String separator = "[";
        for (Object value : values) {
            writer.out.append(separator);
            writer.value(value);
            separator = ",";
        }
        return writer.out.append(values.isEmpty() ? "[]" : "]").toString();
    }

    private void value(@Nullable Object value) {
        if (value instanceof String text) {
            string(text);
        } else if (value instanceof Double number && !Double.isFinite(number)) {
            tagged("double", number.toString());
        } else if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Double) {
            out.append(value);
        } else if (value instanceof byte[] bytes) {
            tagged("bytes", Base64.getEncoder().encodeToString(bytes));
        } else if (value instanceof Long || value instanceof Character) {
            // Most readers of JSON have numbers of 53 bits.
            tagged(TypedJson.tagOf(value), value.toString());
        } else if (value instanceof Float number && !Float.isFinite(number)) {
            tagged("float", number.toString());
        } else {
            out.append("{\"")
                    .append(TypedJson.tagOf(value))
                    .append("\":")
                    .append(value)
                    .append('}');
        }
    }

    private void tagged(String tag, String value) {
        out.append("{\"").append(tag).append("\":");
        string(value);
        out.append('}');
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || isUnpaired(text, i)) {
                // UTF-8 has nothing for half a pair, but Java's strings and chars may be one.
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static boolean isUnpaired(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
