package dev.leveret.amqp.client;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ConnectionObserver;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.SettlementException.Reason;
import dev.leveret.amqp.machine.ChannelMachine;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.PropertiesCodec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** A delivery in a user's hands. It is itself the command that settles it, as it can be settled once only. */
final class LiveDelivery extends LinkedCommand implements Delivery {

    private enum Settlement {
        ACK,
        ACK_MULTIPLE,
        REQUEUE,
        DISCARD,
        REQUEUE_MULTIPLE,
        DISCARD_MULTIPLE,
        REJECT_REQUEUE,
        REJECT_DISCARD;

        ConnectionObserver.Settlement kind() {
            return switch (this) {
                case ACK, ACK_MULTIPLE -> ConnectionObserver.Settlement.ACKED;
                case REJECT_REQUEUE, REJECT_DISCARD -> ConnectionObserver.Settlement.REJECTED;
                default -> ConnectionObserver.Settlement.NACKED;
            };
        }

        boolean requeue() {
            return this == REQUEUE || this == REQUEUE_MULTIPLE || this == REJECT_REQUEUE;
        }

        boolean isAck() {
            return this == ACK || this == ACK_MULTIPLE;
        }

        boolean multiple() {
            return this == ACK_MULTIPLE || this == REQUEUE_MULTIPLE || this == DISCARD_MULTIPLE;
        }
    }

    private static final VarHandle SETTLEMENT;

    static {
        try {
            SETTLEMENT = MethodHandles.lookup().findVarHandle(LiveDelivery.class, "settlement", Settlement.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Incarnation incarnation;
    private final BasicMethod.Deliver deliver;
    private final byte[] encodedProperties;
    private final byte[] body;
    private final boolean autoAcknowledged;
    private final boolean fromStreamReader;
    /** Decoded when somebody asks; two threads may both do it, to the same result. */
    private @Nullable BasicProperties properties;
    /** Set once, by the thread that settles. */
    @SuppressWarnings("UnusedVariable")
    private volatile @Nullable Settlement settlement;

    /** @param fromStreamReader whether its consumer is known to read a stream */
    LiveDelivery(
            Incarnation incarnation,
            BasicMethod.Deliver deliver,
            byte[] encodedProperties,
            byte[] body,
            boolean autoAcknowledged,
            boolean fromStreamReader) {
        this.incarnation = incarnation;
        this.deliver = deliver;
        this.encodedProperties = encodedProperties;
        this.body = body;
        this.autoAcknowledged = autoAcknowledged;
        this.fromStreamReader = fromStreamReader;
    }

    @Override
    public String consumerTag() {
        return deliver.consumerTag();
    }

    @Override
    public long deliveryTag() {
        return deliver.deliveryTag();
    }

    @Override
    public boolean redelivered() {
        return deliver.redelivered();
    }

    @Override
    public String exchange() {
        return deliver.exchange();
    }

    @Override
    public String routingKey() {
        return deliver.routingKey();
    }

    @Override
    public BasicProperties properties() {
        BasicProperties decoded = properties;
        if (decoded == null) {
            decoded = PropertiesCodec.readChecked(encodedProperties);
            properties = decoded;
        }
        return decoded;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public boolean autoAcknowledged() {
        return autoAcknowledged;
    }

    @Override
    public void ack() {
        settle(Settlement.ACK);
    }

    @Override
    public void ackMultiple() {
        settle(Settlement.ACK_MULTIPLE);
    }

    @Override
    public void nack(boolean requeue) {
        settle(requeue ? Settlement.REQUEUE : Settlement.DISCARD);
    }

    @Override
    public void nackMultiple(boolean requeue) {
        settle(requeue ? Settlement.REQUEUE_MULTIPLE : Settlement.DISCARD_MULTIPLE);
    }

    @Override
    public void reject(boolean requeue) {
        settle(requeue ? Settlement.REJECT_REQUEUE : Settlement.REJECT_DISCARD);
    }

    @Override
    public boolean isSettleable() {
        return obstacle() == null;
    }

    /** Whether its channel has ended, so that the broker gives it to somebody again. */
    boolean isStale() {
        return !autoAcknowledged && incarnation.isEnded();
    }

    private void settle(Settlement how) {
        Reason obstacle = obstacle();
        if (obstacle == null && !how.isAck() && takesOnlyAck()) {
            throw new SettlementException(
                    "delivery " + deliveryTag() + " to consumer '" + consumerTag()
                            + "' comes from a stream, which takes nothing back: acknowledge it, or cancel the consumer",
                    Reason.STREAM);
        }
        if (obstacle == null && !SETTLEMENT.compareAndSet(this, null, how)) {
            obstacle = Reason.ALREADY_SETTLED;
        }
        if (obstacle != null) {
            throw new SettlementException(
                    "delivery " + deliveryTag() + " to consumer '" + consumerTag() + "' cannot be settled: " + obstacle,
                    obstacle);
        }
        if (how.multiple()) {
            incarnation.settledUpTo(deliveryTag());
        }
        ConnectionObserver observer = incarnation.connection().observer();
        if (observer != null) {
            observer.onSettle(incarnation.machine().number(), this, how.kind(), how.requeue(), how.multiple());
        }
        incarnation.connection().submit(this);
    }

    private boolean takesOnlyAck() {
        return RabbitMqRules.takesOnlyAck(
                this, fromStreamReader, incarnation.connection().serverInfo());
    }

    private @Nullable Reason obstacle() {
        if (autoAcknowledged) {
            return Reason.AUTO_ACKNOWLEDGED;
        }
        if (settlement != null || incarnation.isSettledWithLater(deliveryTag())) {
            return Reason.ALREADY_SETTLED;
        }
        return incarnation.isEnded() ? Reason.STALE : null;
    }

    @Override
    public void execute() {
        ChannelMachine machine = incarnation.machine();
        long tag = deliveryTag();
        Settlement how = settlement;
        if (how == null) {
            throw new IllegalStateException("submitted without a settlement");
        }
        incarnation.settled(tag, how.multiple());
        switch (how) {
            case ACK -> machine.ack(tag, false);
            case ACK_MULTIPLE -> machine.ack(tag, true);
            case REQUEUE -> machine.nack(tag, false, true);
            case DISCARD -> machine.nack(tag, false, false);
            case REQUEUE_MULTIPLE -> machine.nack(tag, true, true);
            case DISCARD_MULTIPLE -> machine.nack(tag, true, false);
            case REJECT_REQUEUE -> machine.reject(tag, true);
            case REJECT_DISCARD -> machine.reject(tag, false);
        }
    }

    /** Names where it came from and how large it is, not what it says. */
    @Override
    public String toString() {
        return "Delivery[" + deliveryTag() + " to '" + consumerTag() + "', exchange='" + exchange() + "', routingKey='"
                + routingKey() + "', " + body.length + " bytes" + (redelivered() ? ", redelivered" : "") + "]";
    }
}
