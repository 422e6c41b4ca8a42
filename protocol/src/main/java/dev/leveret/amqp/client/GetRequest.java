package dev.leveret.amqp.client;

import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.GetResponse;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.machine.Reply;
import dev.leveret.amqp.wire.BasicMethod;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code basic.get}: the answer may be a message. */
final class GetRequest extends Request<Optional<GetResponse>> implements Reply.ToGet {

    private static final Logger LOG = LoggerFactory.getLogger(GetRequest.class);

    private final ChannelHandle channel;
    private final String queue;
    private final boolean autoAck;

    GetRequest(ChannelHandle channel, String queue, boolean autoAck) {
        super(
                channel.connection(),
                channel,
                "basic.get from '" + queue + "'",
                request -> channel.machine().get(channel.topology().currentName(queue), autoAck, (GetRequest) request),
                reply -> Optional.empty(),
                GetRequest::giveBack);
        this.channel = channel;
        this.queue = queue;
        this.autoAck = autoAck;
    }

    @Override
    public void onMessage(BasicMethod.GetOk getOk, byte[] properties, byte[] body) {
        channel.connection().life().record(it -> it.queueUsed(channel.topology().currentName(queue)));
        Incarnation incarnation = channel.life().incarnation();
        if (!autoAck) {
            incarnation.machine().fetched(getOk.deliveryTag());
        }
        BasicMethod.Deliver as = new BasicMethod.Deliver(
                "", getOk.deliveryTag(), getOk.redelivered(), getOk.exchange(), getOk.routingKey());
        LiveDelivery delivery = new LiveDelivery(incarnation, as, properties, body, autoAck, false);
        observeMessage(incarnation.machine().number(), queue, delivery);
        succeed(Optional.of(new GetResponse(delivery, getOk.messageCount())));
    }

    private static void giveBack(Optional<GetResponse> unwanted) {
        unwanted.map(GetResponse::delivery)
                .filter(delivery -> !delivery.autoAcknowledged())
                .ifPresent(GetRequest::giveBack);
    }

    private static void giveBack(Delivery delivery) {
        try {
            delivery.nack(true);
        } catch (SettlementException e) {
            LOG.debug("{} goes back with its channel: {}", delivery, e.getMessage());
        }
    }
}
