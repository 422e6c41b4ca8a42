package dev.leveret.jms.destination;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.Topic;
import org.jspecify.annotations.Nullable;

/**
 * A topic: a routing key on the topic exchange. A name with the words {@code *} or {@code #} between its dots is a pattern
 * to subscribe to, as AMQP topic exchanges match it.
 */
public sealed class JmsTopic extends JmsDestination implements Topic permits JmsTemporaryTopic {

    static final String SCHEME = "topic";

    private static final long serialVersionUID = 1L;

    JmsTopic(String name) {
        super(name);
    }

    /**
     * The topic of this name.
     *
     * @param text {@code name}, {@code topic://name}, or with options of other providers, of which none is obeyed
     * @throws InvalidDestinationException if it is empty, too long, has an option that matters, or names a queue
     */
    public static JmsTopic of(@Nullable String text) throws InvalidDestinationException {
        return new JmsTopic(nameIn(text, SCHEME));
    }

    /** {@inheritDoc} */
    @Override
    public String getTopicName() {
        return name();
    }

    @Override
    String scheme() {
        return SCHEME;
    }
}
