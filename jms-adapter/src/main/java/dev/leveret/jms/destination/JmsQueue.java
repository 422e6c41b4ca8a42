package dev.leveret.jms.destination;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.Queue;
import org.jspecify.annotations.Nullable;

/** A queue: the AMQP queue of the same name, which users of any other client call so too. */
public sealed class JmsQueue extends JmsDestination implements Queue permits JmsTemporaryQueue {

    static final String SCHEME = "queue";

    private static final long serialVersionUID = 1L;

    JmsQueue(String name) {
        super(name);
    }

    /**
     * The queue of this name.
     *
     * @param text {@code name}, {@code queue://name}, or with options of other providers, of which none is obeyed
     * @throws InvalidDestinationException if it is empty, too long, has an option that matters, or names a topic
     */
    public static JmsQueue of(@Nullable String text) throws InvalidDestinationException {
        return new JmsQueue(nameIn(text, SCHEME));
    }

    /** The queue of exactly this name, which AMQP has given. */
    public static JmsQueue named(String name) {
        return new JmsQueue(name);
    }

    /** {@inheritDoc} */
    @Override
    public String getQueueName() {
        return name();
    }

    @Override
    String scheme() {
        return SCHEME;
    }
}
