package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AsyncChannel;
import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.SettlementException;
import dev.leveret.amqp.api.StreamOffset;
import dev.leveret.amqp.api.Subscription;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.BasicMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Which deliveries count as a stream's, and what then becomes of them. */
class StreamDeliveriesTest {

    private static final ConsumeOptions ANY = ConsumeOptions.of("q").withConsumerTag("c");
    private static final List<Consumer<Delivery>> WAYS_BACK = List.of(
            it -> it.nack(true),
            it -> it.nack(false),
            it -> it.nackMultiple(true),
            it -> it.reject(true),
            it -> it.reject(false));

    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

    private static FakeBroker rabbitMq(String version) {
        return new FakeBroker()
                .handshakeOfRabbitMq(version)
                .channel(1)
                .expect(BasicMethod.Qos.class)
                .reply(new BasicMethod.QosOk())
                .expect(BasicMethod.Consume.class)
                .reply(new BasicMethod.ConsumeOk("c"))
                .otherwise((it, arrived) -> {
                    if (arrived.method() instanceof QueueMethod.Purge) {
                        it.say(1, new QueueMethod.PurgeOk(0));
                    } else {
                        it.answersClose(arrived);
                    }
                });
    }

    private Delivery deliver(FakeBrokerServer server, FakeBroker broker, boolean redelivered, Object offset)
            throws InterruptedException {
        server.act(
                broker,
                it -> it.say(
                        1,
                        new BasicMethod.Deliver("c", 1, redelivered, "", "q"),
                        BasicProperties.builder()
                                .header("x-stream-offset", offset)
                                .build(),
                        new byte[] {1}));
        return deliveries.poll(20, TimeUnit.SECONDS);
    }

    /** What the broker is told when somebody gives such a delivery back, if he may. */
    private List<?> givenBack(String version, ConsumeOptions options, boolean redelivered, Object offset)
            throws InterruptedException {
        FakeBroker broker = rabbitMq(version);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            AsyncChannel channel = connection.openChannel().async();
            Futures.await(channel.consume(options, deliveries::add));
            Delivery delivery = deliver(server, broker, redelivered, offset);
            for (Consumer<Delivery> way : WAYS_BACK) {
                SettlementException refusal =
                        catchThrowableOfType(SettlementException.class, () -> way.accept(delivery));
                if (refusal == null) {
                    break;
                }
                assertThat(refusal.reason()).isEqualTo(SettlementException.Reason.STREAM);
                assertThat(refusal)
                        .hasMessage("delivery 1 to consumer 'c' comes from a stream, which takes nothing back:"
                                + " acknowledge it, or cancel the consumer");
            }
            if (delivery.isSettleable()) {
                delivery.ack();
            }
            Futures.await(channel.purgeQueue("q"));
            return server.ask(
                    broker,
                    it -> it.received(BasicMethod.class).stream()
                            .filter(method -> method instanceof BasicMethod.Ack || method instanceof BasicMethod.Nack)
                            .toList());
        }
    }

    @Test
    void whatAReaderOfAStreamGetsIsNotGivenBackToAnyVersion() throws InterruptedException {
        ConsumeOptions reader = ANY.withStreamOffset(StreamOffset.first());
        for (String version : List.of("3.10.8", "4.3.6")) {
            assertThat(givenBack(version, reader, false, 5L))
                    .as(version)
                    .isEqualTo(List.of(new BasicMethod.Ack(1, false)));
        }
    }

    @Test
    void whereItWouldCostTheConnectionTheHeaderIsEnough() throws InterruptedException {
        assertThat(givenBack("3.13.7", ANY, false, 5L)).isEqualTo(List.of(new BasicMethod.Ack(1, false)));
    }

    @Test
    void aHeaderThatCameAlongFromElsewhereIsNoHindrance() throws InterruptedException {
        List<BasicMethod> back = List.of(new BasicMethod.Nack(1, false, true));
        assertThat(givenBack("4.0.5", ANY, false, 5L)).isEqualTo(back);
        // Streams never redeliver, and their offsets are numbers.
        assertThat(givenBack("3.13.7", ANY, true, 5L)).isEqualTo(back);
        assertThat(givenBack("3.13.7", ANY, false, "5")).isEqualTo(back);
    }

    @Test
    void aHandlersPolicyThatTheStreamDoesNotTakeClosesTheChannelAndSaysWhy() throws InterruptedException {
        FakeBroker broker = rabbitMq("3.10.8");
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            Subscription consumer = Futures.await(connection
                    .openChannel()
                    .async()
                    .consume(ANY.withOnHandlerError(HandlerErrorPolicy.REJECT), delivery -> {
                        deliveries.add(delivery);
                        throw new IllegalStateException("the handler's");
                    }));
            deliver(server, broker, false, 5L);
            assertThat(Futures.failure(consumer.ended(), ChannelClosedException.class))
                    .hasMessageContaining("cannot be given back")
                    .hasMessageContaining("acknowledge it");
            assertThat(connection.isOpen()).isTrue();
        }
    }
}
