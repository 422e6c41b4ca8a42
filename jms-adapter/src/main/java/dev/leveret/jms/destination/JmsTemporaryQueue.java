package dev.leveret.jms.destination;

import jakarta.jms.JMSException;
import jakarta.jms.TemporaryQueue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A queue of one connection's lifetime. Anybody may send to it; only its connection consumes from it. */
public final class JmsTemporaryQueue extends JmsQueue implements TemporaryQueue {

    static final String SCHEME = "temp-queue";

    private static final long serialVersionUID = 1L;

    private final transient @Nullable TemporaryOwner owner;

    /** Made by the connection, once the queue exists. */
    public JmsTemporaryQueue(String name, TemporaryOwner owner) {
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
