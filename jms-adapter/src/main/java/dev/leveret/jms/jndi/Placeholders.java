package dev.leveret.jms.jndi;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** <code>${name}</code> and <code>${name:-text}</code> in values. */
final class Placeholders {

    private static final Pattern PLACEHOLDER = Pattern.compile("[$][{]([^}:]+)(?::-([^}]*))?[}]");

    private final Function<String, @Nullable String> values;

    /** @param values of names; null if there is none */
    Placeholders(Function<String, @Nullable String> values) {
        this.values = values;
    }

    /** System properties, and behind them environment variables. */
    static Placeholders ofProcess() {
        return new Placeholders(name -> {
            String property = System.getProperty(name);
            return property == null ? System.getenv(name) : property;
        });
    }

    /**
     * A value with what its placeholders stand for. That is not looked through again.
     *
     * @throws IllegalArgumentException if one stands for nothing
     */
    String replaced(String text) {
        Matcher found = PLACEHOLDER.matcher(text);
        StringBuilder out = new StringBuilder();
        while (found.find()) {
            String value = values.apply(found.group(1));
            if (value == null) {
                value = found.group(2);
            }
            if (value == null) {
                throw new IllegalArgumentException("there is neither a system property nor an environment variable "
                        + found.group(1) + ", and no default for it as in ${" + found.group(1) + ":-default}");
            }
            found.appendReplacement(out, Matcher.quoteReplacement(value));
        }
        return found.appendTail(out).toString();
    }
}
