package dev.leveret.jms.wire;

import java.util.Base64;

/** The types that JSON does not have: each is an object of one member, whose name is the type. */
final class TypedJson {

    private TypedJson() {}

    static String tagOf(Object value) {
        if (value instanceof Byte) {
            return "byte";
        }
        if (value instanceof Short) {
            return "short";
        }
        if (value instanceof Long) {
            return "long";
        }
        if (value instanceof Float) {
            return "float";
        }
        if (value instanceof Character) {
            return "char";
        }
        throw new IllegalArgumentException("no value of a message: " + value.getClass());
    }

    /**
     * The value of a member.
     *
     * @param text what the member's string says, or how its number is written
     * @throws IllegalArgumentException if there is no such type, or the text is none of it
     */
    static Object valueOf(String tag, String text) {
        return switch (tag) {
            case "byte" -> Byte.valueOf(text);
            case "short" -> Short.valueOf(text);
            case "int" -> Integer.valueOf(text);
            case "long" -> Long.valueOf(text);
            case "float" -> Float.valueOf(text);
            case "double" -> Double.valueOf(text);
            case "bytes" -> Base64.getDecoder().decode(text);
            case "char" -> {
                if (text.length() != 1) {
                    throw new IllegalArgumentException("no char: " + text);
                }
                yield text.charAt(0);
            }
            default -> throw new IllegalArgumentException("no type: " + tag);
        };
    }

    /** The value of a plain number: int or long as it fits, double if it has a fraction or an exponent. */
    static Object numberOf(String text) {
        if (text.chars().anyMatch(it -> it == '.' || it == 'e' || it == 'E')) {
            return Double.valueOf(text);
        }
        long value = Long.parseLong(text);
        if (value == (int) value) {
            return (int) value;
        }
        return value;
    }
}
