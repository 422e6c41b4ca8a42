package dev.leveret.jms.selector;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A part of a selector that is true, false or unknown of a message; also a value, for it may be compared. */
interface Condition extends Operand {

    Truth test(SelectableMessage message);

    @Override
    default @Nullable Object value(SelectableMessage message) {
        Truth truth = test(message);
        return truth == Truth.UNKNOWN ? null : (Object) (truth == Truth.TRUE);
    }

    /** A value in the place of a condition. */
    record BooleanValue(Operand operand) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            Object value = operand.value(message);
            return value == null ? Truth.UNKNOWN : Truth.of(Boolean.TRUE.equals(value));
        }
    }

    /** Any number of conditions of which all must hold, or one. Not a pair, so that long chains are not deep. */
    record Junction(boolean all, List<Condition> parts) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            Truth decisive = Truth.of(!all);
            Truth result = decisive.not();
            for (Condition part : parts) {
                Truth truth = part.test(message);
                if (truth == decisive) {
                    return truth;
                }
                result = all ? result.and(truth) : result.or(truth);
            }
            return result;
        }
    }

    /** {@code NOT}. */
    record Negation(Condition condition) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            return condition.test(message).not();
        }
    }

    /** {@code =}, {@code <} and the others. */
    record Relation(Comparison comparison, Operand left, Operand right) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            return comparison.of(left.value(message), right.value(message));
        }
    }

    /** {@code BETWEEN}: the two comparisons that it stands for, which are not each other's opposite if types do not fit. */
    record Between(boolean negated, Operand operand, Operand low, Operand high) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            Object value = operand.value(message);
            Object least = low.value(message);
            Object most = high.value(message);
            return negated
                    ? Comparison.LESS.of(value, least).or(Comparison.GREATER.of(value, most))
                    : Comparison.GREATER_OR_EQUAL.of(value, least).and(Comparison.LESS_OR_EQUAL.of(value, most));
        }
    }

    /** {@code LIKE}. */
    record Like(boolean negated, Identifier identifier, LikePattern pattern) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            Object value = identifier.value(message);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            return Truth.of(value instanceof String text && pattern.matches(text) != negated);
        }
    }

    /** {@code IN}. */
    record In(boolean negated, Identifier identifier, Set<String> values) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            Object value = identifier.value(message);
            if (value == null) {
                return Truth.UNKNOWN;
            }
            return Truth.of(value instanceof String text && values.contains(text) != negated);
        }
    }

    /** {@code IS NULL}. */
    record IsNull(boolean negated, Identifier identifier) implements Condition {
        @Override
        public Truth test(SelectableMessage message) {
            return Truth.of((identifier.value(message) == null) != negated);
        }
    }
}
