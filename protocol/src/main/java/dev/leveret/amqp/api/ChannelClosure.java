package dev.leveret.amqp.api;

import java.util.Locale;

/** Why a broker closes a channel, as far as a client can act upon: see {@link RecoveryOptions#withChannelsReopenedAfter}. */
public enum ChannelClosure {

    /** 404: no such queue or exchange. */
    NOT_FOUND,
    /** 404: the queue exists, but nobody can use it now, since its node is down or its process is. */
    QUEUE_DOWN,
    /** 403: the user lacks a permission, or a queue has an exclusive consumer. */
    ACCESS_REFUSED,
    /** 405: an exclusive queue of another connection. */
    RESOURCE_LOCKED,
    /** 406: a delivery was not settled within the broker's {@code consumer_timeout}. */
    DELIVERY_TIMEOUT,
    /** 406: a settlement of a delivery that the broker does not know. */
    UNKNOWN_DELIVERY_TAG,
    /** 406 or 311: a message larger than the broker takes. */
    MESSAGE_TOO_LARGE,
    /** 406 otherwise: a declaration that differs from what exists, for example. */
    PRECONDITION_FAILED,
    /** Anything else. */
    OTHER;

    private static final String RABBITMQ_NOT_FOUND = "NOT_FOUND - ";

    /** Classifies what the broker said; what this side closed is {@link #OTHER}. */
    public static ChannelClosure of(ChannelClosedException cause) {
        if (!cause.byBroker()) {
            return OTHER;
        }
        // RabbitMQ uses one code for several causes, so that only its texts tell them apart.
        String text = cause.getMessage().toLowerCase(Locale.ROOT);
        return switch (ReplyCode.of(cause.replyCode())) {
            case NOT_FOUND -> isThere(cause.getMessage()) ? QUEUE_DOWN : NOT_FOUND;
            case ACCESS_REFUSED -> ACCESS_REFUSED;
            case RESOURCE_LOCKED -> RESOURCE_LOCKED;
            case CONTENT_TOO_LARGE -> MESSAGE_TOO_LARGE;
            case PRECONDITION_FAILED -> {
                if (text.contains("delivery acknowledgement on channel") && text.contains("timed out")) {
                    yield DELIVERY_TIMEOUT;
                }
                if (text.contains("unknown delivery tag")) {
                    yield UNKNOWN_DELIVERY_TAG;
                }
                yield text.contains("message size") ? MESSAGE_TOO_LARGE : PRECONDITION_FAILED;
            }
            default -> OTHER;
        };
    }

    /**
     * RabbitMQ says "no queue 'x' in vhost '/'" of what is not there; anything else is a trouble of what is, such as "home
     * node ... is down or inaccessible" or "process is stopped by supervisor". Others say it in other words.
     */
    private static boolean isThere(String message) {
        int text = message.indexOf(RABBITMQ_NOT_FOUND);
        return text >= 0 && !message.startsWith("no ", text + RABBITMQ_NOT_FOUND.length());
    }
}
