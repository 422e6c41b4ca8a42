package dev.leveret.amqp.json;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259): maps with names for keys, lists, strings, numbers, booleans and {@code null}. */
public final class JsonText {

    private JsonText() {}

    /**
     * A value in one line.
     *
     * @param what names the value in messages
     * @throws IllegalArgumentException if JSON has no such value
     */
    public static String of(String what, @Nullable Object value) {
        StringBuilder text = new StringBuilder();
        append(what, value, text);
        return text.toString();
    }

    private static void append(String what, @Nullable Object value, StringBuilder text) {
        if (value instanceof Map<?, ?> members) {
            String separator = "{";
            for (Map.Entry<?, ?> member : members.entrySet()) {
                text.append(separator);
                string(what, String.valueOf(member.getKey()), text);
                text.append(':');
                append(what + " '" + member.getKey() + "'", member.getValue(), text);
                separator = ",";
            }
            text.append(members.isEmpty() ? "{}" : "}");
        } else if (value instanceof List<?> elements) {
            String separator = "[";
            for (Object element : elements) {
                text.append(separator);
                append(what, element, text);
                separator = ",";
            }
            text.append(elements.isEmpty() ? "[]" : "]");
        } else if (value instanceof String characters) {
            string(what, characters, text);
        } else if (value == null || value instanceof Boolean || isNumber(value)) {
            text.append(value);
        } else {
            throw new IllegalArgumentException(
                    what + " is a " + value.getClass().getSimpleName() + " " + value + ", which JSON has not");
        }
    }

    private static boolean isNumber(Object value) {
        if (value instanceof Double || value instanceof Float) {
            return Double.isFinite(((Number) value).doubleValue());
        }
        return value instanceof Byte || value instanceof Short || value instanceof Integer || value instanceof Long;
    }

    private static void string(String what, String characters, StringBuilder text) {
        text.append('"');
        for (int i = 0; i < characters.length(); i++) {
            char c = characters.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c < ' ') {
                text.append(String.format("\\u%04x", (int) c));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < characters.length()
                    && Character.isLowSurrogate(characters.charAt(i + 1))) {
                text.append(c).append(characters.charAt(++i));
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException(what + " is no text that JSON can have: it is not UTF-8");
            } else {
                text.append(c);
            }
        }
        text.append('"');
    }
}
