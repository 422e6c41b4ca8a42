package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.message.Acknowledger;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code AUTO_ACKNOWLEDGE} and {@code DUPS_OK_ACKNOWLEDGE}: a received message is acknowledged as {@code receive} returns it,
 * a listener's when the listener has returned, never before. The AMQP client combines acknowledgements by itself, so there
 * is nothing to gain from being lazier where duplicates are allowed.
 */
final class AutoAcknowledgement implements Acknowledgement {

    private static final Logger LOG = LoggerFactory.getLogger(AutoAcknowledgement.class);

    private final Redelivery redelivery;

    /** With the listener now; null if there is none or {@link #recover} has taken it. Of the session's thread. */
    private @Nullable Incoming current;

    private volatile boolean closed;

    AutoAcknowledgement(Redelivery redelivery) {
        this.redelivery = redelivery;
    }

    @Override
    public boolean received(Incoming incoming) {
        return incoming.acknowledge();
    }

    @Override
    public void delivering(Incoming incoming) {
        current = incoming;
    }

    @Override
    public void delivered(Incoming incoming) {
        if (current == incoming) {
            current = null;
            if (!incoming.acknowledge()) {
                LOG.warn("a message was dealt with but the connection was lost or its channel has ended since: it comes"
                        + " again");
            }
        }
    }

    @Override
    public void failed(Incoming incoming) {
        if (current == incoming) {
            current = null;
            redelivery.redeliver(List.of(incoming));
        }
    }

    @Override
    public Acknowledger acknowledger() {
        return () -> Acknowledgement.requireOpen(closed);
    }

    @Override
    public void recover() {
        Incoming unacknowledged = current;
        if (unacknowledged != null) {
            current = null;
            redelivery.redeliver(List.of(unacknowledged));
        }
    }

    @Override
    public void commit() throws JMSException {
        throw new IllegalStateException("the session is not transacted");
    }

    @Override
    public void rollback() throws JMSException {
        throw new IllegalStateException("the session is not transacted");
    }

    @Override
    public void close() {
        closed = true;
        current = null;
    }

    @Override
    public boolean consumesUnreadableBodies() {
        return false;
    }
}
