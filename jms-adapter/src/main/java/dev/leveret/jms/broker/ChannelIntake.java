package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import jakarta.jms.JMSException;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer's way in that it has for itself: a channel of its own and the AMQP consumers on it.
 *
 * <p>The channel is its own so that what the broker refuses to one consumer takes nothing from the others of its session,
 * and so that the prefetch is per consumer on brokers that count it per channel. It outlives the consumer until the last
 * delivery that the application has is settled.
 *
 * <p><b>Prefetch and large transactions.</b> The broker stops when as many deliveries are unsettled as it may send. In
 * sessions that settle late the application can have them all and still wait for the next: then {@link #widen} starts
 * another AMQP consumer that may have as many more. It is started before the old one is cancelled, for a queue may delete
 * itself when its last consumer leaves.
 *
 * <p><b>Recovery.</b> The channel and the AMQP consumer come back by themselves after a loss. What was delivered before is
 * forgotten, as the broker gives it to somebody again; what the application has of that settles in vain.
 *
 * <p><b>Threads.</b> Deliveries come on the connection's event loop. {@link #begin}, {@link #widen}, {@link #drain} and
 * {@link #retire} wait for the broker and are called by one thread at a time, the session's or the one that closes it;
 * settling may happen on any.
 */
final class ChannelIntake implements Intake {

    private static final Logger LOG = LoggerFactory.getLogger(ChannelIntake.class);

    /** AMQP's limit for a prefetch. */
    private static final int MAX_PREFETCH = 65535;

    private final BrokerLink link;
    private final AsyncChannel channel;
    private final Source source;
    private final Admission admission;
    private final int prefetch;
    private final Arrivals arrivals;

    /** Deliveries that are not settled, be they waiting or with the application. */
    private final Outstanding outstanding = new Outstanding();

    private final Returns returns;

    private volatile int granted;

    /** Whether it is ending, so that its end is no news. */
    private volatile boolean ending;

    private volatile boolean retired;

    private volatile @Nullable Subscription subscription;

    /** The AMQP consumer that is being replaced, or was last. */
    private volatile @Nullable Subscription replaced;

    /** How many deliveries were not wanted. */
    private final AtomicLong dismissed = new AtomicLong();

    ChannelIntake(
            BrokerLink link,
            AsyncChannel channel,
            Source source,
            Admission admission,
            int prefetch,
            Arrivals arrivals) {
        this.link = link;
        this.channel = channel;
        this.source = source;
        this.admission = admission;
        this.prefetch = prefetch;
        this.arrivals = arrivals;
        returns = new Returns(link, channel, source.queue());
    }

    @Override
    public Arrivals arrivals() {
        return arrivals;
    }

    @Override
    public Admission admission() {
        return admission;
    }

    /**
     * Begins with a prefetch of its own, so that others see that there is a consumer; {@link #begin} makes it the usual one.
     */
    void attach(int window) throws JMSException {
        granted = window;
        subscription = consume(window);
    }

    @Override
    public void begin() throws JMSException {
        if (subscription == null) {
            granted = prefetch;
            subscription = link.repeat(() -> consume(prefetch));
        } else if (granted < prefetch) {
            widen();
        }
    }

    @Override
    public boolean isExhausted() {
        return granted > 0 && granted < MAX_PREFETCH && outstanding.count() >= granted;
    }

    /** {@inheritDoc} When the connection is lost meanwhile there is no need: nothing is unsettled then. */
    @Override
    public void widen() throws JMSException {
        int before = granted;
        try {
            replaceConsumer();
        } catch (JMSException e) {
            granted = before;
            if (!link.isInterruption(e)) {
                throw e;
            }
        }
    }

    private void replaceConsumer() throws JMSException {
        Subscription old = subscription;
        // Counted per channel by some brokers, so what is unsettled has to be part of it.
        granted = Math.min(MAX_PREFETCH, outstanding.count() + prefetch);
        subscription = consume(granted);
        if (old != null) {
            replaced = old;
            link.await(old.cancel(), "replacing a consumer of " + source.queue());
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>The first answer comes when the queue has dealt with all that was asked of it before, this consumer included: what
     * it had ready is then on its way to the channel. The second comes behind that on the same way. RabbitMQ keeps this
     * order; of other brokers it is likely.
     *
     * <p>Where unwanted messages took up the prefetch, more may have come into their place, so it looks again.
     */
    @Override
    public void drain() throws JMSException {
        try {
            drainNow();
        } catch (JMSException e) {
            // Nothing is there while there is no connection.
            if (!link.isInterruption(e)) {
                throw e;
            }
        }
    }

    private void drainNow() throws JMSException {
        if (!link.isOpen()) {
            return;
        }
        String doing = "looking for messages in " + source.queue();
        long before;
        long ready;
        do {
            before = dismissed.get();
            ready = link.await(channel.declareQueuePassive(source.queue()), doing)
                    .messageCount();
            link.await(channel.declareQueuePassive(source.queue()), doing);
        } while (ready > 0 && dismissed.get() != before && arrivals.waiting() == 0);
    }

    private Subscription consume(int window) throws JMSException {
        ConsumeOptions options = ConsumeOptions.of(source.queue()).withPrefetch(window);
        Subscription started =
                link.await(channel.consumeOnEventLoop(options, new Sink()), "consuming from " + source.queue());
        started.ended().whenComplete((ended, cause) -> {
            if (cause != null && !ending && started != replaced) {
                arrivals.ended(JmsErrors.of("consuming from " + source.queue() + " has ended", cause));
            }
        });
        return started;
    }

    /** {@inheritDoc} The channel stays open until what the application has is settled. */
    @Override
    public void retire() throws JMSException {
        int waiting = arrivals.waiting();
        if (outstanding.count() <= waiting) {
            abandon();
            return;
        }
        ending = true;
        retired = true;
        if (source.owned()) {
            deleteQueue();
            arrivals.surrender().forEach(Incoming::forget);
        } else {
            cancelAndReturn();
        }
        closeIfSettled();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Closing the channel returns everything and keeps the order of every type of queue. Where it would count against
     * messages that nobody has seen, they are returned one by one; for their order's sake what the application had is to be
     * {@linkplain Incoming#abandon abandoned} before, and nothing may come between: see {@link #cease}.
     */
    @Override
    public void abandon() throws JMSException {
        boolean oneByOne = returnsOneByOne();
        ending = true;
        retired = true;
        if (source.owned()) {
            deleteQueue();
        } else if (oneByOne) {
            cancelAndReturn();
        } else if (source.watched()) {
            // The broker answers the closing of a channel before a quorum queue has noticed.
            cancel();
        }
        link.await(returns.close(), "closing a consumer of " + source.queue());
    }

    @Override
    public void cease() throws JMSException {
        ending = true;
        if (returnsOneByOne()) {
            cancel();
        }
    }

    /** Where its end does not do it rightly. */
    @Override
    public boolean returnsOneByOne() {
        return retired || arrivals.goToManySessions() || (!source.owned() && link.closingCountsAsFailure());
    }

    /** At once, if nothing else of the channel is unsettled; otherwise see {@link Returns}. */
    private void cancelAndReturn() throws JMSException {
        cancel();
        // Only now: until it was cancelled, the consumer would have been given them again and again.
        List<Incoming> waiting = List.copyOf(arrivals.surrender());
        if (waiting.size() > 1 && outstanding.count() == waiting.size()) {
            Incoming newest = Collections.max(waiting, Comparator.comparingLong(Incoming::deliveryTag));
            waiting.stream().filter(it -> it != newest).forEach(Incoming::forget);
            newest.giveBackWithEarlier();
        } else {
            waiting.forEach(Incoming::giveBack);
        }
    }

    private void cancel() throws JMSException {
        Subscription current = subscription;
        if (current == null) {
            return;
        }
        CompletableFuture<Void> cancelled = current.cancel();
        if (channel.isOpen()) {
            try {
                link.await(cancelled, "cancelling a consumer of " + source.queue());
            } catch (JMSException e) {
                if (channel.isOpen() && !link.isInterruption(e)) {
                    throw e;
                }
                // It has ended meanwhile, by which the broker has got everything back.
            }
        }
    }

    /** Later, if the connection is lost: with it the broker deletes the queue, but it is declared again with all others. */
    private void deleteQueue() throws JMSException {
        String doing = "deleting " + source.queue();
        try {
            if (channel.isOpen()) {
                link.await(channel.deleteQueue(source.queue()), doing);
            } else if (link.isOpen()) {
                link.onSpareChannel(doing, it -> it.deleteQueue(source.queue()));
            } else {
                link.deleteLater(source.queue());
            }
        } catch (JMSException e) {
            if (!link.isInterruption(e)) {
                throw e;
            }
            link.deleteLater(source.queue());
        }
    }

    @Override
    public void returned() {
        returns.add();
    }

    @Override
    public void settled(Incoming incoming) {
        if (outstanding.settled(incoming.generation())) {
            closeIfSettled();
        }
    }

    private void closeIfSettled() {
        if (retired && outstanding.count() == 0) {
            returns.close();
        }
    }

    /** Takes deliveries on the event loop. */
    private final class Sink implements DeliverySink {

        @Override
        public void onDelivery(Delivery delivery) {
            if (admission.admits(delivery)) {
                arrivals.arrived(new Incoming(delivery, ChannelIntake.this, outstanding.add()));
            } else {
                dismissed.incrementAndGet();
                dismiss(delivery);
            }
        }

        /** Acknowledges what its consumer does not want: a subscription's queue is its own, so nobody else wants it. */
        private void dismiss(Delivery delivery) {
            try {
                delivery.ack();
            } catch (SettlementException e) {
                // Its channel has ended: with it the subscription, or it comes again and is dismissed then.
                LOG.debug("an unwanted message of {} could not be acknowledged", source.queue(), e);
            }
        }

        @Override
        public void onBatchEnd() {
            arrivals.batchEnded();
        }

        @Override
        public void onInterrupted() {
            outstanding.forget();
            arrivals.interrupted();
        }
    }
}
