package dev.leveret.jms.destination;

import jakarta.jms.JMSException;
import jakarta.jms.TemporaryTopic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A topic of one connection's lifetime. Anybody may publish to it; only its connection subscribes to it. */
public final class JmsTemporaryTopic extends JmsTopic implements TemporaryTopic {

    static final String SCHEME = "temp-topic";

    private static final long serialVersionUID = 1L;

    private final transient @Nullable TemporaryOwner owner;

    /** Made by the connection, with a name of its own. */
    public JmsTemporaryTopic(String name, TemporaryOwner owner) {
        super(name);
        this.owner = owner;
    }

    @Override
    public Optional<TemporaryOwner> temporaryOwner() {
        // A deserialised copy has lost its owner, as if it had come with a message.
        return Optional.of(owner == null ? TemporaryOwner.ELSEWHERE : owner);
    }

    @Override
    public void delete() throws JMSException {
        temporaryOwner().orElseThrow().delete(this);
    }

    @Override
    String scheme() {
        return SCHEME;
    }
}
