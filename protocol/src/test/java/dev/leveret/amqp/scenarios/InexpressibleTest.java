package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.ChannelMethod;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What RabbitMQ closes the connection over (540) cannot be asked for: the calls that come closest, as they are sent. */
class InexpressibleTest {

    @Test
    void nothingImmediateNoPrefetchInBytesNoRecoveryWithoutRequeueAndNoStoppedFlowIsEverSent() {
        FakeBroker broker = new FakeBroker()
                .handshake()
                .channel(1)
                .expect(1, new BasicMethod.Publish("x", "k", true, false))
                .expect(1, new BasicMethod.Qos(0, 65535, true))
                .reply(new BasicMethod.QosOk())
                .expect(1, new BasicMethod.Qos(0, 65535, false))
                .reply(new BasicMethod.QosOk())
                // Once more, as the consumer's has lifted it.
                .expect(1, new BasicMethod.Qos(0, 65535, true))
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class, it -> {
                    BasicMethod.Consume consume = (BasicMethod.Consume) it.method();
                    return !consume.noLocal() && !consume.noWait();
                })
                .reply(new BasicMethod.ConsumeOk("t"))
                .expect(1, new BasicMethod.Recover(true))
                .reply(new BasicMethod.RecoverOk())
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            try (Connection connection = Amqp.connect(server.options().build())) {
                Channel channel = connection.openChannel();
                channel.send(OutboundMessage.of("x", "k", new byte[0]).withMandatory(true));
                channel.qos(65535);
                channel.consume(ConsumeOptions.of("q").withConsumerTag("t").withPrefetch(65535), Delivery::ack);
                channel.recover();
            }
            List<ChannelMethod.Flow> flows = server.ask(broker, it -> it.received(ChannelMethod.Flow.class));
            assertThat(flows).isEmpty();
            server.assertDone();
        }
    }
}
