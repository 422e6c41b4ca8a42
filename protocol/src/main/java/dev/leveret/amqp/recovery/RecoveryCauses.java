package dev.leveret.amqp.recovery;

import dev.leveret.amqp.api.AmqpException;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.amqp.machine.ConnectMachine;
import java.util.Optional;

/** What the end of a connection, or of an attempt to make one, means for recovery. */
final class RecoveryCauses {

    private RecoveryCauses() {}

    /** Everything but what this side did on request. */
    static boolean isRecoverable(AmqpException cause) {
        return !(cause instanceof ConnectionClosedException closed
                && !closed.byBroker()
                && (closed.replyCode() == ReplyCode.SUCCESS.code() || closed.replyCode() == 0));
    }

    /** The broker shuts down, or an operator closed the connection. */
    static boolean isForced(AmqpException cause) {
        return cause instanceof ConnectionClosedException closed
                && closed.byBroker()
                && closed.replyCode() == ReplyCode.CONNECTION_FORCED.code();
    }

    /** What would be the same if it happened again; empty for what says nothing about the connection's use. */
    static Optional<String> repeatable(AmqpException cause) {
        return cause instanceof ConnectionClosedException closed && !isForced(cause)
                ? Optional.of((closed.byBroker() ? "broker " : "protocol ") + closed.replyCode())
                : Optional.empty();
    }

    /** The credentials or the virtual host were refused. */
    static boolean isRefusal(AmqpException failure) {
        return failure instanceof AuthenticationException
                || failure instanceof ConnectFailedException failed
                        && failed.attempts().stream().anyMatch(ConnectMachine::refusesVirtualHost);
    }

    /** The same failure, or loss, with the reason why nothing more is tried in front. */
    static AmqpException givenUp(String why, AmqpException last) {
        String message = why + ": " + last.getMessage();
        if (last instanceof AuthenticationException) {
            return new AuthenticationException(message, last);
        }
        if (last instanceof ConnectFailedException failed) {
            return ConnectFailedException.givenUp(why, failed);
        }
        if (last instanceof ConnectionClosedException closed) {
            return new ConnectionClosedException(message, closed.replyCode(), closed.byBroker(), closed);
        }
        return new ConnectionLostException(message, last);
    }
}
