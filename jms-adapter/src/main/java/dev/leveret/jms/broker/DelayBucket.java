package dev.leveret.jms.broker;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.DeadLetterStrategy;
import dev.leveret.amqp.api.HeadersMatch;
import dev.leveret.amqp.api.Overflow;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.jms.wire.DelayMark;
import jakarta.jms.Message;
import java.time.Duration;

/**
 * A queue in which messages wait until it is their time: each has the time to live that it is to wait, and the broker
 * dead-letters it to where it was sent.
 *
 * <p>A queue lets messages expire in its own order, at its head. So only those are in one queue whose delays are about the
 * same, within a sixteenth; a message waits so much longer at most, and not at all longer if all delays are equal. And they
 * are of one priority, because quorum queues of RabbitMQ 4 put others in front.
 *
 * <p>A bucket has no life of its own that could end while it has messages: it stays. There are not many, as there are at most
 * 16 for a delay and its double.
 *
 * @param limit the longest delay that goes here, in milliseconds
 * @param priority the priority of its messages
 * @param target where messages go when it is their time
 */
record DelayBucket(long limit, int priority, DelayTarget target) {

    /** The longest time to live that RabbitMQ takes, in milliseconds: 49 days. */
    static final long MAX_DELAY = 0xFFFF_FFFFL;

    /** The exchange that delayed messages are published to; it puts them into the bucket that they name. */
    static final String ENTRY = "jms.delay";

    /** Nobody sees a difference that is smaller, in milliseconds. */
    private static final long FINEST = 16;

    private static final int STEPS = 16;

    /** The bucket for a delay of 1 to {@link #MAX_DELAY} milliseconds. */
    static DelayBucket of(long delay, int priority, DelayTarget target) {
        long step = Math.max(FINEST, Long.highestOneBit(delay) / STEPS);
        return new DelayBucket((delay + step - 1) / step * step, priority, target);
    }

    /** Of the queue. */
    String name() {
        String urgency = priority == Message.DEFAULT_PRIORITY ? "" : ".p" + priority;
        return SubscriptionNames.limited(ENTRY + "." + limit + urgency + "." + target.suffix());
    }

    /**
     * The queue. A replicated one gives a message up when the queues it goes to have it, and not before; for that it must
     * refuse what is too much.
     */
    QueueSpec spec() {
        Duration longest = Duration.ofMillis(Math.min(limit, MAX_DELAY));
        return target.confirmed()
                ? QueueSpec.quorum(name())
                        .withDeadLetterExchange(target.exchange())
                        .withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE)
                        .withOverflow(Overflow.REJECT_PUBLISH)
                        .withMessageTtl(longest)
                : QueueSpec.classic(name())
                        .withDeadLetterExchange(target.exchange())
                        .withMessageTtl(longest);
    }

    /** By which messages come into it, with the routing key of where they are to go. */
    BindingSpec binding() {
        return BindingSpec.toQueue(ENTRY, name(), "")
                .withMatch(HeadersMatch.ALL)
                .withHeader(DelayMark.HEADER, name());
    }
}
