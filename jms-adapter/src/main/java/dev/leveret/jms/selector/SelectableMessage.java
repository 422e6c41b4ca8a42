package dev.leveret.jms.selector;

import org.jspecify.annotations.Nullable;

/** What a selector sees of a message. */
public interface SelectableMessage {

    /**
     * The value of a header field or property.
     *
     * @param identifier a name as selectors have it; of the header fields only those that selectors may name, where
     *     {@code JMSDeliveryMode} is {@code "PERSISTENT"} or {@code "NON_PERSISTENT"}
     * @return a boxed primitive other than {@code Character}, or a {@code String}; null if there is none
     */
    @Nullable
    Object value(String identifier);
}
