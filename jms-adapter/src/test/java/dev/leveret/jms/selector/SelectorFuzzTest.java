package dev.leveret.jms.selector;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Garbage, and what the fuzzer has found worth keeping: docs/fuzzing.md. */
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

    @Test
    void everyKeptInputAndItsNeighboursAreTakenOrRefusedAsTheyMustBe() throws IOException {
        List<byte[]> inputs = kept();
        assertThat(inputs).isNotEmpty();
        Random random = new Random(26);
        for (byte[] input : inputs) {
            run(input);
            for (int i = 0; i < 3; i++) {
                byte[] neighbour = input.clone();
                neighbour[random.nextInt(input.length)] = (byte) random.nextInt();
                run(neighbour);
            }
        }
    }

    private static void run(byte[] input) {
        try {
            SelectorFuzz.fuzzerTestOneInput(input);
        } catch (Throwable e) {
            throw new AssertionError(new String(input, StandardCharsets.UTF_8), e);
        }
    }

    private static List<byte[]> kept() throws IOException {
        try (InputStream file = SelectorFuzzTest.class.getResourceAsStream("/fuzz/selector.hex")) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.replaceAll("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .map(HexFormat.of()::parseHex)
                    .toList();
        }
    }
}
