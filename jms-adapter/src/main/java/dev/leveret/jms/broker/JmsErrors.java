package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectionBlockedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.PublishException;
import dev.leveret.amqp.api.PublishResult;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.api.TlsException;
import dev.leveret.jms.message.Causes;
import jakarta.jms.IllegalStateRuntimeException;
import jakarta.jms.InvalidClientIDException;
import jakarta.jms.InvalidClientIDRuntimeException;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.InvalidDestinationRuntimeException;
import jakarta.jms.InvalidSelectorException;
import jakarta.jms.InvalidSelectorRuntimeException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.JMSSecurityRuntimeException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageFormatRuntimeException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.MessageNotWriteableRuntimeException;
import jakarta.jms.ResourceAllocationException;
import jakarta.jms.ResourceAllocationRuntimeException;
import jakarta.jms.TransactionInProgressException;
import jakarta.jms.TransactionInProgressRuntimeException;
import jakarta.jms.TransactionRolledBackException;
import jakarta.jms.TransactionRolledBackRuntimeException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Every failure of the AMQP client in the words of Jakarta Messaging, and every checked exception in those of the simplified
 * API. This is the only place that decides it.
 *
 * <p>Where the broker gave a reply code it is the error code, such as {@code 404}. The AMQP exception is both the cause and
 * the linked exception.
 */
public final class JmsErrors {

    /**
     * The error code of what nobody knows to have happened or not, as the connection was lost before the broker answered: a
     * message was sent or not, a transaction was committed or not. Doing it again may do it twice.
     */
    public static final String OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN";

    private JmsErrors() {}

    /**
     * What an application is told.
     *
     * @param doing what was being done, such as {@code publishing to queue://q}
     */
    public static JMSException of(String doing, Throwable failure) {
        Throwable cause = unwrap(failure);
        String text = doing + ": " + (cause.getMessage() == null ? cause.toString() : cause.getMessage());
        if (cause instanceof PublishException publish) {
            return Causes.with(cause, ofPublish(text, publish.result()));
        }
        if (cause instanceof ChannelClosedException closed) {
            return Causes.with(cause, ofClosed(text, closed));
        }
        if (cause instanceof ConnectionClosedException closed) {
            return Causes.with(cause, ofReply(text, closed.replyCode()));
        }
        if (cause instanceof AuthenticationException
                || (cause instanceof ConnectFailedException failed && wasRefused(failed))) {
            return Causes.with(
                    cause, new JMSSecurityException(text, Integer.toString(ReplyCode.ACCESS_REFUSED.code())));
        }
        if (cause instanceof ConnectFailedException failed && isDistrusted(failed)) {
            // The broker has said nothing, so there is no code.
            return Causes.with(cause, new JMSSecurityException(text));
        }
        if (cause instanceof ConnectionBlockedException) {
            return Causes.with(cause, new ResourceAllocationException(text));
        }
        return Causes.with(cause, new JMSException(text));
    }

    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapper = failure instanceof CompletionException || failure instanceof ExecutionException;
        return wrapper && cause != null ? unwrap(cause) : failure;
    }

    /** Brokers may close the socket on wrong credentials without a word, so the phase must do as evidence. */
    private static boolean wasRefused(ConnectFailedException failed) {
        return failed.attempts().stream()
                .anyMatch(it -> it.cause() instanceof AuthenticationException
                        || it.phase() == ConnectFailedException.Phase.AUTHENTICATION);
    }

    /** Whether one side has refused the other's certificate, or its version of TLS. */
    private static boolean isDistrusted(ConnectFailedException failed) {
        return failed.attempts().stream()
                .anyMatch(it -> it.cause() instanceof TlsException tls
                        && switch (tls.reason()) {
                            case UNTRUSTED_ISSUER,
                                    WRONG_HOST,
                                    EXPIRED,
                                    NOT_YET_VALID,
                                    UNFIT_CERTIFICATE,
                                    CLIENT_CERTIFICATE_REQUIRED,
                                    CLIENT_CERTIFICATE_REFUSED,
                                    PROTOCOL_VERSION -> true;
                            case NOT_TLS, CLOSED, MATERIAL, OTHER -> false;
                        });
    }

    /** What the broker has refused by closing the channel; {@link ChannelClosure#OTHER} for everything else. */
    static ChannelClosure closure(JMSException failure) {
        return failure.getCause() instanceof ChannelClosedException closed
                ? ChannelClosure.of(closed)
                : ChannelClosure.OTHER;
    }

    private static JMSException ofClosed(String text, ChannelClosedException closed) {
        return ChannelClosure.of(closed) == ChannelClosure.QUEUE_DOWN
                ? new ResourceAllocationException(text, Integer.toString(closed.replyCode()))
                : ofReply(text, closed.replyCode());
    }

    private static JMSException ofPublish(String text, PublishResult result) {
        if (result instanceof PublishResult.Returned returned) {
            return new InvalidDestinationException(
                    text, Integer.toString(returned.message().replyCode()));
        }
        if (result instanceof PublishResult.Nacked) {
            return new ResourceAllocationException(text);
        }
        if (cause(result) instanceof ChannelClosedException closed && closed.byBroker()) {
            return ofClosed(text, closed);
        }
        if (cause(result) instanceof ConnectionBlockedException) {
            return new ResourceAllocationException(text);
        }
        return result instanceof PublishResult.Unknown
                ? new JMSException(text, OUTCOME_UNKNOWN)
                : new JMSException(text);
    }

    private static @Nullable Throwable cause(PublishResult result) {
        if (result instanceof PublishResult.Rejected rejected) {
            return rejected.cause();
        }
        return result instanceof PublishResult.Unknown unknown ? unknown.cause() : null;
    }

    private static JMSException ofReply(String text, int replyCode) {
        String code = Integer.toString(replyCode);
        return switch (ReplyCode.of(replyCode)) {
            case NOT_FOUND, NO_ROUTE -> new InvalidDestinationException(text, code);
            case RESOURCE_LOCKED -> new ResourceAllocationException(text, code);
            // RabbitMQ uses 403 for missing permissions and for a queue that has an exclusive consumer.
            case ACCESS_REFUSED ->
                text.contains("exclusive")
                        ? new ResourceAllocationException(text, code)
                        : new JMSSecurityException(text, code);
            default -> new JMSException(text, code);
        };
    }

    /** Whether the whole connection has ended, rather than one channel or consumer. */
    public static boolean isConnectionLoss(JMSException e) {
        return e.getCause() instanceof ConnectionLostException
                || e.getCause() instanceof ConnectionClosedException
                // Given up for having been blocked too long; a publish that is merely refused has another cause.
                || e.getCause() instanceof ConnectionBlockedException;
    }

    /** A commit of which it is not known whether it was done. */
    static JMSException inDoubt(String text) {
        return new JMSException("commit in doubt: " + text, OUTCOME_UNKNOWN);
    }

    /** The same failure for the simplified API: the runtime exception of the same name. */
    public static JMSRuntimeException unchecked(JMSException e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String code = e.getErrorCode();
        if (e instanceof jakarta.jms.IllegalStateException) {
            return new IllegalStateRuntimeException(text, code, e);
        }
        if (e instanceof InvalidDestinationException) {
            return new InvalidDestinationRuntimeException(text, code, e);
        }
        if (e instanceof InvalidClientIDException) {
            return new InvalidClientIDRuntimeException(text, code, e);
        }
        if (e instanceof InvalidSelectorException) {
            return new InvalidSelectorRuntimeException(text, code, e);
        }
        if (e instanceof JMSSecurityException) {
            return new JMSSecurityRuntimeException(text, code, e);
        }
        return uncheckedMessageFailure(e, text, code);
    }

    private static JMSRuntimeException uncheckedMessageFailure(JMSException e, String text, String code) {
        if (e instanceof MessageFormatException) {
            return new MessageFormatRuntimeException(text, code, e);
        }
        if (e instanceof MessageNotWriteableException) {
            return new MessageNotWriteableRuntimeException(text, code, e);
        }
        if (e instanceof ResourceAllocationException) {
            return new ResourceAllocationRuntimeException(text, code, e);
        }
        if (e instanceof TransactionInProgressException) {
            return new TransactionInProgressRuntimeException(text, code, e);
        }
        if (e instanceof TransactionRolledBackException) {
            return new TransactionRolledBackRuntimeException(text, code, e);
        }
        return new JMSRuntimeException(text, code, e);
    }
}
