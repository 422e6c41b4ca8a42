package dev.leveret.jms.testing;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.SettlementException;
import java.nio.charset.StandardCharsets;

/** A delivery whose settlement is written down. */
public final class FakeDelivery implements Delivery {

    private final FakeChannel channel;
    private final int interruptions;
    private final long tag;
    private final boolean redelivered;
    private final BasicProperties properties;
    private final byte[] body;
    private volatile boolean settled;

    FakeDelivery(FakeChannel channel, long tag, boolean redelivered, BasicProperties properties, byte[] body) {
        this.channel = channel;
        interruptions = channel.interruptions();
        this.tag = tag;
        this.redelivered = redelivered;
        this.properties = properties;
        this.body = body;
    }

    /** A delivery of no channel, to be read only. */
    public static FakeDelivery of(BasicProperties properties, byte[] body) {
        return of(false, properties, body);
    }

    public static FakeDelivery of(boolean redelivered, BasicProperties properties, byte[] body) {
        return new FakeDelivery(
                new FakeChannel(new FakeConnection(new WireLog()), 1), 1, redelivered, properties, body);
    }

    private void settle(String how) {
        if (isStale()) {
            throw new SettlementException("the channel has ended", SettlementException.Reason.STALE);
        }
        if (settled) {
            throw new SettlementException("settled already", SettlementException.Reason.ALREADY_SETTLED);
        }
        if (properties.header("x-stream-offset") != null && !how.startsWith("ack")) {
            throw new SettlementException("a stream takes nothing back", SettlementException.Reason.STREAM);
        }
        settled = true;
        channel.log().add(how + " " + new String(body, StandardCharsets.UTF_8));
    }

    private boolean isStale() {
        return !channel.isOpen() || channel.interruptions() != interruptions;
    }

    @Override
    public String consumerTag() {
        return "consumer";
    }

    @Override
    public long deliveryTag() {
        return tag;
    }

    @Override
    public boolean redelivered() {
        return redelivered;
    }

    @Override
    public String exchange() {
        return "";
    }

    @Override
    public String routingKey() {
        return "";
    }

    @Override
    public BasicProperties properties() {
        return properties;
    }

    @Override
    public byte[] body() {
        return body;
    }

    @Override
    public boolean autoAcknowledged() {
        return false;
    }

    @Override
    public void ack() {
        settle("ack");
    }

    @Override
    public void ackMultiple() {
        settle("ack-multiple");
    }

    @Override
    public void nack(boolean requeue) {
        settle(requeue ? "nack" : "nack-drop");
    }

    @Override
    public void nackMultiple(boolean requeue) {
        settle("nack-multiple");
    }

    @Override
    public void reject(boolean requeue) {
        settle(requeue ? "reject" : "reject-drop");
    }

    @Override
    public boolean isSettleable() {
        return !isStale() && !settled;
    }
}
