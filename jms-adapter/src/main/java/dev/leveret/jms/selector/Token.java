package dev.leveret.jms.selector;

/**
 * A word, literal or sign of a selector.
 *
 * @param text as an error quotes it; of a string literal what it stands for
 * @param value of a literal; otherwise its text
 * @param at its place in the selector, from 0
 */
record Token(Kind kind, String text, Object value, int at) {

    /** What a token is; keywords and signs have a kind each. */
    enum Kind {
        IDENTIFIER,
        STRING,
        NUMBER,
        /** 2^63, which only a minus sign makes a number that there is. */
        TOO_LARGE_BY_ONE,
        TRUE,
        FALSE,
        NULL,
        NOT,
        AND,
        OR,
        BETWEEN,
        LIKE,
        IN,
        IS,
        ESCAPE,
        COMPARISON,
        PLUS,
        MINUS,
        TIMES,
        SLASH,
        OPEN,
        CLOSE,
        COMMA,
        END
    }

    boolean is(Kind other) {
        return kind == other;
    }

    /** For an error. */
    String described() {
        return switch (kind) {
            case END -> "its end";
            case STRING -> "the string '" + Selector.abbreviated(text) + "'";
            default -> "'" + Selector.abbreviated(text) + "'";
        };
    }
}
