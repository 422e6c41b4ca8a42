package dev.leveret.amqp.wire;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Values of AMQP's types; the same for the same seed. */
final class RandomValues {

    private static final String[] LETTERS = {"a", "b", ".", "#", "0", " ", "\u00e9", "\u20ac", "\uD83D\uDC07", "\u0000"
    };

    private final Random random;

    RandomValues(long seed) {
        this.random = new Random(seed);
    }

    Random random() {
        return random;
    }

    /** At most 255 bytes of UTF-8, now and then exactly these. */
    String shortString() {
        return switch (random.nextInt(10)) {
            case 0 -> "";
            case 1 -> "x".repeat(255);
            default -> text(255);
        };
    }

    String text(int maxBytes) {
        StringBuilder text = new StringBuilder();
        int letters = random.nextInt(40);
        for (int i = 0; i < letters; i++) {
            String letter = LETTERS[random.nextInt(LETTERS.length)];
            if ((text + letter).getBytes(StandardCharsets.UTF_8).length > maxBytes) {
                break;
            }
            text.append(letter);
        }
        return text.toString();
    }

    byte[] bytes(int max) {
        byte[] bytes = new byte[random.nextInt(max + 1)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** All 64 bits, or few of them. */
    long bits(int bits) {
        return random.nextLong() >>> Long.SIZE - 1 - random.nextInt(bits);
    }

    Map<String, @Nullable Object> table(int depth) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        int fields = random.nextInt(6);
        for (int i = 0; i < fields; i++) {
            table.put(i + text(20), value(depth));
        }
        return table;
    }

    private List<@Nullable Object> array(int depth) {
        List<@Nullable Object> array = new ArrayList<>();
        int values = random.nextInt(5);
        for (int i = 0; i < values; i++) {
            array.add(value(depth));
        }
        return array;
    }

    @Nullable
    Object value(int depth) {
        return switch (random.nextInt(depth > 0 ? 14 : 12)) {
            case 0 -> random.nextBoolean();
            case 1 -> (byte) random.nextInt();
            case 2 -> (short) random.nextInt();
            case 3 -> random.nextInt();
            case 4 -> random.nextLong();
            case 5 -> random.nextFloat();
            case 6 -> random.nextDouble();
            case 7 -> new BigDecimal(BigInteger.valueOf(random.nextInt()), random.nextInt(256));
            case 8 -> text(200);
            case 9 -> bytes(20);
            case 10 -> Instant.ofEpochSecond(random.nextInt());
            case 11 -> null;
            case 12 -> array(depth - 1);
            default -> table(depth - 1);
        };
    }
}
