package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ChannelMethod;
import dev.leveret.amqp.wire.ExchangeMethod;
import dev.leveret.amqp.wire.QueueMethod;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Exchanges, queues and bindings, declared together. */
class TopologyTest {

    private static final Topology TOPOLOGY = new Topology(
            List.of(ExchangeSpec.topic("x"), ExchangeSpec.fanout("y").withArgument("alternate-exchange", "x")),
            List.of(QueueSpec.classic("q")),
            List.of(
                    BindingSpec.toQueue("x", "q", "k.#"),
                    BindingSpec.toExchange("x", "y", "").withArgument("a", 1)));

    private static FakeBroker untilTheSecondExchange() {
        return new FakeBroker()
                .handshake()
                .channel(1)
                .expect(1, new ExchangeMethod.Declare("x", "topic", false, true, false, false, false, Map.of()))
                .reply(new ExchangeMethod.DeclareOk())
                .expect(
                        1,
                        new ExchangeMethod.Declare(
                                "y", "fanout", false, true, false, false, false, Map.of("alternate-exchange", "x")));
    }

    private static final QueueMethod.Declare QUEUE =
            new QueueMethod.Declare("q", false, true, false, false, false, Map.of("x-queue-type", "classic"));
    private static final QueueMethod.Bind QUEUE_BINDING = new QueueMethod.Bind("q", "x", "k.#", false, Map.of());
    private static final ExchangeMethod.Bind EXCHANGE_BINDING =
            new ExchangeMethod.Bind("y", "x", "", false, Map.of("a", 1));

    @Test
    void itIsDeclaredInOrderOnAChannelOfItsOwn() {
        FakeBroker broker = untilTheSecondExchange()
                .reply(new ExchangeMethod.DeclareOk())
                .expect(1, QUEUE)
                .reply(new QueueMethod.DeclareOk("q", 0, 0))
                .expect(1, QUEUE_BINDING)
                .reply(new QueueMethod.BindOk())
                .expect(1, EXCHANGE_BINDING)
                .reply(new ExchangeMethod.BindOk())
                .channelClose()
                .connectionClose();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            try (Connection connection = Amqp.connect(server.uri())) {
                connection.declare(TOPOLOGY);
            }
            server.assertDone();
        }
    }

    @Test
    void theFirstRefusalIsTheReason() {
        FakeBroker broker = untilTheSecondExchange()
                .expect(1, QUEUE)
                .expect(1, QUEUE_BINDING)
                .expect(1, EXCHANGE_BINDING)
                .send(1, new ChannelMethod.Close(406, "PRECONDITION_FAILED - inequivalent arg", 40, 10))
                .expect(ChannelMethod.CloseOk.class)
                .polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            CompletableFuture<Void> declared = connection.async().declare(TOPOLOGY);
            ChannelClosedException refusal = Futures.failure(declared, ChannelClosedException.class);
            assertThat(refusal.method()).isEqualTo("exchange.declare");
            assertThat(connection.isOpen()).isTrue();
        }
    }

    @Test
    void whatCannotBeWrittenIsARefusalToo() {
        FakeBroker broker =
                new FakeBroker().handshake().channel(1).channelClose().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.uri())) {
            QueueSpec tooLarge = QueueSpec.of("q").withArgument("x", "x".repeat(200_000));
            CompletableFuture<Void> declared =
                    connection.async().declare(new Topology(List.of(), List.of(tooLarge), List.of()));
            assertThat(Futures.failure(declared)).isInstanceOf(IllegalArgumentException.class);
            assertThat(connection.isOpen()).isTrue();
            server.awaitDone(broker);
        }
    }
}
