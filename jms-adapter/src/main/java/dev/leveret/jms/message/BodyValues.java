package dev.leveret.jms.message;

import jakarta.jms.MessageFormatException;
import org.jspecify.annotations.Nullable;

/** The values in the bodies of map and stream messages: of ten types, and never shared with the application. */
final class BodyValues {

    private BodyValues() {}

    /**
     * A value as a body keeps it or gives it away.
     *
     * @throws MessageFormatException if it is of no type that a body can hold
     */
    static @Nullable Object copyOf(@Nullable Object value) throws MessageFormatException {
        if (!Conversions.isBodyType(value)) {
            throw new MessageFormatException("a map or stream message cannot hold a "
                    + (value == null ? null : value.getClass().getName())
                    + ": only boxed primitives, String and byte[]");
        }
        return value instanceof byte[] bytes ? bytes.clone() : value;
    }
}
