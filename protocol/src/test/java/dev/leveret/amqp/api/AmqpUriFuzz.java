package dev.leveret.amqp.api;

import dev.leveret.amqp.testing.Fuzzing;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Fuzz target: any text as a URI, and a secret with any text around it as the password in one.
 *
 * <p>The first byte chooses; in the second form the first line is what stands before the secret, the rest what stands
 * behind it, up to the host.
 */
public final class AmqpUriFuzz {

    private static final String SECRET = "QzWxEc";

    private AmqpUriFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length > 0) {
            String text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
            // The fuzzer learns the secret: in a text of its own it is none.
            boolean secret = data[0] % 2 != 0 && !text.contains(SECRET);
            Fuzzing.withinMemoryFor(data.length, () -> parse(secret ? withSecret(text) : text, secret));
        }
    }

    private static String withSecret(String text) {
        int newline = text.indexOf('\n');
        String before = newline < 0 ? text : text.substring(0, newline);
        String after = newline < 0 ? "" : text.substring(newline + 1);
        return "amqps://user:" + before + SECRET + after + "@host/vhost?heartbeat=5";
    }

    private static void parse(String uri, boolean secret) {
        try {
            AmqpUri.parse(uri).build();
        } catch (IllegalArgumentException e) {
            requireNoSecret(secret ? e : null);
        }
    }

    private static void requireNoSecret(@Nullable Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            Fuzzing.require(!String.valueOf(each.getMessage()).contains(SECRET), "shows the password", each);
        }
    }
}
