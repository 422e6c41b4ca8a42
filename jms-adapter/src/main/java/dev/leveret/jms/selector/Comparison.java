package dev.leveret.jms.selector;

import org.jspecify.annotations.Nullable;

/** The comparisons of two values (section 3.8.1.2): numbers by Java's promotion, strings and booleans for equality alone. */
enum Comparison {
    EQUAL("="),
    NOT_EQUAL("<>"),
    LESS("<"),
    LESS_OR_EQUAL("<="),
    GREATER(">"),
    GREATER_OR_EQUAL(">=");

    private final String symbol;

    Comparison(String symbol) {
        this.symbol = symbol;
    }

    boolean isOrder() {
        return this != EQUAL && this != NOT_EQUAL;
    }

    /** Unknown if either value is null, false if they are not of a kind. */
    Truth of(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return Truth.UNKNOWN;
        }
        if (left instanceof Number a && right instanceof Number b) {
            return Truth.of(ofNumbers(a, b));
        }
        boolean alike = (left instanceof String && right instanceof String)
                || (left instanceof Boolean && right instanceof Boolean);
        return Truth.of(alike && !isOrder() && left.equals(right) == (this == EQUAL));
    }

    private boolean ofNumbers(Number left, Number right) {
        return switch (NumericType.of(left, right)) {
            case INT, LONG -> holds(Long.compare(left.longValue(), right.longValue()));
            case FLOAT -> ofApproximate(left.floatValue(), right.floatValue());
            case DOUBLE -> ofApproximate(left.doubleValue(), right.doubleValue());
        };
    }

    /** With Java's operators: zeros are equal, and what is no number equals nothing. A float becomes a double unchanged. */
    private boolean ofApproximate(double left, double right) {
        if (Double.isNaN(left) || Double.isNaN(right)) {
            return this == NOT_EQUAL;
        }
        return holds(left < right ? -1 : left > right ? 1 : 0);
    }

    private boolean holds(int order) {
        return switch (this) {
            case EQUAL -> order == 0;
            case NOT_EQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_OR_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_OR_EQUAL -> order >= 0;
        };
    }

    @Override
    public String toString() {
        return symbol;
    }
}
