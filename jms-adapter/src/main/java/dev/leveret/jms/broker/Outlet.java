package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.ReturnedMessage;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.destination.JmsQueue;
import dev.leveret.jms.message.Causes;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.ResourceAllocationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session's way out: a channel for publishing alone, opened at the first message, and again when the broker has closed
 * it over a message it refused. So a refused message never costs the session its consumers. After a loss it comes back by
 * itself.
 *
 * <p>All messages of a session go through it, confirmed or not, which keeps their order. Used by one thread at a time;
 * {@link #close} may come from another.
 */
public final class Outlet {

    private final BrokerLink link;
    private final Declarations declarations;
    private final DeliveryDelays delays;
    private final Consumer<JMSException> onLoss;

    private volatile @Nullable AsyncChannel channel;
    /** Whether a caller waits and will hear of a failure itself. */
    private volatile boolean awaited;

    private volatile boolean closed;

    /**
     * For one session.
     *
     * @param onLoss told, on the event loop, when a message sent without waiting came back, or the channel ended and no
     *     caller was there to hear of it
     */
    public Outlet(BrokerLink link, Declarations declarations, DeliveryDelays delays, Consumer<JMSException> onLoss) {
        this.link = link;
        this.declarations = declarations;
        this.delays = delays;
        this.onLoss = onLoss;
    }

    /**
     * Publishes one message; waits for the broker's confirmation if it is persistent, and otherwise for room to send.
     *
     * @throws InvalidDestinationException if no queue has it
     * @throws JMSException if the broker refused it; or with {@link JmsErrors#OUTCOME_UNKNOWN} if it is not known whether it
     *     has it
     */
    public void publish(Publication publication) throws JMSException {
        try {
            publishOnce(publication);
        } catch (InvalidDestinationException e) {
            if (publication.due().isEmpty()) {
                throw e;
            }
            // The queue in which it was to wait has been deleted; it came back, so it is nowhere.
            publishOnce(publication);
        }
    }

    private void publishOnce(Publication publication) throws JMSException {
        OutboundMessage message = delays.route(publication);
        AsyncChannel out = channel(publication);
        awaited = true;
        try {
            CompletableFuture<Void> done = publication.persistent() ? out.publish(message) : out.send(message);
            await(publication, done);
        } finally {
            awaited = false;
        }
    }

    /**
     * Sees to it that a message with a delay can be sent, before its time runs, and so that a transaction need not find out
     * that it cannot; waits at the first of its kind.
     *
     * @param delay in milliseconds
     * @throws InvalidDestinationException if it is to a queue that does not exist
     */
    public void prepare(JmsDestination to, int priority, long delay) throws JMSException {
        delays.prepare(to, priority, delay);
    }

    /** Publishes a message and returns at once; {@link #await} tells what became of it. */
    CompletableFuture<Void> publishConfirmed(Publication publication) throws JMSException {
        OutboundMessage message = delays.route(publication);
        return channel(publication).publish(message);
    }

    /** A message on its way. */
    public final class Sent {

        private final Publication publication;
        private final CompletableFuture<Void> outcome;
        private final long start = System.nanoTime();

        private Sent(Publication publication, CompletableFuture<Void> outcome) {
            this.publication = publication;
            this.outcome = outcome;
        }

        /** Waits until it is sent, and fails, as {@link #publish} does; any thread may. */
        public void await() throws JMSException {
            Outlet.this.await(publication, outcome, start);
        }
    }

    /** Publishes a message as {@link #publish} does, but waits only for room to send. */
    public Sent begin(Publication publication) throws JMSException {
        OutboundMessage message = delays.route(publication);
        AsyncChannel out = channel(publication);
        link.await(out.room(), publication.doing());
        return new Sent(publication, publication.persistent() ? out.publish(message) : out.send(message));
    }

    void await(Publication publication, CompletableFuture<Void> outcome) throws JMSException {
        await(publication, outcome, System.nanoTime());
    }

    private void await(Publication publication, CompletableFuture<Void> outcome, long start) throws JMSException {
        try {
            link.awaitSince(start, outcome, publication.doing());
        } catch (InvalidDestinationException e) {
            declarations.forget(publication.destination());
            delays.forget();
            throw e;
        } catch (ResourceAllocationException e) {
            // Some brokers refuse what they cannot route, in place of returning it.
            if (declarations.isMissing(publication.destination())) {
                declarations.forget(publication.destination());
                Throwable refusal = e.getCause();
                throw Causes.with(
                        refusal == null ? e : refusal,
                        new InvalidDestinationException(e.getMessage(), e.getErrorCode()));
            }
            throw e;
        }
    }

    /** Waits for a lost connection, so that what is sent meanwhile is certainly not sent if that takes too long. */
    private AsyncChannel channel(Publication publication) throws JMSException {
        AsyncChannel current = channel;
        if (current != null && current.isOpen()) {
            return current;
        }
        link.awaitOpen(publication.doing());
        // It comes back with its connection; lost anew, it is not open and yet the right one.
        if (current != null && (current.isOpen() || !link.isOpen())) {
            return current;
        }
        AsyncChannel opened = link.openChannel();
        channel = opened;
        opened.onReturn(this::returned);
        opened.closed().whenComplete((ended, cause) -> {
            if (cause != null && !awaited && !closed) {
                onLoss.accept(JmsErrors.of("the channel for sending has ended", cause));
            }
        });
        return opened;
    }

    /** A message that was sent without waiting has come back; on the event loop. */
    private void returned(ReturnedMessage message) {
        JmsQueue queue = JmsQueue.named(message.routingKey());
        declarations.forget(queue);
        delays.forget();
        onLoss.accept(new InvalidDestinationException(
                "a message sent to " + queue + " was lost: " + message.replyText(),
                Integer.toString(message.replyCode())));
    }

    /** Ends it; waits. */
    public void close() throws JMSException {
        closed = true;
        AsyncChannel current = channel;
        if (current != null) {
            link.await(current.close(), "closing the channel for sending");
        }
    }
}
