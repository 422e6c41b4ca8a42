package dev.leveret.amqp.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259), all of it and nothing else. What it complains of is told by its position and never quoted: it may
 * be a token.
 */
public final class Json {

    private static final int MAX_DEPTH = 32;

    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /**
     * The members of an object: strings, {@link BigDecimal}s, booleans, {@code null}, lists and maps.
     *
     * @throws IllegalArgumentException if the text is not one JSON object
     */
    public static Map<String, @Nullable Object> object(String text) {
        Json json = new Json(text);
        json.space();
        if (json.peek() != '{') {
            throw json.wrong("an object is expected");
        }
        Map<String, @Nullable Object> object = json.members(0);
        json.space();
        if (json.at != text.length()) {
            throw json.wrong("nothing more is expected");
        }
        return object;
    }

    private @Nullable Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw wrong("it is nested too deeply");
        }
        return switch (peek()) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", null);
            default -> number();
        };
    }

    private Map<String, @Nullable Object> members(int depth) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        take('{');
        space();
        if (peek() == '}') {
            at++;
            return members;
        }
        while (true) {
            space();
            String name = string();
            space();
            take(':');
            space();
            Object value = value(depth + 1);
            if (members.containsKey(name)) {
                throw wrong("a name stands twice");
            }
            members.put(name, value);
            space();
            if (peek() == '}') {
                at++;
                return members;
            }
            take(',');
        }
    }

    private List<@Nullable Object> elements(int depth) {
        List<@Nullable Object> elements = new ArrayList<>();
        take('[');
        space();
        if (peek() == ']') {
            at++;
            return elements;
        }
        while (true) {
            space();
            elements.add(value(depth + 1));
            space();
            if (peek() == ']') {
                at++;
                return elements;
            }
            take(',');
        }
    }

    private String string() {
        take('"');
        StringBuilder string = new StringBuilder();
        while (true) {
            char next = next();
            if (next == '"') {
                return string.toString();
            } else if (next == '\\') {
                string.append(escaped());
            } else if (next < ' ') {
                throw wrong("a control character in a string has to be escaped");
            } else {
                string.append(next);
            }
        }
    }

    private char escaped() {
        char escape = next();
        return switch (escape) {
            case '"', '\\', '/' -> escape;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(next(), 16);
                    if (digit < 0) {
                        throw wrong("four hex digits are expected");
                    }
                    code = code << 4 | digit;
                }
                yield (char) code;
            }
            default -> throw wrong("this escape is not known");
        };
    }

    private @Nullable Object literal(String word, @Nullable Object value) {
        if (!text.startsWith(word, at)) {
            throw wrong("a value is expected");
        }
        at += word.length();
        return value;
    }

    private BigDecimal number() {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        if (number.length() > 40 || !number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")) {
            at = start;
            throw wrong("a value is expected");
        }
        return new BigDecimal(number);
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void take(char expected) {
        if (next() != expected) {
            at--;
            throw wrong("'" + expected + "' is expected");
        }
    }

    private char next() {
        char next = peek();
        at++;
        return next;
    }

    private char peek() {
        if (at >= text.length()) {
            throw wrong("it ends too early");
        }
        return text.charAt(at);
    }

    private IllegalArgumentException wrong(String what) {
        return new IllegalArgumentException("no JSON object: at position " + at + ", " + what);
    }
}
