package dev.leveret.jms.broker;

import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.wire.InboundMapping;
import jakarta.jms.JMSException;

/**
 * One delivery on its way from the broker to the application, and perhaps back.
 *
 * <p>It is settled once: {@link #acknowledge}, {@link #giveBack} or {@link #fail}. Each says whether the broker could be
 * told; when not, its channel has ended and the broker gives the message to somebody again. Settling never waits. The
 * session that owns it uses it from one thread at a time.
 */
public final class Incoming {

    private final Delivery delivery;
    private final Intake from;
    private final int generation;
    private int attempts;

    /** @param generation by which its intake knows whether it counts still */
    Incoming(Delivery delivery, Intake from, int generation) {
        this.delivery = delivery;
        this.from = from;
        this.generation = generation;
    }

    int generation() {
        return generation;
    }

    /** A new message of what was delivered. */
    public JmsMessage toMessage(JmsDestination consumedFrom) throws JMSException {
        return InboundMapping.decode(delivery, consumedFrom, attempts);
    }

    /** How often the application has had it from here without acknowledging it. */
    public int attempts() {
        return attempts;
    }

    /** Gives it to the consumer it came for once more, before all that it has waiting; false if that is closed. */
    public boolean deliverAgain() {
        attempts++;
        return from.arrivals().again(this);
    }

    /** It has been dealt with. */
    public boolean acknowledge() {
        return settle(delivery::ack);
    }

    /** No application has seen it: it returns to its queue. */
    public boolean giveBack() {
        from.returned();
        return settle(() -> delivery.nack(true));
    }

    /** It and all of its channel that came before it and is not settled return to their queue, unseen. */
    boolean giveBackWithEarlier() {
        return settle(() -> delivery.nackMultiple(true));
    }

    /** By it the deliveries of a channel are in the order in which they came. */
    long deliveryTag() {
        return delivery.deliveryTag();
    }

    /** An application has had it and not acknowledged it: it returns to its queue, as a failed attempt where that counts. */
    public boolean fail() {
        from.returned();
        return settle(() -> delivery.reject(true));
    }

    /**
     * The session closes without acknowledging it: it returns as failed, now, or with its channel if that does as well. To be
     * called oldest first, before {@link Intake#abandon}.
     */
    public void abandon() {
        if (from.returnsOneByOne()) {
            fail();
        }
    }

    /** Whether it still is this client's to settle. */
    public boolean isSettleable() {
        return delivery.isSettleable();
    }

    /** It is not, and nothing is done about it here: the broker gives it to somebody again. */
    public void forget() {
        from.settled(this);
    }

    private boolean settle(Runnable how) {
        try {
            return tell(how);
        } finally {
            from.settled(this);
        }
    }

    private boolean tell(Runnable how) {
        try {
            how.run();
            return true;
        } catch (SettlementException e) {
            return switch (e.reason()) {
                case STALE -> false;
                // It keeps the message and takes nothing back, and its place in the prefetch is wanted.
                case STREAM -> tell(delivery::ack);
                case ALREADY_SETTLED, AUTO_ACKNOWLEDGED -> throw e;
            };
        }
    }
}
