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

    /** It was not sent: the message or the channel's state does not allow it. */
    record Rejected(RuntimeException cause) implements PublishResult {}

    /** Channel or connection ended before the broker answered: it may or may not have the message. */
    record Unknown(AmqpException cause) implements PublishResult {}
}
