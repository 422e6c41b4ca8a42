package dev.leveret.jms.message;

import jakarta.jms.JMSException;

/** Exceptions of Jakarta Messaging, which have no constructor for a cause, and an older way to tell it besides. */
public final class Causes {

    private Causes() {}

    /** Gives an exception its cause, in both ways; leaves one that has a cause as it is. */
    public static <E extends JMSException> E with(Throwable cause, E exception) {
        if (exception.getCause() == null && cause != exception) {
            exception.initCause(cause);
            if (cause instanceof Exception linked) {
                exception.setLinkedException(linked);
            }
        }
        return exception;
    }
}
