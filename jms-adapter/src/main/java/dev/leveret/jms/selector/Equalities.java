package dev.leveret.jms.selector;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out whether a condition says nothing but that one identifier has one of some strings as its value. */
final class Equalities {

    private Equalities() {}

    static Selector.@Nullable Equality of(Condition condition) {
        if (condition instanceof Condition.In in && !in.negated()) {
            return new Selector.Equality(in.identifier().name(), in.values());
        }
        if (condition instanceof Condition.Relation relation && relation.comparison() == Comparison.EQUAL) {
            Selector.Equality found = of(relation.left(), relation.right());
            return found == null ? of(relation.right(), relation.left()) : found;
        }
        return condition instanceof Condition.Junction junction && !junction.all() ? ofAll(junction) : null;
    }

    private static Selector.@Nullable Equality of(Operand left, Operand right) {
        return left instanceof Operand.Identifier identifier
                        && right instanceof Operand.Literal literal
                        && literal.constant() instanceof String text
                ? new Selector.Equality(identifier.name(), Set.of(text))
                : null;
    }

    private static Selector.@Nullable Equality ofAll(Condition.Junction alternatives) {
        String identifier = null;
        Set<String> values = new HashSet<>();
        for (Condition part : alternatives.parts()) {
            Selector.Equality equality = of(part);
            if (equality == null || (identifier != null && !identifier.equals(equality.identifier()))) {
                return null;
            }
            identifier = equality.identifier();
            values.addAll(equality.values());
        }
        return identifier == null ? null : new Selector.Equality(identifier, Set.copyOf(values));
    }
}
