package dev.leveret.amqp.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a version of RabbitMQ that says what it can do: {@code 4.3} of {@code 4.3.6} and of {@code 4.3.0-rc.1}. */
record BrokerVersion(int major, int minor) {

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,4})(?:\\.([0-9]{1,4})(?:[.+-].*)?)?");

    /** @throws IllegalArgumentException if it is none */
    static BrokerVersion parse(String text) {
        Matcher version = TEXT.matcher(text);
        if (!version.matches()) {
            throw new IllegalArgumentException("version '" + text + "' is not one such as 4.3 or 3.10.8");
        }
        String minor = version.group(2);
        return new BrokerVersion(Integer.parseInt(version.group(1)), minor == null ? 0 : Integer.parseInt(minor));
    }

    boolean isBefore(int otherMajor, int otherMinor) {
        return major < otherMajor || major == otherMajor && minor < otherMinor;
    }

    @Override
    public String toString() {
        return "RabbitMQ " + major + "." + minor;
    }
}
