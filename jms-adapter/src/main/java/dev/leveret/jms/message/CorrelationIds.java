package dev.leveret.jms.message;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The two forms of {@code JMSCorrelationID} (section 3.4.5). AMQP carries a string, so bytes are written as {@code ID:} and
 * hexadecimal digits, and read back from that; any other string reads as its UTF-8 bytes.
 */
final class CorrelationIds {

    private static final String PREFIX = "ID:";

    private CorrelationIds() {}

    static @Nullable String ofBytes(byte @Nullable [] bytes) {
        return bytes == null ? null : PREFIX + HexFormat.of().formatHex(bytes).toUpperCase(Locale.ROOT);
    }

    static byte @Nullable [] toBytes(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String digits = text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : "not hexadecimal";
        boolean hex = digits.length() % 2 == 0 && digits.chars().allMatch(HexFormat::isHexDigit);
        return hex ? HexFormat.of().parseHex(digits) : text.getBytes(StandardCharsets.UTF_8);
    }
}
