package dev.leveret.amqp.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * UTF-8 that alters nothing. Names on the wire are UTF-8 by the specification but any bytes in fact, and a name that
 * came back changed would be routed elsewhere; refusing it would let one publisher end the connection of every
 * consumer.
 *
 * <p>So a byte {@code b} that is not part of valid UTF-8 becomes the char {@code U+DC00 + b}, an unpaired low surrogate
 * that no valid text contains, and becomes the same byte again when written. Other unpaired surrogates are refused.
 */
final class Utf8 {

    private static final char REPLACEMENT = '\uFFFD';
    private static final char FIRST_ESCAPE = 0xDC80;
    private static final char LAST_ESCAPE = 0xDCFF;

    private Utf8() {}

    /** The text of these bytes; what is not UTF-8 is escaped. */
    static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    /** The text of a part of these bytes; what is not UTF-8 is escaped. */
    static String decode(byte[] bytes, int start, int length) {
        String text = decodeValid(bytes, start, length);
        return text != null ? text : decodeEscaping(bytes, start, length);
    }

    /** The text of a part of these bytes, or null if it is not UTF-8. */
    static @Nullable String decodeValid(byte[] bytes, int start, int length) {
        String text = new String(bytes, start, length, StandardCharsets.UTF_8);
        // Java replaces what is not UTF-8; the character can also be meant, then it comes back as the same bytes.
        boolean valid = text.indexOf(REPLACEMENT) < 0 || encodes(text, bytes, start, length);
        return valid ? text : null;
    }

    private static boolean encodes(String text, byte[] bytes, int start, int length) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(encoded, 0, encoded.length, bytes, start, start + length);
    }

    private static String decodeEscaping(byte[] bytes, int start, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, start, length);
        CharBuffer out = CharBuffer.allocate(length);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isMalformed()) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (0xDC00 + (in.get() & 0xFF)));
            }
            result = decoder.decode(in, out, true);
        }
        return out.flip().toString();
    }

    /**
     * How many bytes {@link #write} will append.
     *
     * @throws IllegalArgumentException if the text has a surrogate that is neither paired nor an escape
     */
    static int length(String text) {
        int ascii = asciiPrefix(text);
        int bytes = ascii;
        for (int i = ascii; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes += 1;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (!Character.isSurrogate(c)) {
                bytes += 3;
            } else if (isPair(text, i)) {
                bytes += 4;
                i++;
            } else {
                requireEscape(c, i);
                bytes += 1;
            }
        }
        return bytes;
    }

    /** Appends the text. */
    static void write(ByteBuf out, String text) {
        int ascii = asciiPrefix(text);
        if (ascii == text.length()) {
            out.writeCharSequence(text, StandardCharsets.US_ASCII);
        } else {
            writeUnicode(out, text);
        }
    }

    private static void writeUnicode(ByteBuf out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                out.writeByte(c);
            } else if (c < 0x800) {
                out.writeShort((0xC0 | c >> 6) << 8 | continuation(c));
            } else if (!Character.isSurrogate(c)) {
                out.writeMedium((0xE0 | c >> 12) << 16 | continuation(c >> 6) << 8 | continuation(c));
            } else if (isPair(text, i)) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out.writeShort((0xF0 | point >> 18) << 8 | continuation(point >> 12));
                out.writeShort(continuation(point >> 6) << 8 | continuation(point));
            } else {
                requireEscape(c, i);
                out.writeByte(c);
            }
        }
    }

    private static int continuation(int bits) {
        return 0x80 | bits & 0x3F;
    }

    private static int asciiPrefix(String text) {
        int length = text.length();
        int i = 0;
        while (i < length && text.charAt(i) < 0x80) {
            i++;
        }
        return i;
    }

    private static boolean isPair(String text, int index) {
        return Character.isHighSurrogate(text.charAt(index))
                && index + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(index + 1));
    }

    private static void requireEscape(char c, int index) {
        if (c < FIRST_ESCAPE || c > LAST_ESCAPE) {
            throw new IllegalArgumentException(
                    String.format("the surrogate U+%04X at index %d is unpaired, it has no UTF-8", (int) c, index));
        }
    }
}
