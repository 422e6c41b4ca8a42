package dev.leveret.jms.selector;

import org.jspecify.annotations.Nullable;

/** The value of a number as it is written: Java's syntax for decimal, octal, hexadecimal and floating-point literals. */
final class NumberLiterals {

    private static final String TWO_TO_THE_63 = "9223372036854775808";

    private NumberLiterals() {}

    /**
     * The value of a literal without sign, or null if it is too large, or no literal at all.
     *
     * @param text digits with at most a prefix, a point, an exponent and a suffix, as the lexer has found them
     */
    static @Nullable Object parse(String text) {
        return isApproximate(text) ? approximate(text) : exact(text);
    }

    /** Whether it is 2^63, whose negative is the smallest long. */
    static boolean isTooLargeByOne(String text) {
        return withoutSuffix(text).equals(TWO_TO_THE_63);
    }

    private static boolean isApproximate(String text) {
        return !isHexadecimal(text) && text.chars().anyMatch(c -> ".eEfFdD".indexOf(c) >= 0);
    }

    private static @Nullable Object approximate(String text) {
        if (text.endsWith("l") || text.endsWith("L")) {
            return null;
        }
        boolean isFloat = text.endsWith("f") || text.endsWith("F");
        Number value = isFloat ? (Number) Float.parseFloat(text) : (Number) Double.parseDouble(text);
        return Double.isInfinite(value.doubleValue()) ? null : value;
    }

    private static @Nullable Object exact(String text) {
        String digits = withoutSuffix(text);
        try {
            long value = isHexadecimal(digits)
                    ? Long.parseLong(digits.substring(2), 16)
                    : Long.parseLong(digits, digits.startsWith("0") ? 8 : 10);
            boolean isInt = digits.length() == text.length() && value <= Integer.MAX_VALUE;
            return isInt ? (Object) (int) value : (Object) value;
        } catch (NumberFormatException e) {
            // Too large, an octal number with an 8 or 9, or 0x alone.
            return null;
        }
    }

    private static boolean isHexadecimal(String text) {
        return text.startsWith("0x") || text.startsWith("0X");
    }

    private static String withoutSuffix(String text) {
        return text.endsWith("l") || text.endsWith("L") ? text.substring(0, text.length() - 1) : text;
    }
}
