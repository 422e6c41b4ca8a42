package dev.leveret.jms.selector;

import jakarta.jms.InvalidSelectorException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message selector, read once and asked for each message. Immutable.
 *
 * <p>Asking takes time in proportion to the selector and the strings that it looks at, and never fails.
 */
public final class Selector {

    /** The longest selector that is read, in characters. */
    static final int MAX_LENGTH = 65_536;

    /** How many parentheses may be open at a time. */
    static final int MAX_DEPTH = 200;

    private static final int QUOTED = 80;

    private final String text;
    private final Condition condition;
    private final Optional<Equality> equality;

    private Selector(String text, Condition condition) {
        this.text = text;
        this.condition = condition;
        equality = Equality.of(condition);
    }

    /**
     * A selector that is the same as saying that a header field or property has one of these values, and so can be looked up.
     *
     * @param identifier the header field or property
     * @param values what it may be
     */
    public record Equality(String identifier, Set<String> values) {

        private static Optional<Equality> of(Condition condition) {
            return Optional.ofNullable(Equalities.of(condition));
        }
    }

    /**
     * Reads a selector.
     *
     * @param text not blank; at most 65,536 characters with at most 200 parentheses open at a time
     * @throws InvalidSelectorException if it is none, which says where and what was expected there
     */
    public static Selector parse(String text) throws InvalidSelectorException {
        if (text.length() > MAX_LENGTH) {
            throw new InvalidSelectorException("a selector of " + text.length() + " characters is too long: at most "
                    + MAX_LENGTH + " are taken. It begins with: " + abbreviated(text));
        }
        return new Selector(text, new SelectorParser(text).parse());
    }

    /** Whether the selector is true of a message; neither false nor unknown. */
    public boolean matches(SelectableMessage message) {
        return condition.test(message) == Truth.TRUE;
    }

    /** What to look for if that is all it says. */
    public Optional<Equality> equality() {
        return equality;
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Selector that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The error for what stands at a place where something else has to; positions are told from 1. */
    static InvalidSelectorException invalid(String selector, int at, String expected, String found) {
        return new InvalidSelectorException("invalid selector, at position " + (at + 1) + ": expected " + expected
                + " but found " + found + "; in: " + around(selector, at));
    }

    /** The part of a selector that has this place in it, if it is long. */
    private static String around(String selector, int at) {
        int from = Math.max(0, at - QUOTED);
        int to = Math.min(selector.length(), at + QUOTED);
        return (from == 0 ? "" : "...") + selector.substring(from, to) + (to == selector.length() ? "" : "...");
    }

    static String abbreviated(String text) {
        return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "...";
    }
}
