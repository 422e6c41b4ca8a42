package dev.leveret.jms.broker;

import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.QueueType;
import dev.leveret.jms.destination.JmsDestination;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A subscription that has a name (Jakarta Messaging 3.1, sections 4.2.3 to 4.2.6 and 8.3), and what it is on the broker. A
 * value: whatever restores it after a lost connection declares the same again.
 *
 * <pre>
 * topic exchange --topic--> exchange of the subscription --> queue of the subscription
 * </pre>
 *
 * <p>The exchange in between is called as the queue. It tells the subscription from others of its name: its type says whether
 * it is shared, and its argument {@code alternate-exchange} what it is a subscription to. The broker compares both when the
 * exchange is declared again, and refuses if they differ. (Nothing ever goes to the alternate exchange, which does not
 * exist: what the exchange gets it has a queue for.) Deleting it takes away the only way by which messages come, so that
 * none of another topic come any more.
 *
 * @param kind which of three
 * @param clientId the client identifier of the connection, if it has one
 * @param name given by the application
 * @param topic what it is a subscription to
 * @param selector the selector of its consumers, if they have one
 * @param noLocal whether messages of the connection's own client identifier are left out
 */
public record NamedSubscription(
        Kind kind,
        Optional<String> clientId,
        String name,
        JmsDestination topic,
        Optional<String> selector,
        boolean noLocal) {

    /** How long the queue of one that is not durable may be without a consumer, so that none is left if a client dies. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(1);

    /** A selector can be longer than a definition should be. */
    private static final int SHOWN = 1000;

    /** Which subscriptions there are that have a name. */
    public enum Kind {
        /** Stays when its consumer closes; one consumer at a time. */
        DURABLE(true, false),
        /** Stays when its consumers close. */
        SHARED_DURABLE(true, true),
        /** Ends with its last consumer. */
        SHARED(false, true);

        private final boolean durable;
        private final boolean shared;

        Kind(boolean durable, boolean shared) {
            this.durable = durable;
            this.shared = shared;
        }

        /** Whether it outlives its consumers. */
        public boolean isDurable() {
            return durable;
        }

        /** Whether it may have several consumers. */
        public boolean isShared() {
            return shared;
        }
    }

    /** The queue's name. */
    String queue() {
        return kind.durable ? SubscriptionNames.durable(clientId, name) : SubscriptionNames.shared(clientId, name);
    }

    /** The queue: of a durable one as any other queue; otherwise it goes with its last consumer. */
    QueueSpec queueSpec(QueuePreset preset) {
        return kind.durable
                ? preset.spec(queue())
                : QueueSpec.of(queue())
                        .withType(QueueType.CLASSIC)
                        .withAutoDelete(true)
                        .withExpires(FORGOTTEN);
    }

    /** The exchange that tells it from others; that of one that is not durable goes with its queue. */
    ExchangeSpec exchange(String topicExchange) {
        String signature = String.join("\n", topicExchange, topic.name(), selector.orElse(""), "" + noLocal);
        ExchangeSpec exchange = (kind.shared ? ExchangeSpec.fanout(queue()) : ExchangeSpec.topic(queue()))
                .withInternal(true)
                .withAutoDelete(!kind.durable)
                .withAlternateExchange("jms.signature." + SubscriptionNames.hash(signature))
                // For whoever looks at the broker; it does not compare these.
                .withArgument("x-jms-topic", topic.name());
        if (noLocal) {
            exchange = exchange.withArgument("x-jms-no-local", true);
        }
        return selector.isEmpty()
                ? exchange
                : exchange.withArgument(
                        "x-jms-selector",
                        selector.get()
                                .substring(0, Math.min(SHOWN, selector.get().length())));
    }

    /** The way of the messages, from its end to its beginning. */
    List<BindingSpec> bindings(String topicExchange) {
        return List.of(
                BindingSpec.toQueue(queue(), queue(), "#"),
                BindingSpec.toExchange(topicExchange, queue(), topic.name()));
    }

    @Override
    public String toString() {
        String what = kind.durable ? "durable subscription " : "subscription ";
        return (kind.shared ? "shared " : "")
                + what
                + name
                + clientId.map(it -> " of client " + it).orElse("");
    }
}
