package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import jakarta.jms.JMSException;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer's way in: a channel of its own and the AMQP consumers on it.
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
 * <p><b>Threads.</b> Deliveries come on the connection's event loop. {@link #begin}, {@link #widen}, {@link #drain} and
 * {@link #retire} wait for the broker and are called by one thread at a time, the session's or the one that closes it;
 * settling may happen on any.
 */
public final class Intake {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** AMQP's limit for a prefetch. */
    private static final int MAX_PREFETCH = 65535;

    /** Who takes what comes in. */
    public interface Arrivals {

        /** One delivery, on the event loop. */
        void arrived(Incoming incoming);

        /** Those that came together have been handed over; on the event loop. */
        void batchEnded();

        /** One that the application has had comes back, before all others; false if nobody takes it any more. */
        boolean again(Incoming incoming);

        /** How many wait to be given to the application. */
        int waiting();

        /** Hands those over, and keeps none. */
        Collection<Incoming> surrender();

        /** Nothing more will come, and nobody asked for that; on the event loop. */
        void ended(JMSException cause);
    }

    private final BrokerLink link;
    private final AsyncChannel channel;
    private final Source source;
    private final Admission admission;
    private final int prefetch;
    private final Arrivals arrivals;

    /** Deliveries that are not settled, be they waiting or with the application. */
    private final AtomicInteger outstanding = new AtomicInteger();

    private volatile int granted;
    private volatile boolean retired;

    private volatile @Nullable Subscription subscription;

    /** How many deliveries were not wanted. */
    private final AtomicLong dismissed = new AtomicLong();

    Intake(BrokerLink link, AsyncChannel channel, Source source, Admission admission, int prefetch, Arrivals arrivals) {
        this.link = link;
        this.channel = channel;
        this.source = source;
        this.admission = admission;
        this.prefetch = prefetch;
        this.arrivals = arrivals;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    /** What the consumer wants. */
    public Admission admission() {
        return admission;
    }

    /** Lets deliveries come; waits. Before, the queue's messages are left for others. */
    public void begin() throws JMSException {
        subscription = consume(prefetch);
    }

    /** Whether the broker sends nothing more because too much is unsettled. */
    public boolean isExhausted() {
        return granted > 0 && granted < MAX_PREFETCH && outstanding.get() >= granted;
    }

    /** Lets as many more deliveries come as at the beginning; waits. */
    public void widen() throws JMSException {
        Subscription old = subscription;
        // Counted per channel by some brokers, so what is unsettled has to be part of it.
        subscription = consume(Math.min(MAX_PREFETCH, outstanding.get() + prefetch));
        if (old != null) {
            link.await(old.cancel(), "replacing a consumer of " + source.queue());
        }
    }

    /**
     * Waits until the broker has sent what was ready for this consumer.
     *
     * <p>The first answer comes when the queue has dealt with all that was asked of it before, this consumer included: what
     * it had ready is then on its way to the channel. The second comes behind that on the same way. RabbitMQ keeps this
     * order; of other brokers it is likely.
     *
     * <p>Where unwanted messages took up the prefetch, more may have come into their place, so it looks again.
     */
    public void drain() throws JMSException {
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
        granted = window;
        ConsumeOptions options = ConsumeOptions.of(source.queue()).withPrefetch(window);
        Subscription started =
                link.await(channel.consumeOnEventLoop(options, new Sink()), "consuming from " + source.queue());
        started.ended().whenComplete((ended, cause) -> {
            if (cause != null && !retired) {
                arrivals.ended(JmsErrors.of("consuming from " + source.queue() + " has ended", cause));
            }
        });
        return started;
    }

    /**
     * Ends the consumer; waits. What has arrived and was given to nobody returns to the queue; what the application has
     * stays its to settle, and the channel open until it has.
     */
    public void retire() throws JMSException {
        int waiting = arrivals.waiting();
        if (outstanding.get() <= waiting) {
            abandon();
            return;
        }
        retired = true;
        if (source.owned()) {
            deleteQueue();
            arrivals.surrender().forEach(gone -> settled());
        } else {
            cancelAndReturn();
        }
        closeIfSettled();
    }

    /**
     * Ends the consumer with all that is unsettled, which returns to the queue; waits.
     *
     * <p>Closing the channel returns everything and keeps the order of every type of queue. Where it would count against
     * messages that nobody has seen, they are returned one by one; for their order's sake what the application had is to be
     * {@linkplain Incoming#abandon abandoned} before, and nothing may come between: see {@link #cease}.
     */
    public void abandon() throws JMSException {
        boolean oneByOne = returnsOneByOne();
        retired = true;
        if (source.owned()) {
            deleteQueue();
        } else if (oneByOne) {
            cancelAndReturn();
        }
        link.await(channel.close(), "closing a consumer of " + source.queue());
    }

    /** Lets nothing more come, if {@link #abandon} needs that; waits. */
    public void cease() throws JMSException {
        if (returnsOneByOne()) {
            cancel();
        }
    }

    /** Whether what is abandoned must be returned message by message, because the channel's end does not do it rightly. */
    boolean returnsOneByOne() {
        return retired || (!source.owned() && link.closingCountsAsFailure());
    }

    private void cancelAndReturn() throws JMSException {
        cancel();
        // Only now: until it was cancelled, the consumer would have been given them again and again.
        arrivals.surrender().forEach(Incoming::giveBack);
    }

    private void cancel() throws JMSException {
        Subscription current = subscription;
        if (current != null && channel.isOpen()) {
            try {
                link.await(current.cancel(), "cancelling a consumer of " + source.queue());
            } catch (JMSException e) {
                if (channel.isOpen()) {
                    throw e;
                }
                // It has ended meanwhile, by which the broker has got everything back.
            }
        }
    }

    private void deleteQueue() throws JMSException {
        if (channel.isOpen()) {
            link.await(channel.deleteQueue(source.queue()), "deleting " + source.queue());
        } else if (link.isOpen()) {
            link.onSpareChannel("deleting " + source.queue(), it -> it.deleteQueue(source.queue()));
        }
    }

    void settled() {
        if (outstanding.decrementAndGet() == 0) {
            closeIfSettled();
        }
    }

    private void closeIfSettled() {
        if (retired && outstanding.get() == 0) {
            channel.close();
        }
    }

    /** Takes deliveries on the event loop. */
    private final class Sink implements DeliverySink {

        @Override
        public void onDelivery(Delivery delivery) {
            if (admission.admits(delivery)) {
                outstanding.incrementAndGet();
                arrivals.arrived(new Incoming(delivery, Intake.this));
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
    }
}
