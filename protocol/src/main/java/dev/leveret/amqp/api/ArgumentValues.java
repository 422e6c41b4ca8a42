package dev.leveret.amqp.api;

import java.time.Duration;

/** Values of {@code x-} arguments, checked where they are set, as the broker would close the channel over them. */
final class ArgumentValues {

    private ArgumentValues() {}

    /** Whole milliseconds. */
    static long millis(String argument, Duration value, long least) {
        long millis;
        try {
            millis = value.toMillis();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(argument + " " + value + " is more milliseconds than a long has", e);
        }
        return atLeast(argument, millis, least);
    }

    /** Whole seconds as RabbitMQ writes intervals: {@code "3600s"}. */
    static String seconds(String argument, Duration value) {
        return atLeast(argument + " in seconds", value.toSeconds(), 1) + "s";
    }

    static long atLeast(String argument, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(argument + " " + value + " is less than " + least);
        }
        return value;
    }

    static int within(String argument, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(argument + " " + value + " is not in " + least + ".." + most);
        }
        return value;
    }
}
