package dev.leveret.amqp.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dictionary as Python and JSON write it: {@code {'name': 'x', "count": 3, 'on': True, 'none': None}}, with nested
 * dictionaries and lists. Errors tell a position and quote nothing.
 */
final class DictLiteral {

    private static final int MAX_DEPTH = 16;

    private final String text;
    private int position;
    private int depth;

    private DictLiteral(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException if it is no such dictionary, or a key is there twice */
    static Map<String, @Nullable Object> parse(String text) {
        DictLiteral literal = new DictLiteral(text);
        literal.skipSpace();
        Map<String, @Nullable Object> dict = literal.dict();
        literal.skipSpace();
        if (literal.position < text.length()) {
            throw literal.wrong("the end");
        }
        return dict;
    }

    private Map<String, @Nullable Object> dict() {
        Map<String, @Nullable Object> dict = new LinkedHashMap<>();
        elements('{', '}', () -> {
            int at = position;
            String key = string();
            skipSpace();
            expect(':');
            skipSpace();
            if (dict.containsKey(key)) {
                position = at;
                throw wrong("another key");
            }
            dict.put(key, value());
        });
        return dict;
    }

    private List<@Nullable Object> list() {
        List<@Nullable Object> list = new ArrayList<>();
        elements('[', ']', () -> list.add(value()));
        return list;
    }

    private void elements(char open, char close, Runnable element) {
        expect(open);
        if (++depth > MAX_DEPTH) {
            throw wrong("less nesting");
        }
        skipSpace();
        while (!at(close)) {
            element.run();
            skipSpace();
            if (!at(close)) {
                expect(',');
                skipSpace();
            }
        }
        expect(close);
        depth--;
    }

    private @Nullable Object value() {
        if (at('{')) {
            return dict();
        } else if (at('[')) {
            return list();
        } else if (at('\'') || at('"')) {
            return string();
        }
        int start = position;
        while (position < text.length() && (Character.isLetterOrDigit(text.charAt(position)) || at('.', '-', '+'))) {
            position++;
        }
        String word = text.substring(start, position);
        try {
            return switch (word) {
                case "True", "true" -> true;
                case "False", "false" -> false;
                case "None", "null" -> null;
                default -> number(word);
            };
        } catch (NumberFormatException e) {
            position = start;
            throw wrong("a value");
        }
    }

    private static Object number(String word) {
        if (!word.matches("[-+]?[0-9].*")) {
            throw new NumberFormatException();
        }
        if (!word.matches("[-+]?[0-9]+")) {
            return Double.parseDouble(word);
        }
        long number = Long.parseLong(word);
        if (number == (int) number) {
            return (int) number;
        }
        return number;
    }

    private String string() {
        if (!at('\'') && !at('"')) {
            throw wrong("a string in quotes");
        }
        char quote = text.charAt(position++);
        StringBuilder string = new StringBuilder();
        while (!at(quote)) {
            if (position >= text.length()) {
                throw wrong("the closing quote");
            }
            if (at('\\')) {
                position++;
                if (!at('\\', '\'', '"')) {
                    throw wrong("\\, ' or \" after a \\");
                }
            }
            string.append(text.charAt(position++));
        }
        position++;
        return string.toString();
    }

    private void expect(char wanted) {
        if (!at(wanted)) {
            throw wrong("a " + wanted);
        }
        position++;
    }

    private boolean at(char... any) {
        if (position < text.length()) {
            for (char each : any) {
                if (text.charAt(position) == each) {
                    return true;
                }
            }
        }
        return false;
    }

    private void skipSpace() {
        while (at(' ', '\t', '\n', '\r')) {
            position++;
        }
    }

    private IllegalArgumentException wrong(String wanted) {
        return new IllegalArgumentException("not a dictionary such as {'name': 'value', 'number': 1}: " + wanted
                + " is wanted at position " + position);
    }
}
