package dev.leveret.jms;

import dev.leveret.jms.destination.JmsDestination;
import jakarta.jms.CompletionListener;
import jakarta.jms.Destination;
import jakarta.jms.IllegalStateException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages for a session (Jakarta Messaging 3.1, chapter 7).
 *
 * <p>A {@code PERSISTENT} message is sent when the broker has confirmed it: then it is in its queue, or was for a topic
 * without subscribers. {@link InvalidDestinationException} means that no queue has it, a
 * {@link jakarta.jms.ResourceAllocationException} that the broker refused it, any other {@link JMSException} that it is not
 * known whether it has it. A {@code NON_PERSISTENT} one is sent when it is on its way.
 *
 * <p>In a transacted session all this is told by {@code commit}.
 *
 * <p>With a {@link CompletionListener} the same is told later, by a thread of the session: {@code onCompletion} where the
 * call would have returned, {@code onException} where it would have thrown. What is wrong with the message itself the call
 * throws at once, and the listener is not called.
 */
class JmsMessageProducer implements MessageProducer {

    private final JmsSession session;
    private final @Nullable Destination destination;
    private SendOptions options = SendOptions.DEFAULT;
    private volatile boolean closed;

    /**
     * For one session.
     *
     * @param destination null for a producer that is told with each message
     */
    JmsMessageProducer(JmsSession session, @Nullable Destination destination) throws JMSException {
        this.session = session;
        this.destination = destination == null ? null : JmsDestination.of(destination);
    }

    @Override
    public void setDisableMessageID(boolean value) throws JMSException {
        requireOpen();
        options = options.withId(!value);
    }

    @Override
    public boolean getDisableMessageID() throws JMSException {
        requireOpen();
        return !options.withId();
    }

    @Override
    public void setDisableMessageTimestamp(boolean value) throws JMSException {
        requireOpen();
        options = options.withTimestamp(!value);
    }

    @Override
    public boolean getDisableMessageTimestamp() throws JMSException {
        requireOpen();
        return !options.withTimestamp();
    }

    @Override
    public void setDeliveryMode(int deliveryMode) throws JMSException {
        requireOpen();
        options = options.withDeliveryMode(deliveryMode);
    }

    @Override
    public int getDeliveryMode() throws JMSException {
        requireOpen();
        return options.deliveryMode();
    }

    @Override
    public void setPriority(int priority) throws JMSException {
        requireOpen();
        options = options.withPriority(priority);
    }

    @Override
    public int getPriority() throws JMSException {
        requireOpen();
        return options.priority();
    }

    @Override
    public void setTimeToLive(long timeToLive) throws JMSException {
        requireOpen();
        options = options.withTimeToLive(timeToLive);
    }

    @Override
    public long getTimeToLive() throws JMSException {
        requireOpen();
        return options.timeToLive();
    }

    /** {@inheritDoc} Up to 49 days; needs RabbitMQ, which is told when a message is sent. */
    @Override
    public void setDeliveryDelay(long deliveryDelay) throws JMSException {
        requireOpen();
        options = options.withDeliveryDelay(deliveryDelay);
    }

    @Override
    public long getDeliveryDelay() throws JMSException {
        requireOpen();
        return options.deliveryDelay();
    }

    @Override
    public @Nullable Destination getDestination() throws JMSException {
        requireOpen();
        return destination;
    }

    @Override
    public void send(@Nullable Message message) throws JMSException {
        requireOpen();
        session.sender().send(fixed(), message, options);
    }

    @Override
    public void send(@Nullable Message message, int deliveryMode, int priority, long timeToLive) throws JMSException {
        requireOpen();
        session.sender().send(fixed(), message, optionsWith(deliveryMode, priority, timeToLive));
    }

    @Override
    public void send(@Nullable Destination to, @Nullable Message message) throws JMSException {
        requireOpen();
        session.sender().send(free(to), message, options);
    }

    @Override
    public void send(
            @Nullable Destination to, @Nullable Message message, int deliveryMode, int priority, long timeToLive)
            throws JMSException {
        requireOpen();
        session.sender().send(free(to), message, optionsWith(deliveryMode, priority, timeToLive));
    }

    @Override
    public void send(@Nullable Message message, @Nullable CompletionListener listener) throws JMSException {
        requireOpen();
        session.sender().send(fixed(), message, options, this, given(listener));
    }

    @Override
    public void send(
            @Nullable Message message,
            int deliveryMode,
            int priority,
            long timeToLive,
            @Nullable CompletionListener listener)
            throws JMSException {
        requireOpen();
        session.sender().send(fixed(), message, optionsWith(deliveryMode, priority, timeToLive), this, given(listener));
    }

    @Override
    public void send(@Nullable Destination to, @Nullable Message message, @Nullable CompletionListener listener)
            throws JMSException {
        requireOpen();
        session.sender().send(free(to), message, options, this, given(listener));
    }

    @Override
    public void send(
            @Nullable Destination to,
            @Nullable Message message,
            int deliveryMode,
            int priority,
            long timeToLive,
            @Nullable CompletionListener listener)
            throws JMSException {
        requireOpen();
        session.sender()
                .send(free(to), message, optionsWith(deliveryMode, priority, timeToLive), this, given(listener));
    }

    /** {@inheritDoc} Waits until every {@code CompletionListener} of its messages has been told. */
    @Override
    public void close() throws JMSException {
        session.completions().awaitAll(this);
        closed = true;
    }

    final void requireOpen() throws JMSException {
        session.requireOpen();
        if (closed) {
            throw new IllegalStateException("the producer is closed");
        }
    }

    private SendOptions optionsWith(int deliveryMode, int priority, long timeToLive) throws JMSException {
        return options.withDeliveryMode(deliveryMode).withPriority(priority).withTimeToLive(timeToLive);
    }

    private Destination fixed() {
        if (destination == null) {
            throw new UnsupportedOperationException(
                    "this producer was created without a destination: send(to, message)");
        }
        return destination;
    }

    private Destination free(@Nullable Destination to) throws InvalidDestinationException {
        if (destination != null) {
            throw new UnsupportedOperationException("this producer was created for " + destination + ": send(message)");
        }
        if (to == null) {
            throw new InvalidDestinationException("no destination given");
        }
        return to;
    }

    private static CompletionListener given(@Nullable CompletionListener listener) {
        if (listener == null) {
            throw new IllegalArgumentException("no CompletionListener given");
        }
        return listener;
    }
}
