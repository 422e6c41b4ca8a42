package dev.leveret.testkit.local;

import org.jspecify.annotations.Nullable;

/** A command on a private node failed or took too long; the message holds what it wrote, not its arguments. */
public final class NodeCommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NodeCommandException(String message) {
        this(message, null);
    }

    NodeCommandException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
