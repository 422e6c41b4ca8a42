package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/**
 * A delivery cannot be acknowledged or rejected: it is settled already, its channel has ended and the broker gives the
 * message to somebody again, or it comes from a stream and cannot be given back. Nothing was sent.
 */
public final class SettlementException extends AmqpException {

    private static final long serialVersionUID = 1L;

    /** Why a delivery cannot be settled. */
    public enum Reason {
        /** It was acknowledged, negatively acknowledged or rejected before, alone or with later ones. */
        ALREADY_SETTLED,
        /** The broker considered it settled when it sent it. */
        AUTO_ACKNOWLEDGED,
        /** The channel that received it has ended. */
        STALE,
        /**
         * It comes from a stream, which keeps its messages and takes {@link Delivery#ack} only: RabbitMQ 3 closes the
         * connection over anything else, later versions take it for an acknowledgement. The delivery is still unsettled.
         */
        STREAM
    }

    private final Reason reason;

    public SettlementException(String message, Reason reason) {
        this(message, reason, null);
    }

    private SettlementException(String message, Reason reason, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }

    @Override
    public SettlementException forCaller() {
        return new SettlementException(getMessage(), reason, this);
    }
}
