package dev.leveret.jms;

import dev.leveret.jms.broker.Incoming;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.message.JmsObjectMessage;
import dev.leveret.jms.message.ObjectPolicy;
import jakarta.jms.JMSException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last step of a session's message to the application: it is made of what arrived, left out if it has expired (Jakarta
 * Messaging 3.1, section 3.4.9), shown, and acknowledged as the session's mode has it.
 */
final class MessageDelivery implements SessionDispatch.Delivering {

    private static final Logger LOG = LoggerFactory.getLogger(MessageDelivery.class);

    private final SessionDispatch dispatch;
    private final Acknowledgement acknowledgement;
    private final ObjectPolicy objects;

    MessageDelivery(SessionDispatch dispatch, Acknowledgement acknowledgement, ObjectPolicy objects) {
        this.dispatch = dispatch;
        this.acknowledgement = acknowledgement;
        this.objects = objects;
    }

    /**
     * The next message of a consumer.
     *
     * @param nanos how long to wait for it
     * @return null as {@link SessionDispatch#take} says
     */
    @Nullable
    JmsMessage receive(ConsumerInbox inbox, long nanos) throws JMSException {
        return receive(inbox, nanos, (incoming, message) -> acknowledgement.received(incoming) ? message : null);
    }

    /**
     * The body of the next message of a consumer (section 8.6).
     *
     * @throws MessageFormatException if it has no body of this type; in sessions that acknowledge by themselves the
     *     message then is the next one still
     */
    <T> @Nullable T receiveBody(ConsumerInbox inbox, @Nullable Class<T> type, long nanos) throws JMSException {
        return receive(inbox, nanos, (incoming, message) -> {
            T body = null;
            MessageFormatException failure =
                    new MessageFormatException(message + " has no body that can be received as " + type);
            try {
                body = message.getBody(type);
            } catch (MessageFormatException e) {
                failure = e;
            }
            boolean ours = true;
            if (body == null && !acknowledgement.consumesUnreadableBodies()) {
                inbox.unread(incoming);
            } else {
                ours = acknowledgement.received(incoming);
            }
            if (body == null) {
                throw failure;
            }
            return ours ? body : null;
        });
    }

    private <T> @Nullable T receive(ConsumerInbox inbox, long nanos, Taking<T> taking) throws JMSException {
        long start = System.nanoTime();
        while (true) {
            Incoming incoming = dispatch.take(inbox, nanos - (System.nanoTime() - start));
            if (incoming == null) {
                return null;
            }
            try {
                JmsMessage message = open(inbox.destination(), incoming);
                T taken = message == null ? null : taking.take(incoming, message);
                if (taken != null) {
                    return taken;
                }
            } finally {
                dispatch.finished(inbox);
            }
        }
    }

    @Override
    public void deliver(MessageListener listener, JmsDestination from, Incoming incoming) {
        JmsMessage message = openForListener(from, incoming);
        if (message != null) {
            call(listener, incoming, message);
        }
    }

    private void call(MessageListener listener, Incoming incoming, JmsMessage message) {
        acknowledgement.delivering(incoming);
        try {
            listener.onMessage(message);
        } catch (Throwable e) {
            // An Error is no reason either to lose the message, or the thread and with it the session's other
            // listeners.
            LOG.warn("a message listener threw an exception at {}", message, e);
            acknowledgement.failed(incoming);
            return;
        }
        acknowledgement.delivered(incoming);
    }

    private @Nullable JmsMessage openForListener(JmsDestination from, Incoming incoming) {
        try {
            return open(from, incoming);
        } catch (JMSException | RuntimeException e) {
            LOG.error("a delivery of {} cannot be shown as a message; it returns to the broker", from, e);
            incoming.fail();
            return null;
        }
    }

    /** The message, or null if it has expired. */
    private @Nullable JmsMessage open(JmsDestination from, Incoming incoming) throws JMSException {
        JmsMessage message = incoming.toMessage(from);
        long expiration = message.getJMSExpiration();
        if (expiration != 0 && expiration <= System.currentTimeMillis()) {
            LOG.debug("{} has expired before it could be delivered", message);
            incoming.acknowledge();
            return null;
        }
        message.markReceived(acknowledgement.acknowledger());
        if (message instanceof JmsObjectMessage object) {
            object.readBy(objects);
        }
        return message;
    }

    /** What to do with a message that has been taken; null if it is no longer ours, and another one is to be waited for. */
    private interface Taking<T> {
        @Nullable
        T take(Incoming incoming, JmsMessage message) throws JMSException;
    }
}
