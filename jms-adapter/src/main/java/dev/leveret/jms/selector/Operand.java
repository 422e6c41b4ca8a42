package dev.leveret.jms.selector;

import org.jspecify.annotations.Nullable;

/** A part of a selector that has a value. */
interface Operand {

    /** What comes of calculating with values that are no numbers: it equals nothing, differs from nothing. */
    Object MISFIT = new Object();

    /** A boxed primitive, a {@code String}, {@link #MISFIT}, or null for what is not known. */
    @Nullable
    Object value(SelectableMessage message);

    /** A header field or property. */
    record Identifier(String name) implements Operand {
        @Override
        public @Nullable Object value(SelectableMessage message) {
            return message.value(name);
        }
    }

    /** A value that the selector has in it. */
    record Literal(Object constant) implements Operand {
        @Override
        public Object value(SelectableMessage message) {
            return constant;
        }
    }
}
