package dev.leveret.jms.message;

import jakarta.jms.MessageFormatException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a value that was set as one type may be read as (Jakarta Messaging 3.1, section 3.5.4; the same rules hold for map
 * and stream messages, 3.11.3). A value never loses precision, and any primitive becomes a string and back.
 *
 * <p>What the table does not allow is a {@link MessageFormatException}; a string that does not spell the wanted type a
 * {@link NumberFormatException}. A value that is absent reads as the type's {@code valueOf(null)}, which the specification
 * asks for: {@code false}, a {@link NumberFormatException}, or for {@code float}, {@code double} and {@code char} a
 * {@link NullPointerException}.
 */
public final class Conversions {

    private Conversions() {}

    /** Whether a value is of a type that a message can carry: a boxed primitive other than {@code char}, or a string. */
    public static boolean isPropertyType(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof Double
                || value instanceof Float
                || value instanceof Byte
                || value instanceof Short;
    }

    /** Whether a value is of a type that the body of a map or stream message can hold: {@code char} and bytes too. */
    static boolean isBodyType(@Nullable Object value) {
        return isPropertyType(value) || value instanceof Character || value instanceof byte[];
    }

    public static boolean toBoolean(@Nullable Object value) throws MessageFormatException {
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean it) {
            return it;
        }
        return parse(value, "boolean", Boolean::parseBoolean);
    }

    public static byte toByte(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Byte it) {
            return it;
        }
        return parse(numeric(value), "byte", Byte::parseByte);
    }

    public static short toShort(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Short || value instanceof Byte) {
            return ((Number) value).shortValue();
        }
        return parse(numeric(value), "short", Short::parseShort);
    }

    public static int toInt(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).intValue();
        }
        return parse(numeric(value), "int", Integer::parseInt);
    }

    public static long toLong(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        return parse(numeric(value), "long", Long::parseLong);
    }

    public static float toFloat(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Float it) {
            return it;
        }
        return parse(present(value), "float", Float::parseFloat);
    }

    public static double toDouble(@Nullable Object value) throws MessageFormatException {
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        return parse(present(value), "double", Double::parseDouble);
    }

    /** Every type but bytes reads as a string. */
    public static @Nullable String toText(@Nullable Object value) throws MessageFormatException {
        if (value instanceof byte[]) {
            throw refused(value, "String");
        }
        return value == null ? null : value.toString();
    }

    /** Only a {@code char} reads as one: a string of one letter is still a string. */
    static char toChar(@Nullable Object value) throws MessageFormatException {
        Object there = present(value);
        if (there instanceof Character it) {
            return it;
        }
        throw refused(there, "char");
    }

    /** The bytes themselves, not a copy. */
    static byte @Nullable [] toBytes(@Nullable Object value) throws MessageFormatException {
        if (value == null) {
            return null;
        }
        if (value instanceof byte[] it) {
            return it;
        }
        throw refused(value, "byte[]");
    }

    private static Object numeric(@Nullable Object value) {
        if (value == null) {
            throw new NumberFormatException("the value is absent or null");
        }
        return value;
    }

    private static Object present(@Nullable Object value) {
        if (value == null) {
            throw new NullPointerException("the value is absent or null");
        }
        return value;
    }

    private static <T> T parse(Object value, String wanted, Function<String, T> parser) throws MessageFormatException {
        if (value instanceof String text) {
            return parser.apply(text);
        }
        throw refused(value, wanted);
    }

    private static MessageFormatException refused(Object value, String wanted) {
        return new MessageFormatException("a " + value.getClass().getSimpleName() + " cannot be read as " + wanted);
    }
}
