package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ChannelClosure;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.ReplyCode;
import dev.leveret.jms.message.Causes;
import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The subscriptions with names: opens, replaces and deletes them (Jakarta Messaging 3.1, section 8.3). Thread-safe.
 *
 * <p>What a subscription is, the broker knows and nobody else: see {@link NamedSubscription}. Changes of one are made one
 * after the other, wherever its clients run: see {@link BrokerMutex}. Each step can be made again, so that what a client
 * has left undone that died over it is put right by the next.
 *
 * <p>A consumer consumes from the moment at which it is made, whether its connection is started or not: that is how others
 * know of it. See {@link ChannelIntake#attach}.
 */
final class NamedSubscriptions {

    /** One that is not durable may end with its last consumer while another joins; not so often in a row. */
    private static final int ATTEMPTS = 5;

    private final BrokerLink link;
    private final Naming naming;
    private final Declarations declarations;
    private final int prefetch;
    private final BrokerMutex mutex;

    NamedSubscriptions(BrokerLink link, Naming naming, Declarations declarations, int prefetch) {
        this.link = link;
        this.naming = naming;
        this.declarations = declarations;
        this.prefetch = prefetch;
        mutex = new BrokerMutex(link);
    }

    /**
     * Opens the way in for a consumer; waits.
     *
     * @param started whether it may have messages; otherwise it has at most one until it begins
     * @throws JMSException if it is another one of that name that has consumers, or is shared and this is not, or the
     *     reverse, or it is not shared and has a consumer
     */
    Intake open(NamedSubscription subscription, Admission admission, Intake.Arrivals arrivals, boolean started)
            throws JMSException {
        requireRabbitMq();
        declarations.topicExchange();
        String doing = "opening the " + subscription;
        return mutex.alone(SubscriptionNames.lock(subscription.queue()), doing, () -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    return attached(subscription, admission, arrivals, started);
                } catch (InvalidDestinationException e) {
                    // It ended in between, for its last consumer has left.
                    if (subscription.kind().isDurable() || attempt == ATTEMPTS) {
                        throw e;
                    }
                }
            }
        });
    }

    /**
     * Deletes a durable subscription; waits.
     *
     * @throws InvalidDestinationException if there is none
     * @throws JMSException if it has a consumer
     */
    void delete(Optional<String> clientId, String name) throws JMSException {
        requireRabbitMq();
        String queue = SubscriptionNames.durable(clientId, name);
        String what = "durable subscription " + name
                + clientId.map(it -> " of client " + it).orElse("");
        String doing = "deleting the " + what;
        mutex.alone(SubscriptionNames.lock(queue), doing, () -> {
            QueueInfo found = find(queue)
                    .orElseThrow(() -> new InvalidDestinationException(
                            "there is no " + what, Integer.toString(ReplyCode.NOT_FOUND.code())));
            requireInactive(found, what);
            delete(queue, doing);
            return queue;
        });
    }

    private Intake attached(
            NamedSubscription subscription, Admission admission, Intake.Arrivals arrivals, boolean started)
            throws JMSException {
        declare(subscription);
        int window = started || !subscription.kind().isShared() ? prefetch : 1;
        ChannelIntake intake = new ChannelIntake(
                link, link.openChannel(), Source.watched(subscription.queue()), admission, prefetch, arrivals);
        try {
            intake.attach(window);
            return intake;
        } catch (JMSException e) {
            intake.abandon();
            throw e;
        }
    }

    /** Sees to it that the subscription is on the broker, and nothing that is called the same and is not it. */
    private void declare(NamedSubscription subscription) throws JMSException {
        String queue = subscription.queue();
        String doing = "opening the " + subscription;
        if (!declareExchange(subscription)) {
            Optional<QueueInfo> old = find(queue);
            if (old.isPresent()) {
                requireInactive(
                        old.get(), subscription + ", which is to another topic, or has another selector or noLocal,");
            }
            delete(queue, doing);
            declareExchange(subscription);
        }
        Optional<QueueInfo> existing = find(queue);
        if (existing.isEmpty()) {
            declaring(subscription, it -> it.declareQueue(subscription.queueSpec(declarations.preset())));
        } else if (!subscription.kind().isShared()) {
            requireInactive(existing.get(), subscription.toString());
        }
        for (BindingSpec binding : subscription.bindings(naming.topicExchange())) {
            declaring(subscription, it -> it.bind(binding));
        }
    }

    /**
     * What is durable is there after a lost connection, too. If it is not, somebody has deleted or replaced it: it must not come
     * back then, nor its binding. What is not durable has gone with its consumers, and comes back with them.
     */
    private <T> void declaring(NamedSubscription subscription, Function<AsyncChannel, CompletableFuture<T>> declaration)
            throws JMSException {
        String doing = "opening the " + subscription;
        if (subscription.kind().isDurable()) {
            link.asking(doing, declaration);
        } else {
            link.onSpareChannel(doing, declaration);
        }
    }

    /**
     * Declares the exchange that tells it from others.
     *
     * @return whether it is this subscription's now; otherwise one of this name is different
     */
    private boolean declareExchange(NamedSubscription subscription) throws JMSException {
        ExchangeSpec exchange = subscription.exchange(naming.topicExchange());
        try {
            declaring(subscription, it -> it.declareExchange(exchange));
            return true;
        } catch (JMSException e) {
            if (JmsErrors.closure(e) != ChannelClosure.PRECONDITION_FAILED) {
                throw e;
            }
            String refusal = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
            if (refusal.contains("'type'")) {
                throw Causes.with(
                        e,
                        new JMSException(
                                "the " + subscription + " cannot be opened, for there is one of that name that is "
                                        + (subscription.kind().isShared() ? "not shared" : "shared")));
            }
            if (!refusal.contains("'alternate-exchange'")) {
                throw e;
            }
            return false;
        }
    }

    private Optional<QueueInfo> find(String queue) throws JMSException {
        try {
            return Optional.of(link.onSpareChannel("looking up queue " + queue, it -> it.declareQueuePassive(queue)));
        } catch (JMSException e) {
            if (JmsErrors.closure(e) == ChannelClosure.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The queue first: what has no queue but its exchange is made whole by whoever opens it. */
    private void delete(String queue, String doing) throws JMSException {
        link.onSpareChannel(doing, it -> it.deleteQueue(queue));
        link.onSpareChannel(doing, it -> it.deleteExchange(queue));
    }

    private static void requireInactive(QueueInfo queue, String what) throws JMSException {
        if (queue.consumerCount() > 0) {
            throw new JMSException("the " + what + " has an active consumer, here or elsewhere");
        }
    }

    private void requireRabbitMq() throws JMSException {
        if (!link.isRabbitMq()) {
            throw new JMSException(
                    "subscriptions with names need RabbitMQ, which tells one from another of its name; this is "
                            + link.broker());
        }
    }
}
