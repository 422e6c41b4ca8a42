package dev.leveret.jms.broker;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import java.util.List;

/**
 * Where delayed messages go when it is their time.
 *
 * <p>A bucket that waits for confirmations keeps a message until it is in a queue, and has no more than 32 on their way. A
 * message that no queue takes would stay for ever, and 32 of them would stop the bucket. So each message goes to
 * {@link #NOWHERE} besides, a queue in which nothing stays: to a queue it is sent with that as its second routing key (header
 * {@code CC}), for topics there is a fanout exchange in front of theirs.
 *
 * @param exchange what the buckets dead-letter to
 * @param confirmed whether they wait until the message is in a queue, and are replicated
 * @param suffix of the buckets' names
 */
record DelayTarget(String exchange, boolean confirmed, String suffix) {

    /** A queue of no length. */
    static final String NOWHERE = "jms.delay.nowhere";

    /** Queues, by the default exchange. */
    static final DelayTarget QUEUES = new DelayTarget(Naming.DEFAULT_EXCHANGE, true, "queues");

    /** The topics on an exchange. */
    static DelayTarget topics(String topicExchange) {
        String name = SubscriptionNames.limited("jms.delay.topics." + topicExchange);
        return new DelayTarget(name, true, "topics." + topicExchange);
    }

    /** An exchange as it is, which may lose a message when the broker fails at that very moment. */
    static DelayTarget unconfirmed(String exchange) {
        return new DelayTarget(exchange, false, "to." + exchange);
    }

    /** Whether messages have to name {@link #NOWHERE} themselves. */
    boolean copiesToNowhere() {
        return this.equals(QUEUES);
    }

    /** What has to be declared before. */
    List<ExchangeSpec> exchanges() {
        ExchangeSpec entry = ExchangeSpec.headers(DelayBucket.ENTRY);
        return hasExchange() ? List.of(entry, ExchangeSpec.fanout(exchange)) : List.of(entry);
    }

    /** The queues among them. */
    List<QueueSpec> queues() {
        return confirmed ? List.of(QueueSpec.classic(NOWHERE).withMaxLength(0)) : List.of();
    }

    /** How they hang together. */
    List<BindingSpec> bindings(String topicExchange) {
        return hasExchange()
                ? List.of(
                        BindingSpec.toQueue(exchange, NOWHERE, ""), BindingSpec.toExchange(exchange, topicExchange, ""))
                : List.of();
    }

    private boolean hasExchange() {
        return confirmed && !exchange.equals(Naming.DEFAULT_EXCHANGE);
    }
}
