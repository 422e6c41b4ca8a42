package dev.leveret.jms.wire;

import jakarta.jms.MessageFormatException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Optional;

/** Text as octets and back, without ever replacing a character by a question mark. */
final class TextBody {

    private TextBody() {}

    static byte[] encode(String text, Charset charset) throws MessageFormatException {
        try {
            ByteBuffer bytes = charset.newEncoder().encode(CharBuffer.wrap(text));
            byte[] body = new byte[bytes.remaining()];
            bytes.get(body);
            return body;
        } catch (CharacterCodingException e) {
            MessageFormatException failure =
                    new MessageFormatException("the text has a character that " + charset + " cannot express");
            failure.setLinkedException(e);
            failure.initCause(e);
            throw failure;
        }
    }

    /** The text, or empty if the octets are not text of this character set. */
    static Optional<String> decode(byte[] body, Charset charset) {
        try {
            return Optional.of(
                    charset.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        } catch (CharacterCodingException e) {
            // The caller shows the octets instead: they are the sender's mistake, not a failure to receive.
            return Optional.empty();
        }
    }
}
