package dev.leveret.jms;

import dev.leveret.jms.broker.Intake;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.selector.Selector;
import jakarta.jms.IllegalStateException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageListener;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Receives messages for a session (Jakarta Messaging 3.1, chapter 8).
 *
 * <p>Messages are pushed by the broker, up to the prefetch, from the moment that the connection is started; a consumer of a
 * connection that was never started keeps none from others. While the connection is stopped, those that have come wait here.
 *
 * <p>{@code receive} returns null when its time is over, when the consumer is closed, and at once when the thread is
 * interrupted, whose interrupt status is then set. It throws a {@link JMSException} when the consumer has ended for a reason
 * of the broker's, such as a deleted queue.
 */
class JmsMessageConsumer implements MessageConsumer {

    private final JmsSession session;
    private final ConsumerInbox inbox;
    private final Intake intake;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();

    JmsMessageConsumer(JmsSession session, ConsumerInbox inbox, Intake intake) {
        this.session = session;
        this.inbox = inbox;
        this.intake = intake;
    }

    final JmsDestination destination() {
        return inbox.destination();
    }

    /** Lets messages come, the first time it is called; waits for the broker. */
    final void begin() throws JMSException {
        if (begun.compareAndSet(false, true)) {
            try {
                intake.begin();
            } catch (JMSException e) {
                begun.set(false);
                throw e;
            }
        }
    }

    @Override
    public @Nullable String getMessageSelector() throws JMSException {
        requireOpen();
        return intake.admission().selector().map(Selector::toString).orElse(null);
    }

    final boolean noLocal() {
        return intake.admission().notFrom().isPresent();
    }

    @Override
    public @Nullable MessageListener getMessageListener() throws JMSException {
        requireOpen();
        return session.dispatch().<@Nullable MessageListener>underLock(inbox::listener);
    }

    @Override
    public void setMessageListener(@Nullable MessageListener listener) throws JMSException {
        requireOpen();
        session.dispatch().listen(inbox, listener, session.delivery());
    }

    @Override
    public @Nullable Message receive() throws JMSException {
        return receive(0);
    }

    @Override
    public @Nullable Message receive(long timeout) throws JMSException {
        requireReceiving();
        return session.delivery().receive(inbox, nanos(timeout));
    }

    /**
     * {@inheritDoc}
     *
     * <p>Null means that the broker had none for this consumer: if none has been pushed yet, it is asked before, which costs
     * two round trips. On a stopped connection it is null at once.
     */
    @Override
    public @Nullable Message receiveNoWait() throws JMSException {
        requireReceiving();
        Message message = session.delivery().receive(inbox, 0);
        return message == null && look() ? session.delivery().receive(inbox, 0) : message;
    }

    /** The body of the next message: see {@link MessageDelivery#receiveBody}. */
    final <T> @Nullable T receiveBody(@Nullable Class<T> type, long timeout) throws JMSException {
        requireReceiving();
        return session.delivery().receiveBody(inbox, type, nanos(timeout));
    }

    /** The same for a message that is there already. */
    final <T> @Nullable T receiveBodyNoWait(@Nullable Class<T> type) throws JMSException {
        requireReceiving();
        T body = session.delivery().receiveBody(inbox, type, 0);
        return body == null && look() ? session.delivery().receiveBody(inbox, type, 0) : body;
    }

    /** Waits until what the broker has ready has come; false if that would be no use. */
    private boolean look() throws JMSException {
        if (!session.dispatch().isRunning() || Thread.currentThread().isInterrupted()) {
            return false;
        }
        session.dispatch().enter(inbox);
        try {
            intake.drain();
            return true;
        } finally {
            session.dispatch().exit(inbox);
        }
    }

    /** {@inheritDoc} A listener may close its own consumer; the message it is called with is acknowledged as ever. */
    @Override
    public void close() throws JMSException {
        if (closed.compareAndSet(false, true)) {
            session.dispatch().close(inbox);
            session.forget(this);
            intake.retire();
        }
    }

    /** Lets no more messages come, because the session closes: see {@link Intake#cease}. */
    final void cease() throws JMSException {
        intake.cease();
    }

    /** Closes it with its session, whose deliveries have ended: what is unsettled returns to the broker. */
    final void abandon() throws JMSException {
        if (closed.compareAndSet(false, true)) {
            session.dispatch().close(inbox);
            intake.abandon();
        }
    }

    final void requireOpen() throws JMSException {
        session.requireOpen();
        if (closed.get()) {
            throw new IllegalStateException("the consumer is closed");
        }
    }

    private void requireReceiving() throws JMSException {
        if (getMessageListener() != null) {
            throw new IllegalStateException("the consumer has a message listener: it cannot receive too");
        }
    }

    /** Zero is for ever; so is what a negative number means, which the specification leaves open. */
    private static long nanos(long timeout) {
        return timeout <= 0 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(timeout);
    }
}
