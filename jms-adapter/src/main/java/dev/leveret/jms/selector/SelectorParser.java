package dev.leveret.jms.selector;

import dev.leveret.jms.selector.Calculation.Operator;
import dev.leveret.jms.selector.Token.Kind;
import jakarta.jms.InvalidSelectorException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a selector by recursive descent, one method for each precedence: {@code OR}, {@code AND}, {@code NOT}, comparisons,
 * addition, multiplication, signs. It goes deeper for parentheses alone, whose number is bounded; chains are loops.
 */
final class SelectorParser {

    private static final String OPERAND = "a name, a literal or (";

    private final String source;
    private final SelectorLexer lexer;
    private Token token;
    private int depth;

    /** What is known of a part before any message is. */
    private enum Type {
        CONDITION,
        BOOLEAN,
        NUMBER,
        STRING,
        /** An identifier's: the message decides. */
        ANY;

        /** Whether values of these can be equal; the specification calls a comparison of others false. */
        boolean isComparableTo(Type other) {
            return this == ANY || other == ANY || this == other || (isTruth() && other.isTruth());
        }

        private boolean isTruth() {
            return this == CONDITION || this == BOOLEAN;
        }
    }

    /** A part that has been read, and where it began. */
    private record Part(Operand operand, Type type, Token first) {}

    SelectorParser(String source) throws InvalidSelectorException {
        this.source = source;
        lexer = new SelectorLexer(source);
        token = lexer.next();
    }

    Condition parse() throws InvalidSelectorException {
        Part all = alternatives();
        if (!token.is(Kind.END)) {
            throw expected("an operator or the end");
        }
        return condition(all);
    }

    private Part alternatives() throws InvalidSelectorException {
        Part first = conjunction();
        if (!token.is(Kind.OR)) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(condition(first)));
        while (accept(Kind.OR)) {
            parts.add(condition(conjunction()));
        }
        return new Part(new Condition.Junction(false, List.copyOf(parts)), Type.CONDITION, first.first);
    }

    private Part conjunction() throws InvalidSelectorException {
        Part first = negation();
        if (!token.is(Kind.AND)) {
            return first;
        }
        List<Condition> parts = new ArrayList<>(List.of(condition(first)));
        while (accept(Kind.AND)) {
            parts.add(condition(negation()));
        }
        return new Part(new Condition.Junction(true, List.copyOf(parts)), Type.CONDITION, first.first);
    }

    private Part negation() throws InvalidSelectorException {
        Token first = token;
        boolean negated = false;
        while (accept(Kind.NOT)) {
            negated = !negated;
        }
        Part part = predicate();
        if (first == part.first) {
            return part;
        }
        Condition condition = condition(part);
        return new Part(negated ? new Condition.Negation(condition) : condition, Type.CONDITION, first);
    }

    private Part predicate() throws InvalidSelectorException {
        Part left = sum();
        if (token.is(Kind.COMPARISON)) {
            return relation(left);
        }
        if (accept(Kind.IS)) {
            boolean negated = accept(Kind.NOT);
            require(Kind.NULL, negated ? "NULL" : "NULL or NOT NULL");
            return is(new Condition.IsNull(negated, identifier(left, "IS NULL")), left);
        }
        boolean negated = accept(Kind.NOT);
        if (accept(Kind.BETWEEN)) {
            return between(negated, left);
        }
        if (accept(Kind.LIKE)) {
            return like(negated, left);
        }
        if (accept(Kind.IN)) {
            return in(negated, left);
        }
        if (negated) {
            throw expected("BETWEEN, LIKE or IN");
        }
        return left;
    }

    private static Part is(Condition condition, Part left) {
        return new Part(condition, Type.CONDITION, left.first);
    }

    private Part relation(Part left) throws InvalidSelectorException {
        Comparison comparison = (Comparison) token.value();
        advance();
        Part right = sum();
        if (comparison.isOrder()) {
            requireOrdered(left, comparison.toString());
            requireOrdered(right, comparison.toString());
        } else if (!left.type.isComparableTo(right.type)) {
            throw Selector.invalid(
                    source,
                    right.first.at(),
                    "something that can be equal to what is before " + comparison,
                    right.first.described());
        }
        if (token.is(Kind.COMPARISON)) {
            throw expected("AND, OR or the end, for comparisons are no chains,");
        }
        return is(new Condition.Relation(comparison, left.operand, right.operand), left);
    }

    private void requireOrdered(Part part, String operator) throws InvalidSelectorException {
        if (part.type != Type.NUMBER && part.type != Type.ANY) {
            throw Selector.invalid(
                    source,
                    part.first.at(),
                    "a number for " + operator + ", as strings and booleans can only be equal or not,",
                    part.first.described());
        }
    }

    private Part between(boolean negated, Part left) throws InvalidSelectorException {
        requireOrdered(left, "BETWEEN");
        Part low = sum();
        requireOrdered(low, "BETWEEN");
        require(Kind.AND, "AND and the upper bound of BETWEEN");
        Part high = sum();
        requireOrdered(high, "BETWEEN");
        return is(new Condition.Between(negated, left.operand, low.operand, high.operand), left);
    }

    private Part like(boolean negated, Part left) throws InvalidSelectorException {
        Operand.Identifier identifier = identifier(left, "LIKE");
        Token pattern = require(Kind.STRING, "a pattern in quotes");
        if (!accept(Kind.ESCAPE)) {
            return is(new Condition.Like(negated, identifier, LikePattern.of(pattern.text())), left);
        }
        Token escape = require(Kind.STRING, "the escape character in quotes");
        if (escape.text().codePointCount(0, escape.text().length()) != 1) {
            throw Selector.invalid(source, escape.at(), "a single escape character", escape.described());
        }
        try {
            LikePattern escaped = LikePattern.of(pattern.text(), escape.text().codePointAt(0));
            return is(new Condition.Like(negated, identifier, escaped), left);
        } catch (IllegalArgumentException e) {
            throw Selector.invalid(
                    source, pattern.at(), "a character after the escape character", "none in " + pattern.described());
        }
    }

    private Part in(boolean negated, Part left) throws InvalidSelectorException {
        Operand.Identifier identifier = identifier(left, "IN");
        require(Kind.OPEN, "( and a list of strings");
        Set<String> values = new HashSet<>();
        do {
            values.add(require(Kind.STRING, "a string").text());
        } while (accept(Kind.COMMA));
        require(Kind.CLOSE, ", or )");
        return is(new Condition.In(negated, identifier, Set.copyOf(values)), left);
    }

    private Part sum() throws InvalidSelectorException {
        Part first = product();
        List<Calculation.Step> steps = new ArrayList<>(0);
        while (token.is(Kind.PLUS) || token.is(Kind.MINUS)) {
            Operator operator = token.is(Kind.PLUS) ? Operator.PLUS : Operator.MINUS;
            advance();
            steps.add(new Calculation.Step(operator, number(product())));
        }
        return calculation(first, steps);
    }

    private Part product() throws InvalidSelectorException {
        Part first = signed();
        List<Calculation.Step> steps = new ArrayList<>(0);
        while (token.is(Kind.TIMES) || token.is(Kind.SLASH)) {
            Operator operator = token.is(Kind.TIMES) ? Operator.TIMES : Operator.DIVIDED_BY;
            advance();
            steps.add(new Calculation.Step(operator, number(signed())));
        }
        return calculation(first, steps);
    }

    private Part calculation(Part first, List<Calculation.Step> steps) throws InvalidSelectorException {
        return steps.isEmpty()
                ? first
                : new Part(new Calculation(number(first), List.copyOf(steps)), Type.NUMBER, first.first);
    }

    private Part signed() throws InvalidSelectorException {
        Token first = token;
        boolean negative = false;
        Kind sign = Kind.END;
        while (token.is(Kind.PLUS) || token.is(Kind.MINUS)) {
            sign = token.kind();
            negative ^= sign == Kind.MINUS;
            advance();
        }
        if (token.is(Kind.TOO_LARGE_BY_ONE) && sign == Kind.MINUS) {
            advance();
            // The minus sign that made it the smallest long is part of it; negating that again changes nothing.
            return new Part(new Operand.Literal(Long.MIN_VALUE), Type.NUMBER, first);
        }
        Part operand = primary();
        return sign == Kind.END
                ? operand
                : new Part(new Calculation.Signed(negative, number(operand)), Type.NUMBER, first);
    }

    private Part primary() throws InvalidSelectorException {
        Token first = token;
        advance();
        return switch (first.kind()) {
            case IDENTIFIER -> new Part(new Operand.Identifier(first.text()), Type.ANY, first);
            case STRING -> new Part(new Operand.Literal(first.value()), Type.STRING, first);
            case NUMBER -> new Part(new Operand.Literal(first.value()), Type.NUMBER, first);
            case TRUE, FALSE -> new Part(new Operand.Literal(first.is(Kind.TRUE)), Type.BOOLEAN, first);
            case OPEN -> parenthesized(first);
            case TOO_LARGE_BY_ONE ->
                throw Selector.invalid(
                        source, first.at(), "a number that a long or double can hold", first.described());
            default -> throw Selector.invalid(source, first.at(), OPERAND, first.described());
        };
    }

    private Part parenthesized(Token open) throws InvalidSelectorException {
        if (++depth > Selector.MAX_DEPTH) {
            throw Selector.invalid(
                    source, open.at(), "at most " + Selector.MAX_DEPTH + " open parentheses", "one more");
        }
        Part inner = alternatives();
        require(Kind.CLOSE, "an operator or )");
        depth--;
        return new Part(inner.operand, inner.type, open);
    }

    private Condition condition(Part part) throws InvalidSelectorException {
        return switch (part.type) {
            case CONDITION -> (Condition) part.operand;
            case BOOLEAN, ANY -> new Condition.BooleanValue(part.operand);
            case NUMBER, STRING ->
                throw Selector.invalid(
                        source, part.first.at(), "a condition", "a value that is neither true nor false");
        };
    }

    private Operand number(Part part) throws InvalidSelectorException {
        if (part.type != Type.NUMBER && part.type != Type.ANY) {
            throw Selector.invalid(source, part.first.at(), "a number to calculate with", part.first.described());
        }
        return part.operand;
    }

    private Operand.Identifier identifier(Part part, String operator) throws InvalidSelectorException {
        if (part.operand instanceof Operand.Identifier identifier) {
            return identifier;
        }
        throw Selector.invalid(
                source,
                part.first.at(),
                "the name of a property or header field before " + operator,
                part.first.described());
    }

    private void advance() throws InvalidSelectorException {
        token = lexer.next();
    }

    private boolean accept(Kind kind) throws InvalidSelectorException {
        if (!token.is(kind)) {
            return false;
        }
        advance();
        return true;
    }

    private Token require(Kind kind, String what) throws InvalidSelectorException {
        Token found = token;
        if (!accept(kind)) {
            throw expected(what);
        }
        return found;
    }

    private InvalidSelectorException expected(String what) {
        return Selector.invalid(source, token.at(), what, token.described());
    }
}
