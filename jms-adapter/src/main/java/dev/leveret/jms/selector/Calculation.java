package dev.leveret.jms.selector;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operands of the same precedence from left to right, such as {@code a + b - c}. Not pairs, so that long chains are not deep.
 *
 * @param first the leftmost operand
 */
record Calculation(Operand first, List<Step> steps) implements Operand {

    /** An operator and what is to the right of it. */
    record Step(Operator operator, Operand operand) {}

    /** The operators of arithmetic. */
    enum Operator {
        PLUS,
        MINUS,
        TIMES,
        DIVIDED_BY
    }

    /** A signed operand. */
    record Signed(boolean negative, Operand operand) implements Operand {
        @Override
        public @Nullable Object value(SelectableMessage message) {
            Object value = operand.value(message);
            if (value == null) {
                return null;
            }
            if (!(value instanceof Number number)) {
                return MISFIT;
            }
            if (!negative) {
                return number;
            }
            return switch (NumericType.of(number)) {
                case INT -> -number.intValue();
                case LONG -> -number.longValue();
                case FLOAT -> -number.floatValue();
                case DOUBLE -> -number.doubleValue();
            };
        }
    }

    @Override
    public @Nullable Object value(SelectableMessage message) {
        Object result = first.value(message);
        for (Step step : steps) {
            if (result == null) {
                return null;
            }
            Object right = step.operand.value(message);
            if (right == null) {
                return null;
            }
            result = result instanceof Number a && right instanceof Number b ? calculate(step.operator, a, b) : MISFIT;
        }
        return result;
    }

    private static @Nullable Object calculate(Operator operator, Number left, Number right) {
        return switch (NumericType.of(left, right)) {
            case INT -> ofInts(operator, left.intValue(), right.intValue());
            case LONG -> ofLongs(operator, left.longValue(), right.longValue());
            case FLOAT -> ofFloats(operator, left.floatValue(), right.floatValue());
            case DOUBLE -> ofDoubles(operator, left.doubleValue(), right.doubleValue());
        };
    }

    private static @Nullable Object ofInts(Operator operator, int left, int right) {
        return switch (operator) {
            case PLUS -> left + right;
            case MINUS -> left - right;
            case TIMES -> left * right;
            case DIVIDED_BY -> right == 0 ? null : (Object) (left / right);
        };
    }

    private static @Nullable Object ofLongs(Operator operator, long left, long right) {
        return switch (operator) {
            case PLUS -> left + right;
            case MINUS -> left - right;
            case TIMES -> left * right;
            case DIVIDED_BY -> right == 0 ? null : (Object) (left / right);
        };
    }

    private static Object ofFloats(Operator operator, float left, float right) {
        return switch (operator) {
            case PLUS -> left + right;
            case MINUS -> left - right;
            case TIMES -> left * right;
            case DIVIDED_BY -> left / right;
        };
    }

    private static Object ofDoubles(Operator operator, double left, double right) {
        return switch (operator) {
            case PLUS -> left + right;
            case MINUS -> left - right;
            case TIMES -> left * right;
            case DIVIDED_BY -> left / right;
        };
    }
}
