package dev.leveret.jms.broker;

import java.util.Locale;

/** What is done about a queue, or the topic exchange, that may not exist when it is first used. */
public enum AutoDeclare {

    /** It is looked up, and declared if it is missing. */
    ON,
    /** It is neither looked up nor declared before something is sent there: the broker returns what nothing takes. */
    OFF,
    /** It is looked up, also before something is sent to it, and using it fails if it is missing. */
    PASSIVE;

    /**
     * What the option's value says.
     *
     * @param value {@code on}, {@code off}, {@code passive}; or {@code true}, {@code false}
     * @throws IllegalArgumentException if it is none of these
     */
    public static AutoDeclare named(String value) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "on", "true" -> ON;
            case "off", "false" -> OFF;
            case "passive" -> PASSIVE;
            default -> throw new IllegalArgumentException("none of on (true), off (false), passive");
        };
    }
}
