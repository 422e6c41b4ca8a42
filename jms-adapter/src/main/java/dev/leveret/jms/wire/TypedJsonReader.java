package dev.leveret.jms.wire;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the bodies of map and stream messages from JSON: see the package documentation.
 *
 * <p>There is nothing to nest but the one object that tells a type, so nothing here calls itself however hostile the text
 * is, and what is built is never longer than the text.
 */
final class TypedJsonReader {

    private final String text;
    private int at;

    private TypedJsonReader(String text) {
        this.text = text;
    }

    /** The map, or empty if it is not one: also if a name comes twice, as readers differ in which one counts. */
    static Optional<Map<String, @Nullable Object>> map(String text) {
        try {
            TypedJsonReader reader = new TypedJsonReader(text);
            Map<String, @Nullable Object> map = reader.object();
            reader.end();
            return Optional.of(map);
        } catch (IllegalArgumentException e) {
            // The caller shows the octets instead: they are the sender's mistake, not a failure to receive.
            return Optional.empty();
        }
    }

    /** The list, or empty if it is not one. */
    static Optional<List<@Nullable Object>> list(String text) {
        try {
            TypedJsonReader reader = new TypedJsonReader(text);
            List<@Nullable Object> list = reader.array();
            reader.end();
            return Optional.of(list);
        } catch (IllegalArgumentException e) {
            // As above.
            return Optional.empty();
        }
    }

    private Map<String, @Nullable Object> object() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        expect('{');
        if (skip('}')) {
            return members;
        }
        do {
            String name = string();
            expect(':');
            if (members.containsKey(name)) {
                throw malformed();
            }
            members.put(name, value());
        } while (skip(','));
        expect('}');
        return members;
    }

    private List<@Nullable Object> array() {
        List<@Nullable Object> elements = new ArrayList<>();
        expect('[');
        if (skip(']')) {
            return elements;
        }
        do {
            elements.add(value());
        } while (skip(','));
        expect(']');
        return elements;
    }

    private @Nullable Object value() {
        return switch (peek()) {
            case '"' -> string();
            case '{' -> tagged();
            case 't', 'f', 'n' -> word();
            default -> TypedJson.numberOf(number());
        };
    }

    private Object tagged() {
        expect('{');
        String tag = string();
        expect(':');
        Object value = TypedJson.valueOf(tag, peek() == '"' ? string() : number());
        expect('}');
        return value;
    }

    private @Nullable Object word() {
        if (text.startsWith("true", at)) {
            at += 4;
            return true;
        }
        if (text.startsWith("false", at)) {
            at += 5;
            return false;
        }
        if (text.startsWith("null", at)) {
            at += 4;
            return null;
        }
        throw malformed();
    }

    private String number() {
        peek();
        int from = at;
        if (at(at) == '-') {
            at++;
        }
        int integer = at;
        digits();
        if (at - integer > 1 && at(integer) == '0') {
            throw malformed();
        }
        if (at(at) == '.') {
            at++;
            digits();
        }
        if (at(at) == 'e' || at(at) == 'E') {
            at++;
            if (at(at) == '+' || at(at) == '-') {
                at++;
            }
            digits();
        }
        return text.substring(from, at);
    }

    private void digits() {
        int from = at;
        while (at(at) >= '0' && at(at) <= '9') {
            at++;
        }
        if (at == from) {
            throw malformed();
        }
    }

    private String string() {
        expect('"');
        int from = at;
        while (at(at) != '"' && at(at) != '\\') {
            plain();
        }
        if (at(at) == '"') {
            return text.substring(from, at++);
        }
        StringBuilder unescaped = new StringBuilder(text.substring(from, at));
        while (at(at) != '"') {
            unescaped.append(at(at) == '\\' ? escaped() : plain());
        }
        at++;
        return unescaped.toString();
    }

    private char plain() {
        char c = at(at);
        if (c < ' ') {
            throw malformed();
        }
        at++;
        return c;
    }

    private char escaped() {
        at++;
        char c = at(at++);
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw malformed();
        };
    }

    private char unicode() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value * 16 + HexFormat.fromHexDigit(at(at++));
        }
        return (char) value;
    }

    private void end() {
        peek();
        if (at < text.length()) {
            throw malformed();
        }
    }

    private void expect(char c) {
        if (!skip(c)) {
            throw malformed();
        }
    }

    private boolean skip(char c) {
        boolean there = peek() == c;
        if (there) {
            at++;
        }
        return there;
    }

    /** The next character that is no white space. */
    private char peek() {
        while (at(at) == ' ' || at(at) == '\t' || at(at) == '\n' || at(at) == '\r') {
            at++;
        }
        return at(at);
    }

    /** The character there; NUL, which JSON has nowhere, at the end. */
    private char at(int index) {
        return index < text.length() ? text.charAt(index) : 0;
    }

    private IllegalArgumentException malformed() {
        return new IllegalArgumentException("no JSON of a message at " + at);
    }
}
