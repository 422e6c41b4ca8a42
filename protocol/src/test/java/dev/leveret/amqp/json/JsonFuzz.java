package dev.leveret.amqp.json;

import dev.leveret.amqp.testing.Fuzzing;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Fuzz target: any text as a token endpoint's answer. */
public final class JsonFuzz {

    private static final Pattern OWN_WORDS =
            Pattern.compile("no JSON object: at position \\d+, [a-z0-9 '\":,{}\\[\\]]{10,80}");

    private JsonFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        Fuzzing.withinMemoryFor(data.length, () -> json(new String(data, StandardCharsets.UTF_8)));
    }

    private static void json(String text) {
        try {
            Json.object(text);
        } catch (IllegalArgumentException e) {
            // All that it quotes is its own: never the text, which may be a token.
            Fuzzing.require(OWN_WORDS.matcher(e.getMessage()).matches(), "quotes the text", e);
            Fuzzing.require(e.getCause() == null, "has a cause", e);
        }
    }
}
