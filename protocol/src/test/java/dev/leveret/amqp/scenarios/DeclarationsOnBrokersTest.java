package dev.leveret.amqp.scenarios;

import static dev.leveret.amqp.scenarios.BrokerClient.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.BindingSpec;
import dev.leveret.amqp.api.Channel;
import dev.leveret.amqp.api.ChannelClosedException;
import dev.leveret.amqp.api.ExchangeSpec;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.QueueInfo;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.Topology;
import dev.leveret.testkit.Broker;
import dev.leveret.testkit.Capability;
import dev.leveret.testkit.junit.EveryBroker;
import dev.leveret.testkit.junit.RequiresRabbitMq;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Queues, exchanges and bindings on brokers. */
class DeclarationsOnBrokersTest {

    private static final byte[] BODY = {1};

    // ---- queues ---------------------------------------------------------------------------------------------------

    @EveryBroker
    void aQueueIsDeclaredLookedUpFilledPurgedAndDeleted(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = unique("q");
            assertThat(client.channel.declareQueue(QueueSpec.of(queue))).isEqualTo(new QueueInfo(queue, 0, 0));
            assertThat(client.channel.declareQueue(QueueSpec.of(queue)).name()).isEqualTo(queue);
            client.publish(queue, "1", "2", "3");
            assertThat(client.channel.declareQueuePassive(queue)).isEqualTo(new QueueInfo(queue, 3, 0));
            assertThat(client.channel.purgeQueue(queue)).isEqualTo(3);
            client.publish(queue, "4");
            assertThat(client.channel.deleteQueue(queue)).isEqualTo(1);
            assertThatThrownBy(() -> client.channel.declareQueuePassive(queue))
                    .isInstanceOfSatisfying(
                            ChannelClosedException.class,
                            it -> assertThat(it.replyCode()).isEqualTo(404));
        }
    }

    @EveryBroker
    void theBrokerNamesAQueueWithoutAName(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String first = client.channel.declareQueue(QueueSpec.temporary()).name();
            String second = client.channel.declareQueue(QueueSpec.temporary()).name();
            assertThat(first).isNotEmpty().isNotEqualTo(second);
            client.publish(first, "hello");
            assertThat(client.drain(first)).containsExactly("hello");
        }
    }

    // Qpid takes x-queue-type for an unknown argument and closes the connection.
    @RequiresRabbitMq({Capability.QUORUM_QUEUES, Capability.STREAMS})
    @Test
    void queuesOfEveryTypeAreDeclaredAndDeleted(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String name = unique("typed");
            for (QueueSpec spec : List.of(QueueSpec.classic(name), QueueSpec.quorum(name), QueueSpec.stream(name))) {
                assertThat(client.channel.declareQueue(spec).name()).isEqualTo(name);
                assertThat(client.channel.deleteQueue(name)).isZero();
            }
        }
    }

    // Qpid closes the connection where RabbitMQ closes the channel.
    @RequiresRabbitMq
    @Test
    void anotherQueueOfTheNameIsRefusedOnThisChannelAlone(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            Channel other = client.connection.openChannel();
            assertThatThrownBy(() -> other.declareQueue(QueueSpec.of(queue)
                            .withDurable(false)
                            .withExclusive(true)
                            .withArgument("x-max-length", 5)))
                    .isInstanceOfSatisfying(ChannelClosedException.class, it -> {
                        assertThat(it.replyCode()).isEqualTo(406);
                        assertThat(it.method()).isEqualTo("queue.declare");
                        assertThat(it).hasMessageContaining("x-max-length");
                    });
            assertThat(other.isOpen()).isFalse();
            assertThat(client.channel.declareQueuePassive(queue).name()).isEqualTo(queue);
        }
    }

    @RequiresRabbitMq
    @Test
    void deletingOnAConditionIsRefusedWhereItDoesNotHold(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            client.publish(queue, "1");
            for (boolean ifUnused : new boolean[] {false, true}) {
                Channel refused = client.connection.openChannel();
                if (ifUnused) {
                    client.consume(queue);
                }
                assertThatThrownBy(() -> refused.deleteQueue(queue, ifUnused, !ifUnused))
                        .isInstanceOfSatisfying(
                                ChannelClosedException.class,
                                it -> assertThat(it.replyCode()).isEqualTo(406));
            }
            String unused = client.queue();
            assertThat(client.channel.deleteQueue(unused, true, true)).isZero();
        }
    }

    // ---- exchanges and bindings -----------------------------------------------------------------------------------

    @EveryBroker
    void everyTypeOfExchangeRoutesAsItsBindingsSay(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            List<ExchangeSpec> exchanges = List.of(
                    ExchangeSpec.direct(unique("direct")),
                    ExchangeSpec.fanout(unique("fanout")),
                    ExchangeSpec.topic(unique("topic")),
                    ExchangeSpec.headers(unique("headers")));
            List<String> bindingKeys = List.of("a.b", "", "a.*", "");
            for (int i = 0; i < exchanges.size(); i++) {
                ExchangeSpec exchange = exchanges.get(i).withDurable(false);
                client.channel.declareExchange(exchange);
                client.channel.declareExchange(exchange);
                client.channel.declareExchangePassive(exchange.name());
                BindingSpec binding = BindingSpec.toQueue(exchange.name(), queue, bindingKeys.get(i));
                if (exchange.type().equals("headers")) {
                    binding = binding.withArgument("x-match", "all").withArgument("h", "v");
                }
                client.channel.bind(binding);
                OutboundMessage message = OutboundMessage.of(exchange.name(), "a.b", BODY)
                        .withMandatory(true)
                        .withProperties(
                                BasicProperties.builder().header("h", "v").build());
                client.channel.publish(message);
                assertThat(client.drain(queue)).as(exchange.type()).hasSize(1);
                client.channel.unbind(binding);
                client.channel.publish(message.withMandatory(false));
                assertThat(client.drain(queue)).as(exchange.type()).isEmpty();
                client.channel.deleteExchange(exchange.name());
            }
        }
    }

    @RequiresRabbitMq(Capability.EXCHANGE_TO_EXCHANGE)
    @Test
    void exchangesAreBoundToExchanges(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            String queue = client.queue();
            ExchangeSpec source = ExchangeSpec.topic(unique("source")).withAutoDelete(true);
            ExchangeSpec inner =
                    ExchangeSpec.fanout(unique("inner")).withInternal(true).withAutoDelete(true);
            BindingSpec between = BindingSpec.toExchange(source.name(), inner.name(), "a.#");
            client.connection.declare(new Topology(List.of(source, inner), List.of(), List.of(between)));
            client.channel.bind(BindingSpec.toQueue(inner.name(), queue, ""));
            client.channel.publish(
                    OutboundMessage.of(source.name(), "a.b.c", BODY).withMandatory(true));
            assertThat(client.drain(queue)).hasSize(1);
            client.channel.unbind(between);
        }
    }

    @RequiresRabbitMq
    @Test
    void anExchangeInUseIsNotDeletedOnTheConditionThatItIsNot(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            ExchangeSpec exchange = ExchangeSpec.fanout(unique("used")).withAutoDelete(true);
            client.channel.declareExchange(exchange);
            client.channel.bind(BindingSpec.toQueue(exchange.name(), client.queue(), ""));
            Channel refused = client.connection.openChannel();
            assertThatThrownBy(() -> refused.deleteExchange(exchange.name(), true))
                    .isInstanceOfSatisfying(
                            ChannelClosedException.class,
                            it -> assertThat(it.replyCode()).isEqualTo(406));
            client.channel.deleteExchange(exchange.name());
        }
    }

    @EveryBroker
    void aTopologyIsDeclaredAsOne(Broker broker) {
        try (BrokerClient client = BrokerClient.of(broker)) {
            ExchangeSpec exchange = ExchangeSpec.direct(unique("x")).withDurable(false);
            QueueSpec queue = QueueSpec.of(unique("q")).withDurable(false).withExclusive(true);
            Topology topology = new Topology(
                    List.of(exchange),
                    List.of(queue),
                    List.of(BindingSpec.toQueue(exchange.name(), queue.name(), "k")));
            client.connection.declare(topology);
            client.connection.declare(topology);
            client.channel.publish(
                    OutboundMessage.of(exchange.name(), "k", BODY).withMandatory(true));
            assertThat(client.drain(queue.name())).hasSize(1);
            client.channel.deleteExchange(exchange.name());
        }
    }
}
