package dev.leveret.jms.wire;

import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * As much of a MIME content type as decides how a body is read.
 *
 * @param mediaType type and subtype in lower case, such as {@code text/plain}; empty if there is none
 * @param charset the character set; UTF-8 when none is named, empty when it is one that this JVM does not know
 */
record ContentType(String mediaType, Optional<Charset> charset) {

    static final String TEXT = "text/plain; charset=utf-8";
    static final String BYTES = "application/octet-stream";
    static final String JSON = "application/json";
    static final String OBJECT = "application/x-java-serialized-object";

    /** What has no content type, and what we send ourselves: nearly all that ever comes. */
    private static final ContentType ABSENT = new ContentType("", Optional.of(StandardCharsets.UTF_8));

    private static final ContentType OUR_TEXT = read(TEXT);

    static ContentType parse(@Nullable String text) {
        if (text == null) {
            return ABSENT;
        }
        return text.equals(TEXT) ? OUR_TEXT : read(text);
    }

    private static ContentType read(String text) {
        String[] parts = text.split(";", -1);
        Optional<String> charset = Arrays.stream(parts)
                .skip(1)
                .map(String::strip)
                .filter(it -> it.regionMatches(true, 0, "charset=", 0, 8))
                .map(it -> it.substring(8).replace("\"", "").strip())
                .findFirst();
        return new ContentType(
                parts[0].strip().toLowerCase(Locale.ROOT),
                charset.map(ContentType::known).orElse(Optional.of(StandardCharsets.UTF_8)));
    }

    /** Whether a body of this type is for people to read. */
    boolean isText() {
        return mediaType.startsWith("text/")
                || mediaType.equals("application/json")
                || mediaType.equals("application/xml")
                || mediaType.endsWith("+json")
                || mediaType.endsWith("+xml");
    }

    private static Optional<Charset> known(String name) {
        try {
            return Optional.of(Charset.forName(name));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            // A typing error of some other program: its body is still there to be read as bytes.
            return Optional.empty();
        }
    }
}
