package dev.leveret.jms.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.InvalidSelectorException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Random selectors against an evaluator that is as simple as can be: while a selector's text is made, so is the function that
 * it ought to be. Unknown is null, and {@code WRONG} what the specification calls false because the types do not fit.
 */
class SelectorAgainstReferenceTest {

    private static final Object WRONG = new Object();
    private static final String[] STRINGS = {"", "a", "ab", "b%", "a_b", "it's", "aab", "1"};
    private static final String[] NAMES = {"p", "q", "r", "s", "t", "JMSPriority", "JMSType", "missing"};

    /** A text and what it means; the number says how tightly it binds. */
    private record Case(String text, int binding, Function<Map<String, Object>, Object> meaning) {

        String in(int context) {
            return binding < context ? "(" + text + ")" : text;
        }

        Object of(Map<String, Object> message) {
            return meaning.apply(message);
        }
    }

    private static final int OR = 1;
    private static final int AND = 2;
    private static final int NOT = 3;
    private static final int PREDICATE = 4;
    private static final int SUM = 5;
    private static final int PRODUCT = 6;
    private static final int SIGN = 7;
    private static final int ATOM = 8;

    private final Random random = new Random(3081);

    @Test
    void aSelectorMatchesExactlyIfTheReferenceSaysTrue() throws InvalidSelectorException {
        int matches = 0;
        for (int i = 0; i < 5_000; i++) {
            Case selector = condition(4);
            String text = respelled(selector.text);
            Selector parsed = Selector.parse(text);
            for (int j = 0; j < 5; j++) {
                Map<String, Object> message = message();
                boolean expected = Boolean.TRUE.equals(selector.of(message));
                assertThat(parsed.matches(message::get))
                        .as("%s of %s", text, message)
                        .isEqualTo(expected);
                matches += expected ? 1 : 0;
            }
        }
        assertThat(matches).isBetween(4_000, 21_000);
    }

    private Map<String, Object> message() {
        Map<String, Object> message = new HashMap<>();
        for (String name : NAMES) {
            if (!name.equals("missing") && random.nextInt(5) > 0) {
                message.put(name, value());
            }
        }
        return message;
    }

    private Object value() {
        return switch (random.nextInt(9)) {
            case 0 -> (byte) (random.nextInt(5) - 2);
            case 1 -> (short) (random.nextInt(5) - 2);
            case 2 -> random.nextInt(8) == 0 ? Integer.MAX_VALUE : random.nextInt(9) - 4;
            case 3 -> random.nextInt(8) == 0 ? Long.MIN_VALUE : (long) random.nextInt(9) - 4;
            case 4 -> random.nextInt(9) / 4f - 1;
            case 5 -> random.nextInt(8) == 0 ? Double.NaN : random.nextInt(9) / 4d - 1;
            case 6 -> random.nextBoolean();
            default -> STRINGS[random.nextInt(STRINGS.length)];
        };
    }

    private Case condition(int depth) {
        if (depth == 0) {
            return predicate(0);
        }
        return switch (random.nextInt(7)) {
            case 0, 1 -> junction(depth, " OR ", OR, true);
            case 2, 3 -> junction(depth, " AND ", AND, false);
            case 4 -> {
                Case inner = condition(depth - 1);
                yield new Case("NOT " + inner.in(NOT), NOT, message -> not(truth(inner.of(message))));
            }
            default -> predicate(depth - 1);
        };
    }

    private Case junction(int depth, String word, int binding, boolean decisive) {
        Case left = condition(depth - 1);
        Case right = condition(depth - 1);
        return new Case(left.in(binding) + word + right.in(binding), binding, message -> {
            Boolean a = truth(left.of(message));
            Boolean b = truth(right.of(message));
            if (Objects.equals(a, decisive) || Objects.equals(b, decisive)) {
                return decisive;
            }
            return a == null || b == null ? null : (Object) !decisive;
        });
    }

    private static Boolean not(Boolean value) {
        return value == null ? null : (Boolean) !value;
    }

    /** A value in the place of a condition. */
    private static Boolean truth(Object value) {
        return value == null ? null : (Boolean) Boolean.TRUE.equals(value);
    }

    private Case predicate(int depth) {
        String name = NAMES[random.nextInt(NAMES.length)];
        boolean negated = random.nextBoolean();
        String not = negated ? " NOT" : "";
        switch (random.nextInt(9)) {
            case 0:
                return new Case(name, ATOM, message -> message.get(name));
            case 1:
                return random.nextBoolean()
                        ? new Case("TRUE", ATOM, message -> true)
                        : new Case("FALSE", ATOM, message -> false);
            case 2:
                return new Case(
                        name + " IS" + not + " NULL", PREDICATE, message -> (message.get(name) == null) != negated);
            case 3:
                List<String> list = List.of(string(), string(), string());
                String quoted = list.stream()
                        .map(this::quoted)
                        .reduce((a, b) -> a + "," + b)
                        .orElseThrow();
                return new Case(name + not + " IN (" + quoted + ")", PREDICATE, message -> {
                    Object value = message.get(name);
                    return value == null ? null : (Object) (value instanceof String && list.contains(value) != negated);
                });
            case 4:
                return like(name, negated);
            case 5:
                return between(depth, negated);
            default:
                return comparison(depth);
        }
    }

    private Case like(String name, boolean negated) {
        String pattern = "";
        for (int i = random.nextInt(5); i > 0; i--) {
            pattern += new String[] {"a", "b", "%", "_", "!%", "!_", "!!", "'"}[random.nextInt(8)];
        }
        String wanted = pattern;
        String not = negated ? " NOT" : "";
        return new Case(name + not + " LIKE " + quoted(pattern) + " ESCAPE '!'", PREDICATE, message -> {
            Object value = message.get(name);
            return value == null ? null : (Object) (value instanceof String text && isLike(text, wanted) != negated);
        });
    }

    /** The definition, with all the trying that the real one must not do. */
    private static boolean isLike(String text, String pattern) {
        if (pattern.isEmpty()) {
            return text.isEmpty();
        }
        if (pattern.startsWith("%")) {
            return isLike(text, pattern.substring(1)) || (!text.isEmpty() && isLike(text.substring(1), pattern));
        }
        boolean escaped = pattern.startsWith("!");
        String rest = pattern.substring(escaped ? 2 : 1);
        char wanted = pattern.charAt(escaped ? 1 : 0);
        return !text.isEmpty()
                && ((wanted == '_' && !escaped) || text.charAt(0) == wanted)
                && isLike(text.substring(1), rest);
    }

    private Case between(int depth, boolean negated) {
        Case value = number(depth);
        Case low = number(depth);
        Case high = number(depth);
        String text = value.in(SUM) + (negated ? " NOT" : "") + " BETWEEN " + low.in(SUM) + " AND " + high.in(SUM);
        return new Case(text, PREDICATE, message -> {
            Boolean a = compared(value.of(message), negated ? "<" : ">=", low.of(message));
            Boolean b = compared(value.of(message), negated ? ">" : "<=", high.of(message));
            if (Objects.equals(a, negated) || Objects.equals(b, negated)) {
                return negated;
            }
            return a == null || b == null ? null : (Object) !negated;
        });
    }

    private Case comparison(int depth) {
        String operator = new String[] {"=", "<>", "<", "<=", ">", ">="}[random.nextInt(6)];
        boolean ordered = random.nextInt(4) > 0;
        String used = ordered ? operator : random.nextBoolean() ? "=" : "<>";
        Case left = ordered ? number(depth) : any();
        Case drawn = ordered ? number(depth) : any();
        Case right = ordered || mayBeEqual(left, drawn) ? drawn : name();
        if (right != drawn) {
            assertThatThrownBy(() -> Selector.parse(left.text + used + drawn.text))
                    .isInstanceOf(InvalidSelectorException.class);
        }
        return new Case(
                left.in(SUM) + " " + used + " " + right.in(SUM),
                PREDICATE,
                message -> compared(left.of(message), used, right.of(message)));
    }

    /** Whether two names or literals may be; only a literal is something without a message. */
    private static boolean mayBeEqual(Case left, Case right) {
        Object a = left.of(Map.of());
        Object b = right.of(Map.of());
        return a == null || b == null || a.getClass() == b.getClass() || (a instanceof Number && b instanceof Number);
    }

    private static Boolean compared(Object a, String operator, Object b) {
        if (a == null || b == null) {
            return null;
        }
        if (a instanceof Number x && b instanceof Number y) {
            return compared(x, operator, y);
        }
        boolean alike = (a instanceof String && b instanceof String) || (a instanceof Boolean && b instanceof Boolean);
        return switch (operator) {
            case "=" -> alike && a.equals(b);
            case "<>" -> alike && !a.equals(b);
            default -> false;
        };
    }

    private static boolean compared(Number a, String operator, Number b) {
        if (a instanceof Double || b instanceof Double || a instanceof Float || b instanceof Float) {
            boolean both = a instanceof Double || b instanceof Double;
            double x = both ? a.doubleValue() : a.floatValue();
            double y = both ? b.doubleValue() : b.floatValue();
            return switch (operator) {
                case "=" -> x == y;
                case "<>" -> x != y;
                case "<" -> x < y;
                case "<=" -> x <= y;
                case ">" -> x > y;
                default -> x >= y;
            };
        }
        long x = a.longValue();
        long y = b.longValue();
        return switch (operator) {
            case "=" -> x == y;
            case "<>" -> x != y;
            case "<" -> x < y;
            case "<=" -> x <= y;
            case ">" -> x > y;
            default -> x >= y;
        };
    }

    private Case any() {
        return switch (random.nextInt(3)) {
            case 0 -> {
                String text = string();
                yield new Case(quoted(text), ATOM, message -> text);
            }
            case 1 -> new Case("TRUE", ATOM, message -> true);
            default -> number(0);
        };
    }

    private Case number(int depth) {
        if (depth <= 0 || random.nextInt(3) == 0) {
            return random.nextBoolean() ? literal() : name();
        }
        if (random.nextInt(4) == 0) {
            Case inner = number(depth - 1);
            return new Case("-" + inner.in(SIGN), SIGN, message -> calculated(inner.of(message), '~', 0));
        }
        char operator = "+-*/".charAt(random.nextInt(4));
        int binding = operator == '+' || operator == '-' ? SUM : PRODUCT;
        Case left = number(depth - 1);
        Case right = number(depth - 1);
        return new Case(
                left.in(binding) + operator + right.in(binding + 1),
                binding,
                message -> calculated(left.of(message), operator, right.of(message)));
    }

    private Case name() {
        String name = NAMES[random.nextInt(NAMES.length)];
        return new Case(name, ATOM, message -> message.get(name));
    }

    private Case literal() {
        int n = random.nextInt(5);
        return switch (random.nextInt(7)) {
            case 0 -> new Case(n + "L", ATOM, message -> (long) n);
            case 1 -> new Case(n + ".25", ATOM, message -> n + 0.25);
            case 2 -> new Case(n + ".5f", ATOM, message -> n + 0.5f);
            case 3 -> new Case("0x" + n, ATOM, message -> n);
            case 4 -> new Case(n + "e0", ATOM, message -> (double) n);
            case 5 -> new Case("2147483647", ATOM, message -> Integer.MAX_VALUE);
            default -> new Case("" + n, ATOM, message -> n);
        };
    }

    private static Object calculated(Object a, char operator, Object b) {
        if (a == null || b == null) {
            return null;
        }
        if (!(a instanceof Number x) || !(b instanceof Number y)) {
            return WRONG;
        }
        if (a instanceof Double || b instanceof Double) {
            return calculated(x.doubleValue(), operator, y.doubleValue());
        }
        if (a instanceof Float || b instanceof Float) {
            // Every result of two floats is the same rounded once from double, but for what Java computes as floats
            // anyway.
            return (float) calculated(x.floatValue(), operator, y.floatValue());
        }
        if (operator == '/' && y.longValue() == 0) {
            return null;
        }
        long result = switch (operator) {
            case '+' -> x.longValue() + y.longValue();
            case '-' -> x.longValue() - y.longValue();
            case '*' -> x.longValue() * y.longValue();
            case '/' -> x.longValue() / y.longValue();
            default -> -x.longValue();
        };
        boolean wide = a instanceof Long || b instanceof Long;
        return wide ? (Object) result : (Object) (int) result;
    }

    private static double calculated(double x, char operator, double y) {
        return switch (operator) {
            case '+' -> x + y;
            case '-' -> x - y;
            case '*' -> x * y;
            case '/' -> x / y;
            default -> -x;
        };
    }

    private String string() {
        return STRINGS[random.nextInt(STRINGS.length)];
    }

    private String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Keywords in any case, white space of any kind; not within strings. */
    private String respelled(String text) {
        StringBuilder result = new StringBuilder();
        boolean inString = false;
        for (String word : text.split("(?<=[ '])|(?=[ '])")) {
            inString ^= word.equals("'");
            boolean keyword = word.matches("OR|AND|NOT|IN|IS|NULL|LIKE|ESCAPE|BETWEEN|TRUE|FALSE");
            if (!inString && word.equals(" ")) {
                result.append(new String[] {" ", "\t", "\r\n ", "\f"}[random.nextInt(4)]);
            } else {
                result.append(!inString && keyword && random.nextBoolean() ? word.toLowerCase(Locale.ROOT) : word);
            }
        }
        return result.toString();
    }
}
