package dev.leveret.jms.broker;

import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.DeliverySink;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.jms.destination.JmsDestination;
import dev.leveret.jms.message.JmsMessage;
import dev.leveret.jms.wire.InboundMapping;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what is in queues, and leaves it there. Thread-safe.
 *
 * <p>AMQP 0-9-1 has no way to look: messages are taken and given back at once. For that moment nobody else gets them.
 * Afterwards they are in their old places. What remains is the mark "redelivered", and on quorum queues before RabbitMQ 4.3
 * a count: every look is a return, and returns beyond the delivery limit destroy a message. From 4.3 on
 * {@code basic.nack} does not count. So before 4.3 quorum queues are refused, unless that is wanted. A queue that is deleted
 * when its last consumer leaves is refused always.
 *
 * <p>Giving back keeps the order: from 4.3 on by {@code basic.nack}; before, where that moves messages to the back of some
 * queues and mixes them up in others, by closing the channel.
 */
public final class QueueSnapshots {

    private static final Logger LOG = LoggerFactory.getLogger(QueueSnapshots.class);

    private final BrokerLink link;
    private final Declarations declarations;
    private final int limit;
    private final boolean anyType;

    /**
     * For one connection.
     *
     * @param limit how many messages to look at, 1 to 65535
     * @param anyType whether also queues are looked at where that counts
     */
    public QueueSnapshots(BrokerLink link, Declarations declarations, int limit, boolean anyType) {
        this.link = link;
        this.declarations = declarations;
        this.limit = limit;
        this.anyType = anyType;
    }

    /**
     * The messages that are ready in a queue, oldest first, as many as the limit; waits.
     *
     * @param admission which of them are wanted
     * @throws JMSException if the queue cannot be looked at
     */
    public List<JmsMessage> of(JmsDestination queue, Admission admission) throws JMSException {
        declarations.forReceiving(queue);
        requireHarmless(queue);
        return link.repeat(() -> look(queue, admission));
    }

    private List<JmsMessage> look(JmsDestination queue, Admission admission) throws JMSException {
        AsyncChannel channel = link.openChannel();
        try {
            return look(channel, queue, admission);
        } finally {
            // With it returns what was not given back before.
            link.await(channel.close(), "closing a browser of " + queue);
        }
    }

    /** Asks each time, for the queue may have been deleted and made anew. */
    private void requireHarmless(JmsDestination queue) throws JMSException {
        if (Naming.isTemporary(queue)) {
            return;
        }
        QueueTypeProbe.Found found =
                link.isRabbitMq() ? QueueTypeProbe.probe(link, queue.name()) : QueueTypeProbe.Found.UNKNOWN;
        boolean harmless = switch (found) {
            case CLASSIC -> true;
            case QUORUM -> anyType || link.closingCountsAsFailure();
            case UNKNOWN -> anyType;
            case STREAM, SELF_DELETING -> false;
        };
        if (!harmless) {
            throw new JMSException(queue + " cannot be browsed: " + reason(found));
        }
    }

    private static String reason(QueueTypeProbe.Found found) {
        return switch (found) {
            case SELF_DELETING -> "it is deleted when it has no consumer, and so when it has been looked at";
            case STREAM -> "it is a stream, which a consumer with an offset can read without changing it";
            default ->
                "it is not known to be a classic queue. Before RabbitMQ 4.3 each look at a quorum queue counts towards its"
                        + " delivery limit, and a queue that deletes itself would do so. With jms.browseAnyQueue=true it"
                        + " is browsed all the same";
        };
    }

    private List<JmsMessage> look(AsyncChannel channel, JmsDestination queue, Admission admission) throws JMSException {
        String doing = "browsing " + queue;
        ConcurrentLinkedQueue<Delivery> taken = new ConcurrentLinkedQueue<>();
        ConsumeOptions options = ConsumeOptions.of(queue.name()).withPrefetch(limit);
        Subscription consumer = link.await(channel.consumeOnEventLoop(options, new Taking(taken)), doing);
        awaitAll(channel, queue, taken);
        List<Delivery> all = List.copyOf(taken);
        if (!all.stream().allMatch(Delivery::isSettleable)) {
            // They come again, and would be seen twice.
            throw JmsErrors.of(doing, new ConnectionLostException("the connection was lost meanwhile", null));
        }
        if (link.closingCountsAsFailure()) {
            link.await(consumer.cancel(), doing);
            giveBack(List.copyOf(taken));
        }
        return messages(all, queue, admission);
    }

    /**
     * Waits until as many have come as are allowed, or none comes any more although it was waited as
     * {@linkplain Intake#drain for a consumer}, and once more. How many there are the broker does not tell reliably: of a
     * quorum queue the number is some time old.
     */
    private void awaitAll(AsyncChannel channel, JmsDestination queue, ConcurrentLinkedQueue<Delivery> taken)
            throws JMSException {
        for (int idle = 0; idle < 2 && taken.size() < limit; ) {
            int before = taken.size();
            for (int i = 0; i < 2; i++) {
                link.await(channel.declareQueuePassive(queue.name()), "browsing " + queue);
            }
            idle = taken.size() == before ? idle + 1 : 0;
        }
    }

    /**
     * All at once: of many single ones a quorum queue takes some only after the channel has been closed, and so too late.
     */
    private static void giveBack(List<Delivery> taken) {
        if (taken.isEmpty()) {
            return;
        }
        try {
            taken.get(taken.size() - 1).nackMultiple(true);
        } catch (SettlementException e) {
            LOG.debug("the channel has ended, and all that was looked at has returned with it", e);
        }
    }

    private static List<JmsMessage> messages(List<Delivery> taken, JmsDestination queue, Admission admission)
            throws JMSException {
        long now = System.currentTimeMillis();
        List<JmsMessage> messages = new ArrayList<>(taken.size());
        for (Delivery delivery : taken) {
            if (admission.admits(delivery)) {
                JmsMessage message = InboundMapping.decode(delivery, queue, 0);
                if (message.getJMSExpiration() == 0 || message.getJMSExpiration() > now) {
                    messages.add(message);
                }
            }
        }
        return messages;
    }

    /** Collects deliveries on the event loop. */
    private record Taking(ConcurrentLinkedQueue<Delivery> taken) implements DeliverySink {

        @Override
        public void onDelivery(Delivery delivery) {
            taken.add(delivery);
        }

        @Override
        public void onBatchEnd() {}
    }
}
