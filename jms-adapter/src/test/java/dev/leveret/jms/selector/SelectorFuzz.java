package dev.leveret.jms.selector;

import dev.leveret.amqp.testing.Fuzzing;
import jakarta.jms.InvalidSelectorException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Fuzz target: any text as a selector, and if it is one, messages for it to look at.
 *
 * <p>The first byte chooses what the message's values are; the rest is the selector.
 */
public final class SelectorFuzz {

    private static final Object[] VALUES = {
        true, false, (byte) -1, (short) 7, 42, Long.MIN_VALUE, 1.5f, Double.NaN, "a%b_c", ""
    };

    private SelectorFuzz() {}

    public static void fuzzerTestOneInput(byte[] data) {
        if (data.length > 0) {
            String text = new String(data, 1, data.length - 1, StandardCharsets.UTF_8);
            Fuzzing.withinMemoryFor(data.length, () -> select(text, data[0]));
        }
    }

    private static void select(String text, int first) {
        Selector selector;
        try {
            selector = Selector.parse(text);
        } catch (InvalidSelectorException e) {
            Fuzzing.require(e.getMessage().contains("osition ") || text.length() > 65_536, "says no place", e);
            Fuzzing.require(e.getMessage().length() < 600, "says too much", e);
            return;
        }
        boolean matches = selector.matches(name -> value(name, first));
        Fuzzing.require(selector.matches(name -> value(name, first)) == matches, "says now this, now that", text);
        selector.equality().ifPresent(equality -> {
            Object value = value(equality.identifier(), first);
            boolean found = value instanceof String string && equality.values().contains(string);
            Fuzzing.require(found == matches, "is no equality", text);
        });
    }

    private static @Nullable Object value(String name, int first) {
        int which = Math.floorMod(name.hashCode() + first, VALUES.length + 1);
        return which == VALUES.length ? null : VALUES[which];
    }
}
