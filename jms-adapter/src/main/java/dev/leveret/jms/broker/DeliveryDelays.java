package dev.leveret.jms.broker;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.wire.DelayMark;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends delayed messages round by way of a queue in which they wait: see {@link DelayBucket}. Knows, for one connection, what
 * of that has been declared. Thread-safe.
 */
public final class DeliveryDelays {

    private final BrokerLink link;
    private final Naming naming;
    private final Declarations declarations;

    private final Set<DelayBucket> buckets = ConcurrentHashMap.newKeySet();
    private final Set<DelayTarget> targets = ConcurrentHashMap.newKeySet();
    private final Set<JmsDestination> found = ConcurrentHashMap.newKeySet();

    /** For one connection. */
    public DeliveryDelays(BrokerLink link, Naming naming, Declarations declarations) {
        this.link = link;
        this.naming = naming;
        this.declarations = declarations;
    }

    /**
     * What to publish for a message; waits at the first of its kind.
     *
     * @return it itself if it has no delay, or that is over
     * @throws InvalidDestinationException if it is to a queue that does not exist
     */
    OutboundMessage route(Publication publication) throws JMSException {
        long delay = publication.due().map(Due::millisLeft).orElse(0L);
        OutboundMessage message = publication.message();
        if (delay == 0) {
            return message;
        }
        Integer priority = message.properties().priority();
        DelayBucket bucket =
                prepare(publication.destination(), priority == null ? Message.DEFAULT_PRIORITY : priority, delay);
        // It may have been declared now, and that have taken a while.
        long left = publication.due().map(Due::millisLeft).orElse(0L);
        return left == 0
                ? message
                : new OutboundMessage(
                        DelayBucket.ENTRY,
                        message.routingKey(),
                        true,
                        marked(message.properties(), bucket, Math.min(left, DelayBucket.MAX_DELAY)),
                        message.body());
    }

    /**
     * Declares what a message needs that is to wait for so many milliseconds; waits at the first of its kind.
     *
     * @throws InvalidDestinationException if it is to a queue that does not exist
     */
    DelayBucket prepare(JmsDestination to, int priority, long delay) throws JMSException {
        if (!link.isRabbitMq()) {
            throw new JMSException(
                    "a delivery delay needs RabbitMQ, whose queues let messages wait; this is " + link.broker());
        }
        DelayBucket bucket = DelayBucket.of(Math.min(delay, DelayBucket.MAX_DELAY), priority, target(to));
        declare(bucket);
        return bucket;
    }

    private static BasicProperties marked(BasicProperties properties, DelayBucket bucket, long delay) {
        BasicProperties waiting = DelayMark.on(properties, bucket.name(), delay);
        return bucket.target().copiesToNowhere()
                ? waiting.toBuilder().cc(DelayTarget.NOWHERE).build()
                : waiting;
    }

    /** Something of it is missing, so the next use declares it again. */
    void forget() {
        buckets.clear();
        targets.clear();
        found.clear();
    }

    private DelayTarget target(JmsDestination destination) throws JMSException {
        boolean classic = declarations.preset() == QueuePreset.CLASSIC;
        String exchange = naming.exchangeOf(destination);
        if (!destination.isQueue()) {
            return classic || !exchange.equals(naming.topicExchange())
                    ? DelayTarget.unconfirmed(exchange)
                    : DelayTarget.topics(exchange);
        }
        requireExisting(destination);
        return classic ? DelayTarget.unconfirmed(exchange) : DelayTarget.QUEUES;
    }

    /** Once, as what is not there when the message is due is nobody's any more. */
    private void requireExisting(JmsDestination queue) throws JMSException {
        if (found.contains(queue) || Naming.isTemporary(queue) || Naming.isDirectReplyTo(queue)) {
            return;
        }
        if (declarations.isMissing(queue)) {
            throw new InvalidDestinationException(queue + " does not exist");
        }
        found.add(queue);
    }

    private void declare(DelayTarget target) throws JMSException {
        if (targets.contains(target)) {
            return;
        }
        String doing = "preparing delayed messages";
        for (ExchangeSpec exchange : target.exchanges()) {
            link.onSpareChannel(doing, it -> it.declareExchange(exchange));
        }
        for (QueueSpec queue : target.queues()) {
            link.onSpareChannel(doing, it -> it.declareQueue(queue));
        }
        for (BindingSpec binding : target.bindings(naming.topicExchange())) {
            link.onSpareChannel(doing, it -> it.bind(binding));
        }
        targets.add(target);
    }

    private void declare(DelayBucket bucket) throws JMSException {
        declare(bucket.target());
        if (!buckets.contains(bucket)) {
            String doing = "preparing " + bucket.name();
            link.onSpareChannel(doing, it -> it.declareQueue(bucket.spec()));
            link.onSpareChannel(doing, it -> it.bind(bucket.binding()));
            buckets.add(bucket);
        }
    }
}
