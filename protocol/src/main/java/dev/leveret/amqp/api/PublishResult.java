package dev.leveret.amqp.api;

/**
 * What became of one published message. Exactly one of these is told for every publish that asked for it.
 *
 * <p>{@link Confirmed} is success. After {@link Returned}, {@link Nacked} and {@link Rejected} the message is certainly
 * in no queue; after {@link Unknown} it may be, and publishing it again may duplicate it.
 */
public sealed interface PublishResult {

    /** The broker has taken responsibility for the message ({@code basic.ack}). */
    record Confirmed() implements PublishResult {
        /** There is nothing to tell one confirmation from another. */
        public static final Confirmed INSTANCE = new Confirmed();
    }

    /** The message was mandatory and no queue took it ({@code basic.return}). */
    record Returned(ReturnedMessage message) implements PublishResult {}

    /** The broker refused it ({@code basic.nack}), for instance a full queue with {@code x-overflow=reject-publish}. */
    record Nacked() implements PublishResult {}

    /**
     * It was not sent, as the message or the channel's state does not allow it; or the broker closed the channel over it, or
     * over an earlier publish, and certainly did not take it: a missing exchange (404), a missing permission (403), a
     * message that is too large (406).
     */
    record Rejected(RuntimeException cause) implements PublishResult {}

    /**
     * Channel or connection ended before the broker answered, or {@link ConnectionOptions#confirmTimeout} did: it may or may not have the message. So end also publishes
     * before the one over which the broker closed the channel, their confirms may have been under way; and of several
     * publishes to an exchange that is missing all but the last, as it may have been deleted after it had routed some.
     */
    record Unknown(AmqpException cause) implements PublishResult {}
}
