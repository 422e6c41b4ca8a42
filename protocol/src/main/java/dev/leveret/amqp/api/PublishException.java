package dev.leveret.amqp.api;

import org.jspecify.annotations.Nullable;

/** A publish was not confirmed; {@link #result} says what became of the message. */
public final class PublishException extends AmqpException {

    private static final long serialVersionUID = 1L;

    private final transient PublishResult result;

    /**
     * @param message names the message's exchange and routing key
     * @param result anything but {@link PublishResult.Confirmed}
     */
    public PublishException(String message, PublishResult result) {
        this(message, result, causeOf(result));
    }

    private PublishException(String message, PublishResult result, @Nullable Throwable cause) {
        super(message, cause);
        this.result = result;
    }

    /**
     * The failure of one message's publish, named by its exchange and routing key.
     *
     * @param result anything but {@link PublishResult.Confirmed}
     */
    public static PublishException of(OutboundMessage message, PublishResult result) {
        return new PublishException(
                "the message to exchange '" + message.exchange() + "' with routing key '" + message.routingKey() + "' "
                        + outcome(result),
                result);
    }

    /** What became of the message. */
    public PublishResult result() {
        return result;
    }

    /** Whether the broker may have the message all the same, so that publishing it again may duplicate it. */
    public boolean outcomeUnknown() {
        return result instanceof PublishResult.Unknown;
    }

    @Override
    public PublishException forCaller() {
        return new PublishException(getMessage(), result, this);
    }

    private static @Nullable Throwable causeOf(PublishResult result) {
        if (result instanceof PublishResult.Unknown unknown) {
            return unknown.cause();
        }
        return result instanceof PublishResult.Rejected rejected ? rejected.cause() : null;
    }

    private static String outcome(PublishResult result) {
        if (result instanceof PublishResult.Returned returned) {
            return "was returned: " + ReplyCode.describe(returned.message().replyCode());
        }
        if (result instanceof PublishResult.Nacked) {
            return "was refused by the broker (basic.nack)";
        }
        if (result instanceof PublishResult.Rejected rejected) {
            return "was rejected: " + rejected.cause().getMessage();
        }
        if (result instanceof PublishResult.Unknown unknown) {
            return "may or may not have reached the broker: " + unknown.cause().getMessage();
        }
        throw new IllegalArgumentException("a confirmed publish is no failure");
    }
}
