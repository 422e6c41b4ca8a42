package dev.leveret.amqp.topology;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How something differs from its description, from what the broker says when it refuses that (406). */
final class Difference {

    // RabbitMQ tells one argument, and cuts what is longer than 255 bytes.
    private static final Pattern TEXT = Pattern.compile(
            "inequivalent arg '(?<what>.+?)' for .*?: received (?<wanted>.+) but current is (?<actual>.+)");
    private static final Pattern TYPED = Pattern.compile("the value (?<value>'.*') of type '.*'");

    private Difference() {}

    /** {@code "durable is 'true', not 'false'"}; what the broker said if that is something else. */
    static String describe(@Nullable String message) {
        String said = message == null ? "" : message;
        Matcher text = TEXT.matcher(said);
        return text.find()
                ? text.group("what") + " is " + value(text.group("actual")) + ", not " + value(text.group("wanted"))
                : said;
    }

    private static String value(String told) {
        Matcher typed = TYPED.matcher(told);
        return typed.matches() ? typed.group("value") : told;
    }
}
