package dev.leveret.jms.wire;

import dev.leveret.jms.message.Causes;
import jakarta.jms.MessageFormatException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Text as octets and back, without ever replacing a character by a question mark. */
final class TextBody {

    private static final char REPLACEMENT = '\uFFFD';

    private TextBody() {}

    static byte[] encode(String text, Charset charset) throws MessageFormatException {
        if (charset.equals(StandardCharsets.UTF_8)) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            // The JVM has this much faster than an encoder, but for half a pair it writes a question mark.
            if (!contains(body, (byte) '?')) {
                return body;
            }
        }
        try {
            ByteBuffer bytes = charset.newEncoder().encode(CharBuffer.wrap(text));
            byte[] body = new byte[bytes.remaining()];
            bytes.get(body);
            return body;
        } catch (CharacterCodingException e) {
            throw Causes.with(
                    e, new MessageFormatException("the text has a character that " + charset + " cannot express"));
        }
    }

    /** The text, or empty if the octets are not text of this character set. */
    static Optional<String> decode(byte[] body, Charset charset) {
        if (charset.equals(StandardCharsets.UTF_8)) {
            String text = new String(body, StandardCharsets.UTF_8);
            // The same the other way round: what is no UTF-8 becomes this character.
            if (text.indexOf(REPLACEMENT) < 0) {
                return Optional.of(text);
            }
        }
        try {
            return Optional.of(
                    charset.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        } catch (CharacterCodingException e) {
            // The caller shows the octets instead: they are the sender's mistake, not a failure to receive.
            return Optional.empty();
        }
    }

    private static boolean contains(byte[] body, byte wanted) {
        for (byte each : body) {
            if (each == wanted) {
                return true;
            }
        }
        return false;
    }
}
