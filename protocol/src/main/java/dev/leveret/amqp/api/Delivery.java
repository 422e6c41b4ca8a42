package dev.leveret.amqp.api;

/**
 * A message that the broker delivered, and the way to settle it.
 *
 * <p>Each delivery that was not auto-acknowledged must be settled once, by any thread: {@link #ack}, {@link #nack} or
 * {@link #reject}. It belongs to the channel that received it <em>as that was then</em>: when the channel or its
 * connection has ended since, the broker gives the message to somebody again, and settling it here throws
 * {@link SettlementException}, as does settling it twice. Nothing is sent in these cases.
 *
 * <p>What comes from a stream can be acknowledged only, as a stream keeps its messages. It is known by its
 * {@code x-stream-offset} header if its consumer said where to begin or the broker is RabbitMQ 3, which closes the connection
 * over anything else; otherwise the broker takes it for an acknowledgement.
 *
 * <p>Settling has no answer in AMQP: that a method returned means that the frame is on its way.
 */
public interface Delivery {

    /** The consumer it was delivered to; empty for a message that {@code basic.get} fetched. */
    String consumerTag();

    /** The broker's number for it on its channel, from 1. */
    long deliveryTag();

    /** Whether the broker may have delivered it before, to anybody. */
    boolean redelivered();

    /** The exchange it was published to. */
    String exchange();

    /** The routing key it was published with. */
    String routingKey();

    /** Its properties; decoded at the first call. */
    BasicProperties properties();

    /** Its payload: the delivery's own array, not a copy at each call. */
    byte[] body();

    /** Whether the broker considered it settled when it sent it; then it must not be settled again. */
    boolean autoAcknowledged();

    /**
     * Tells the broker that it is done with ({@code basic.ack}).
     *
     * @throws SettlementException if it is settled already or its channel has ended
     */
    void ack();

    /**
     * The same for it and all earlier unsettled deliveries of its channel, of all its consumers ({@code multiple}).
     *
     * @throws SettlementException if it is settled already or its channel has ended
     */
    void ackMultiple();

    /**
     * Gives it back ({@code basic.nack}).
     *
     * @param requeue whether it returns to the queue; if not, it is dead-lettered or dropped
     * @throws SettlementException if it is settled already, its channel has ended or it comes from a stream
     */
    void nack(boolean requeue);

    /**
     * Gives it and all earlier unsettled deliveries of its channel back ({@code basic.nack} with {@code multiple}).
     *
     * @param requeue whether they return to the queue; if not, they are dead-lettered or dropped
     * @throws SettlementException if it is settled already, its channel has ended or it comes from a stream
     */
    void nackMultiple(boolean requeue);

    /**
     * Gives it back as failed ({@code basic.reject}): from RabbitMQ 4.3 on a quorum queue counts a rejection as a failed
     * attempt ({@code x-delivery-count}), a {@link #nack} not.
     *
     * @param requeue whether it returns to the queue; if not, it is dead-lettered or dropped
     * @throws SettlementException if it is settled already, its channel has ended or it comes from a stream
     */
    void reject(boolean requeue);

    /** Whether {@link #ack} would be accepted now, and unless it comes from a stream {@link #nack} and {@link #reject} too. */
    boolean isSettleable();
}
