package dev.leveret.jms.broker;

import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ConnectionEvent;
import dev.leveret.amqp.api.EntityOutcome;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.TopologyEntity;
import dev.leveret.jms.message.Causes;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.JMSException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that no two connections to a virtual host have the same client identifier (Jakarta Messaging 3.1, section 6.1.2),
 * be they in one JVM or in two: each declares an exclusive queue that is called after it, which the broker gives to one
 * connection and deletes with that. Thread-safe.
 *
 * <p>Only RabbitMQ is asked: others may close the connection over such a question.
 *
 * <p>When the connection is lost and comes back, it takes the identifier again. Meanwhile another may have taken it: that is
 * told to whoever wants to know.
 *
 * <p>If a client dies without closing its connection, the broker notices by the missing heartbeats, after up to three of
 * them; until then the identifier stays taken.
 */
public final class ClientIdentifiers {

    private static final int MAX_NAME_BYTES = 255;

    private final BrokerLink link;
    private final boolean checked;
    private final Consumer<JMSException> onTaken;

    /** The queue that holds the identifier. */
    private volatile @Nullable String claimed;

    /**
     * For one connection.
     *
     * @param checked false where that cannot be done because the user may not declare such queues
     * @param onTaken told, on the event loop, when another connection has the identifier after a loss
     */
    public ClientIdentifiers(BrokerLink link, boolean checked, Consumer<JMSException> onTaken) {
        this.link = link;
        this.checked = checked;
        this.onTaken = onTaken;
        link.onEvent(this::happened);
    }

    private void happened(ConnectionEvent event) {
        if (event instanceof ConnectionEvent.Recovered recovered) {
            recovered.report().outcomes(EntityOutcome.Result.FAILED).forEach(this::notRestored);
        } else if (event instanceof ConnectionEvent.EntityRetried retried
                && retried.outcome().result() == EntityOutcome.Result.FAILED) {
            notRestored(retried.outcome());
        }
    }

    private void notRestored(EntityOutcome outcome) {
        if (outcome.entity() instanceof TopologyEntity.Queue queue
                && queue.name().equals(claimed)) {
            String text =
                    "the client identifier could not be taken again when the connection was recovered: " + queue.name();
            outcome.cause()
                    .ifPresentOrElse(
                            it -> onTaken.accept(Causes.with(it, new InvalidClientIDException(text))),
                            () -> onTaken.accept(new InvalidClientIDException(text)));
        }
    }

    /**
     * Takes an identifier for as long as the connection is open; waits.
     *
     * @throws InvalidClientIDException if another connection has it, or it is too long
     */
    public void claim(String id) throws JMSException {
        if (!checked || !link.isRabbitMq()) {
            return;
        }
        String name = Naming.clientIdentifierQueue(id);
        if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new InvalidClientIDException("the client identifier is too long for the name of a queue: " + id);
        }
        // It is for its name only; what somebody publishes to it is not kept.
        QueueSpec queue = new QueueSpec(name, false, true, false, Map.of("x-max-length", 0));
        try {
            link.onSpareChannelOnce("taking the client identifier " + id, it -> it.declareQueue(queue));
            claimed = name;
        } catch (JMSException e) {
            throw e.getCause() instanceof ChannelClosedException closed ? refusal(id, e, closed) : e;
        }
    }

    /** Gives it back before the connection closes; waits. By the closing alone it would be free only some time after that. */
    public void release() throws JMSException {
        String name = claimed;
        if (name != null && link.isOpen()) {
            claimed = null;
            link.onSpareChannelOnce("giving a client identifier back", it -> it.deleteQueue(name));
        }
    }

    private static JMSException refusal(String id, JMSException cause, ChannelClosedException closed) {
        String code = Integer.toString(closed.replyCode());
        return switch (ReplyCode.of(closed.replyCode())) {
            case RESOURCE_LOCKED ->
                Causes.with(
                        closed,
                        new InvalidClientIDException("another connection has the client identifier " + id, code));
            case ACCESS_REFUSED ->
                Causes.with(
                        closed,
                        new JMSException(
                                cause.getMessage()
                                        + "; jms.checkClientId=false does without, and lets several connections"
                                        + " have the same",
                                code));
            default -> cause;
        };
    }
}
