package dev.leveret.jms.selector;

import dev.leveret.jms.selector.Token.Kind;
import jakarta.jms.InvalidSelectorException;
import java.util.Locale;
import java.util.Map;

/** Cuts a selector into tokens (section 3.8.1.1). */
final class SelectorLexer {

    private static final Map<String, Kind> KEYWORDS = Map.ofEntries(
            Map.entry("TRUE", Kind.TRUE),
            Map.entry("FALSE", Kind.FALSE),
            Map.entry("NULL", Kind.NULL),
            Map.entry("NOT", Kind.NOT),
            Map.entry("AND", Kind.AND),
            Map.entry("OR", Kind.OR),
            Map.entry("BETWEEN", Kind.BETWEEN),
            Map.entry("LIKE", Kind.LIKE),
            Map.entry("IN", Kind.IN),
            Map.entry("IS", Kind.IS),
            Map.entry("ESCAPE", Kind.ESCAPE));

    private static final int LONGEST_KEYWORD = 7;

    private final String source;
    private int next;

    SelectorLexer(String source) {
        this.source = source;
    }

    /** The next token; at the end {@link Kind#END}, again and again. */
    Token next() throws InvalidSelectorException {
        while (next < source.length() && " \t\f\r\n".indexOf(source.charAt(next)) >= 0) {
            next++;
        }
        if (next == source.length()) {
            return new Token(Kind.END, "", "", next);
        }
        char first = source.charAt(next);
        if (first == '\'') {
            return string();
        }
        if (isDigit(first) || (first == '.' && isDigit(peek(1)))) {
            return number();
        }
        return Character.isJavaIdentifierStart(first) ? word() : sign(first);
    }

    private char peek(int ahead) {
        return next + ahead < source.length() ? source.charAt(next + ahead) : '\0';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private Token word() throws InvalidSelectorException {
        int start = next;
        while (next < source.length() && Character.isJavaIdentifierPart(source.charAt(next))) {
            next++;
        }
        String word = source.substring(start, next);
        Kind keyword = word.length() > LONGEST_KEYWORD ? null : KEYWORDS.get(word.toUpperCase(Locale.ROOT));
        if (keyword != null) {
            return new Token(keyword, word, word, start);
        }
        if (!Identifiers.isAllowed(word)) {
            throw Selector.invalid(
                    source,
                    start,
                    "a property, or one of the header fields " + Identifiers.headerFields() + ",",
                    "'" + word + "'");
        }
        return new Token(Kind.IDENTIFIER, word, word, start);
    }

    private Token string() throws InvalidSelectorException {
        int start = next++;
        StringBuilder text = new StringBuilder();
        while (next < source.length()) {
            char c = source.charAt(next++);
            if (c != '\'') {
                text.append(c);
            } else if (peek(0) == '\'') {
                text.append(c);
                next++;
            } else {
                return new Token(Kind.STRING, text.toString(), text.toString(), start);
            }
        }
        throw Selector.invalid(source, start, "a ' that ends the string which begins here", "none");
    }

    private Token sign(char first) throws InvalidSelectorException {
        int start = next++;
        return switch (first) {
            case '=' -> comparison(Comparison.EQUAL, start);
            case '<' -> {
                char second = peek(0);
                if (second == '>' || second == '=') {
                    next++;
                }
                yield comparison(
                        second == '>'
                                ? Comparison.NOT_EQUAL
                                : second == '=' ? Comparison.LESS_OR_EQUAL : Comparison.LESS,
                        start);
            }
            case '>' -> {
                boolean orEqual = peek(0) == '=';
                if (orEqual) {
                    next++;
                }
                yield comparison(orEqual ? Comparison.GREATER_OR_EQUAL : Comparison.GREATER, start);
            }
            case '+' -> new Token(Kind.PLUS, "+", "+", start);
            case '-' -> new Token(Kind.MINUS, "-", "-", start);
            case '*' -> new Token(Kind.TIMES, "*", "*", start);
            case '/' -> new Token(Kind.SLASH, "/", "/", start);
            case '(' -> new Token(Kind.OPEN, "(", "(", start);
            case ')' -> new Token(Kind.CLOSE, ")", ")", start);
            case ',' -> new Token(Kind.COMMA, ",", ",", start);
            default ->
                throw Selector.invalid(
                        source, start, "a name, a literal or an operator", "the character '" + first + "'");
        };
    }

    private static Token comparison(Comparison comparison, int start) {
        return new Token(Kind.COMPARISON, comparison.toString(), comparison, start);
    }

    private Token number() throws InvalidSelectorException {
        int start = next;
        boolean hexadecimal = peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X');
        if (hexadecimal) {
            next += 2;
            skipHexadecimalDigits();
        } else {
            skipDecimal();
        }
        String text = source.substring(start, next);
        Object value = NumberLiterals.parse(text);
        if (value == null) {
            boolean almost = NumberLiterals.isTooLargeByOne(text);
            if (!almost) {
                throw Selector.invalid(source, start, "a number that a long or double can hold", "'" + text + "'");
            }
            return new Token(Kind.TOO_LARGE_BY_ONE, text, text, start);
        }
        return new Token(Kind.NUMBER, text, value, start);
    }

    private void skipHexadecimalDigits() {
        while (Character.digit(peek(0), 16) >= 0 && peek(0) < 128) {
            next++;
        }
        skipOneOf("lL");
    }

    private void skipDecimal() {
        skipDigits();
        if (peek(0) == '.') {
            next++;
            skipDigits();
        }
        int ahead = peek(1) == '+' || peek(1) == '-' ? 2 : 1;
        if ((peek(0) == 'e' || peek(0) == 'E') && isDigit(peek(ahead))) {
            next += ahead;
            skipDigits();
        }
        skipOneOf("lLfFdD");
    }

    private void skipDigits() {
        while (isDigit(peek(0))) {
            next++;
        }
    }

    private void skipOneOf(String characters) {
        if (next < source.length() && characters.indexOf(source.charAt(next)) >= 0) {
            next++;
        }
    }
}
