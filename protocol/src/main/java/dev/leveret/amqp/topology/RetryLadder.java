package dev.leveret.amqp.topology;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.DeadLetterStrategy;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.Overflow;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.QueueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Retries of what a consumer could not handle, later and later, and a parking lot for what it never could: all by queues, so
 * that nothing is held in the memory of a consumer, and nothing is lost with it.
 *
 * <p>For each delay there is a queue without consumers whose messages expire after it and are then dead-lettered back to the
 * work queue. A consumer that cannot handle a message publishes {@link #next} of it, with a confirm, and then acknowledges
 * it. What it rejects without requeue goes to the parking lot at once, if the work queue was declared with
 * {@link #on(QueueSpec)}; so does what a quorum queue's delivery limit drops.
 *
 * <p>A message that came back has the default exchange and the name of the work queue as exchange and routing key; those that
 * it had at first are in the headers {@value #FIRST_EXCHANGE} and {@value #FIRST_ROUTING_KEY}. It may come back late when
 * its queue holds many, never early. Between the confirm and the acknowledgement the connection may be lost: then the message
 * is there twice.
 *
 * @param queue the name of the work queue
 * @param delays before each retry, at least one; whole milliseconds, from one up to a year; copied
 * @param parkingLot the name of the queue for what has no retries left
 */
public record RetryLadder(String queue, List<Duration> delays, String parkingLot) {

    /** The header that counts the retries: an integer, 1 for the first. */
    public static final String RETRIES = "x-retries";

    /** The header with the exchange that the message was published to at first. */
    public static final String FIRST_EXCHANGE = "x-first-exchange";

    /** The header with the routing key that the message was published with at first. */
    public static final String FIRST_ROUTING_KEY = "x-first-routing-key";

    private static final Set<String> BROKERS_NOTES = Set.of(
            "x-death",
            "x-first-death-exchange",
            "x-first-death-queue",
            "x-first-death-reason",
            "x-last-death-exchange",
            "x-last-death-queue",
            "x-last-death-reason",
            "x-delivery-count");

    private static final Duration LONGEST = Duration.ofDays(366);

    public RetryLadder {
        if (queue.isEmpty() || parkingLot.isEmpty() || queue.equals(parkingLot)) {
            throw new IllegalArgumentException("a retry ladder needs two queues with names: queue '" + queue
                    + "', parkingLot '" + parkingLot + "'");
        }
        if (delays.isEmpty()) {
            throw new IllegalArgumentException("the retry ladder of '" + queue + "' has no delays");
        }
        delays = List.copyOf(delays);
        for (Duration delay : delays) {
            if (delay.compareTo(Duration.ofMillis(1)) < 0 || delay.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("the retry ladder of '" + queue + "' has the delay " + delay
                        + ", which is not between a millisecond and a year");
            }
        }
    }

    /** One whose parking lot is called as the queue with {@code .parked} behind it. */
    public static RetryLadder of(String queue, Duration... delays) {
        return new RetryLadder(queue, List.of(delays), queue + ".parked");
    }

    /** The name of a delay's queue, such as {@code orders.retry.30s}. Queues are not changed, so that a new delay is a new one. */
    public String rung(Duration delay) {
        return queue + ".retry." + text(delay);
    }

    /** A work queue whose dead letters go to the parking lot. */
    public QueueSpec on(QueueSpec workQueue) {
        if (!workQueue.name().equals(queue)) {
            throw new IllegalArgumentException(
                    "the retry ladder is for queue '" + queue + "', not for '" + workQueue.name() + "'");
        }
        return workQueue.withDeadLetterExchange("", parkingLot);
    }

    /**
     * The queues of the delays and the parking lot.
     *
     * @param type {@link QueueType#QUORUM} keeps a message until the work queue has it; with
     *     {@link QueueType#CLASSIC} one may be lost when a node fails at that moment. A stream cannot delay
     */
    public List<QueueSpec> queues(QueueType type) {
        if (type == QueueType.STREAM) {
            throw new IllegalArgumentException("the retry ladder of '" + queue + "' cannot be of streams");
        }
        Map<String, QueueSpec> queues = new LinkedHashMap<>();
        for (Duration delay : delays) {
            QueueSpec rung = QueueSpec.of(rung(delay))
                    .withType(type)
                    .withMessageTtl(delay)
                    .withDeadLetterExchange("", queue);
            if (type == QueueType.QUORUM) {
                rung = rung.withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE)
                        .withOverflow(Overflow.REJECT_PUBLISH);
            }
            queues.put(rung.name(), rung);
        }
        queues.put(parkingLot, QueueSpec.of(parkingLot).withType(type));
        return new ArrayList<>(queues.values());
    }

    /** How often a message was retried so far. */
    public int retriesOf(Delivery delivery) {
        return delivery.properties().header(RETRIES) instanceof Number retries ? Math.max(0, retries.intValue()) : 0;
    }

    /**
     * What to publish in place of a message that could not be handled: the same to the queue of its next delay, or to the
     * parking lot. It is mandatory, so that its publish fails if that queue is not there.
     *
     * <p>Left out are its expiration, which would cut the delay short, its {@code CC}, by which it would be routed again, its
     * user id, which has to be the publisher's own, and what the broker noted about dead-lettering.
     */
    public OutboundMessage next(Delivery delivery) {
        int retries = retriesOf(delivery);
        BasicProperties properties = delivery.properties();
        BasicProperties.Builder again = properties.toBuilder()
                .header(RETRIES, retries + 1)
                .expiration((String) null)
                .userId(null)
                .removeHeader("CC");
        properties.headers().keySet().stream().filter(BROKERS_NOTES::contains).forEach(again::removeHeader);
        if (properties.header(FIRST_ROUTING_KEY) == null) {
            again.header(FIRST_EXCHANGE, delivery.exchange()).header(FIRST_ROUTING_KEY, delivery.routingKey());
        }
        String target = retries < delays.size() ? rung(delays.get(retries)) : parkingLot;
        return OutboundMessage.toQueue(target, delivery.body()).withProperties(again.build());
    }

    private static String text(Duration delay) {
        long millis = delay.toMillis();
        if (millis % 1_000 != 0) {
            return millis + "ms";
        }
        long seconds = millis / 1_000;
        if (seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3_600 == 0 ? seconds / 3_600 + "h" : seconds / 60 + "m";
    }
}
