package dev.leveret.jms.selector;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Garbage of words that selectors know. */
class SelectorFuzzTest {

    private static final String[] PIECES = {
        "a",
        "JMSType",
        "JMSExpiration",
        "'x'",
        "'",
        "''",
        "1",
        "0x",
        "08",
        ".5",
        "1e",
        "1E5",
        "9223372036854775808",
        "-",
        "+",
        "*",
        "/",
        "(",
        ")",
        ",",
        "=",
        "<>",
        "<",
        "<=",
        ">",
        ">=",
        "!",
        "NOT",
        "AND",
        "OR",
        "IN",
        "IS",
        "NULL",
        "LIKE",
        "ESCAPE",
        "BETWEEN",
        "TRUE",
        "false",
        "\u0000",
        "\uD83D",
        "\uDE00",
        "ä",
        "\n",
        "\t",
        "\u00A0",
        "'%_%'",
        "'!'"
    };

    @Test
    void whateverIsWrittenIsASelectorOrAnInvalidSelector() {
        Random random = new Random(38);
        for (int i = 0; i < 30_000; i++) {
            StringBuilder text = new StringBuilder("0");
            for (int words = random.nextInt(12); words > 0; words--) {
                text.append(PIECES[random.nextInt(PIECES.length)]).append(random.nextInt(4) > 0 ? " " : "");
            }
            run(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void run(byte[] input) {
        try {
            SelectorFuzz.fuzzerTestOneInput(input);
        } catch (Throwable e) {
            throw new AssertionError(new String(input, StandardCharsets.UTF_8), e);
        }
    }
}
