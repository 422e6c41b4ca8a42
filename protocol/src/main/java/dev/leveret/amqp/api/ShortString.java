package dev.leveret.amqp.api;

/**
 * Strings that AMQP can carry: UTF-8, and in names and most properties at most 255 bytes of it (not characters).
 *
 * <p>Received bytes that are no UTF-8 stand in a string as the characters U+DC80 to U+DCFF, one for each byte, and go out
 * as that byte again. Any other half of a surrogate pair is refused.
 */
final class ShortString {

    private static final int MAX_BYTES = 255;

    private ShortString() {}

    static String require(String what, String value) {
        int bytes = utf8Length(value);
        if (bytes < 0) {
            throw notEncodable(what, ~bytes);
        }
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException(what + " is " + bytes + " bytes of UTF-8, AMQP allows " + MAX_BYTES
                    + ": '" + value.substring(0, 40) + "...'");
        }
        return value;
    }

    /** Whether {@link #require} would take it. */
    static boolean isValid(String value) {
        int bytes = utf8Length(value);
        return bytes >= 0 && bytes <= MAX_BYTES;
    }

    /** Checks a string of any length. */
    static String requireEncodable(String what, String value) {
        int bytes = utf8Length(value);
        if (bytes < 0) {
            throw notEncodable(what, ~bytes);
        }
        return value;
    }

    /** Whether {@link #requireEncodable} would take it. */
    static boolean isEncodable(String value) {
        return utf8Length(value) >= 0;
    }

    private static IllegalArgumentException notEncodable(String what, int index) {
        return new IllegalArgumentException(
                what + " has half of a surrogate pair at index " + index + ", which UTF-8 cannot encode");
    }

    /** In bytes; of what cannot be encoded the complement of the index where it is. */
    private static int utf8Length(String value) {
        int bytes = value.length();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < 0x80) {
                continue;
            }
            if (c < 0x800) {
                bytes += 1;
            } else if (!Character.isSurrogate(c)) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < value.length()
                    && Character.isLowSurrogate(value.charAt(i + 1))) {
                bytes += 2;
                i++;
            } else if (c < 0xDC80 || c > 0xDCFF) {
                return ~i;
            }
        }
        return bytes;
    }
}
