package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queues, exchanges, bindings, consumers and messages as values. */
class SpecsTest {

    static List<Function<String, Object>> names() {
        return List.of(
                QueueSpec::of,
                QueueSpec::quorum,
                it -> QueueSpec.of("q").withName(it),
                it -> QueueSpec.of("q").withArgument(it, 1),
                ExchangeSpec::direct,
                it -> ExchangeSpec.of("x", it),
                it -> BindingSpec.toQueue(it, "q", "k"),
                it -> BindingSpec.toQueue("x", it, "k"),
                it -> BindingSpec.toExchange("x", "y", it),
                ConsumeOptions::of,
                it -> ConsumeOptions.of("q").withConsumerTag(it),
                it -> OutboundMessage.of(it, "k", new byte[0]),
                it -> OutboundMessage.toQueue(it, new byte[0]));
    }

    @ParameterizedTest
    @MethodSource("names")
    void namesThatDoNotFitAreRefusedAtTheCall(Function<String, Object> spec) {
        spec.apply("x".repeat(255));
        spec.apply("\u00fc".repeat(127));
        for (String impossible : List.of("x".repeat(256), "\u00fc".repeat(128), "\uDBFF", "x\uDC00")) {
            assertThatThrownBy(() -> spec.apply(impossible)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aReceivedNameThatIsNotUtf8CanBeUsedAgain(Function<String, Object> spec) {
        spec.apply("\uDCFF".repeat(255));
        assertThatThrownBy(() -> spec.apply("\uDCFF".repeat(256))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void queuesAreDurableUnlessSaidOtherwise() {
        assertThat(QueueSpec.of("q")).isEqualTo(new QueueSpec("q", true, false, false, Map.of()));
        assertThat(QueueSpec.classic("q").arguments()).isEqualTo(Map.of("x-queue-type", "classic"));
        assertThat(QueueSpec.quorum("q").arguments()).isEqualTo(Map.of("x-queue-type", "quorum"));
        assertThat(QueueSpec.stream("q").arguments()).isEqualTo(Map.of("x-queue-type", "stream"));
        assertThat(QueueSpec.temporary()).isEqualTo(new QueueSpec("", false, true, true, Map.of()));
    }

    @Test
    void withersChangeOneThing() {
        QueueSpec queue = QueueSpec.of("q").withArgument("a", 1);
        assertThat(queue.withName("r").withDurable(false).withExclusive(true).withAutoDelete(true))
                .isEqualTo(new QueueSpec("r", false, true, true, Map.of("a", 1)));
        assertThat(queue).isEqualTo(new QueueSpec("q", true, false, false, Map.of("a", 1)));
        assertThat(queue.withArgument("a", 2).withArgument("b", 3).arguments()).isEqualTo(Map.of("a", 2, "b", 3));

        ExchangeSpec exchange = ExchangeSpec.topic("x").withArgument("alternate-exchange", "y");
        assertThat(exchange.withDurable(false).withAutoDelete(true).withInternal(true))
                .isEqualTo(new ExchangeSpec("x", "topic", false, true, true, Map.of("alternate-exchange", "y")));
        assertThat(List.of(
                        ExchangeSpec.direct("x").type(),
                        ExchangeSpec.fanout("x").type(),
                        ExchangeSpec.headers("x").type()))
                .containsExactly("direct", "fanout", "headers");

        assertThat(BindingSpec.toQueue("x", "q", "k").withArgument("x-match", "any"))
                .isEqualTo(new BindingSpec("x", BindingSpec.DestinationType.QUEUE, "q", "k", Map.of("x-match", "any")));
        assertThat(BindingSpec.toExchange("x", "y", "k").destinationType())
                .isEqualTo(BindingSpec.DestinationType.EXCHANGE);
    }

    @Test
    void argumentsAreCopied() {
        Map<String, Object> arguments = new HashMap<>(Map.of("a", 1));
        QueueSpec queue = new QueueSpec("q", true, false, false, new HashMap<>(arguments));
        QueueSpec copied = new QueueSpec("q", true, false, false, arguments);
        arguments.put("b", 2);
        assertThat(copied).isEqualTo(queue);
        assertThatThrownBy(() -> copied.arguments().put("c", 3)).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 65536})
    void aPrefetchIsSixteenBits(int prefetch) {
        assertThatThrownBy(() -> ConsumeOptions.of("q").withPrefetch(prefetch))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void consumersAcknowledgeByHandAndStopWhenTheyFail() {
        ConsumeOptions options = ConsumeOptions.of("q");
        assertThat(options.prefetch())
                .isEqualTo(ConsumeOptions.DEFAULT_PREFETCH)
                .isPositive();
        assertThat(options.autoAck()).isFalse();
        assertThat(options.onHandlerError()).isEqualTo(HandlerErrorPolicy.CLOSE_CHANNEL);
        assertThat(options.executor()).isEmpty();
        assertThat(options.withConsumerTag("t")
                        .withPrefetch(1)
                        .withAutoAck(true)
                        .withExclusive(true)
                        .withArgument("a", 1)
                        .withOnHandlerError(HandlerErrorPolicy.REJECT)
                        .withExecutor(Runnable::run))
                .satisfies(it -> {
                    assertThat(it.consumerTag()).isEqualTo("t");
                    assertThat(it.prefetch()).isEqualTo(1);
                    assertThat(it.autoAck()).isTrue();
                    assertThat(it.exclusive()).isTrue();
                    assertThat(it.arguments()).isEqualTo(Map.of("a", 1));
                    assertThat(it.onHandlerError()).isEqualTo(HandlerErrorPolicy.REJECT);
                    assertThat(it.executor()).isPresent();
                });
    }

    @Test
    void aMessageToAQueueIsReturnedIfThereIsNone() {
        assertThat(OutboundMessage.toQueue("q", new byte[0]).mandatory()).isTrue();
        assertThat(OutboundMessage.of("x", "k", new byte[0]).mandatory()).isFalse();
    }

    @Test
    void aMessagesTextDoesNotShowItsBody() {
        OutboundMessage message = OutboundMessage.of("x", "k", "s3cret".getBytes())
                .withProperties(BasicProperties.builder().header("h", "s3cret").build())
                .withMandatory(true);
        assertThat(message).hasToString("OutboundMessage[exchange='x', routingKey='k', mandatory=true, 6 bytes]");
    }

    @Test
    void aTopologyIsCopied() {
        List<QueueSpec> queues = new ArrayList<>(List.of(QueueSpec.of("q")));
        Topology topology = new Topology(List.of(), queues, List.of());
        queues.clear();
        assertThat(topology.queues()).hasSize(1);
    }

    @Test
    void capabilitiesAreThoseThatAreTrue() {
        ServerInfo info =
                new ServerInfo("P", "1", Map.of("capabilities", Map.of("yes", true, "no", false, "odd", "true")));
        assertThat(info.hasCapability("yes")).isTrue();
        assertThat(info.hasCapability("no")).isFalse();
        assertThat(info.hasCapability("odd")).isFalse();
        assertThat(info.hasCapability("unknown")).isFalse();
        assertThat(new ServerInfo("", "", Map.of("capabilities", 1)).hasCapability("yes"))
                .isFalse();
        assertThat(new ServerInfo("", "", Map.of())).hasToString("unknown broker");
    }

    @Test
    void replyCodesAreNamedWhereTheSpecificationDoes() {
        for (ReplyCode code : ReplyCode.values()) {
            assertThat(ReplyCode.of(code.code())).isEqualTo(code);
        }
        assertThat(ReplyCode.of(999)).isEqualTo(ReplyCode.UNKNOWN);
        assertThat(ReplyCode.describe(404)).isEqualTo("404 NOT_FOUND");
        assertThat(ReplyCode.describe(999)).isEqualTo("999");
        assertThat(ReplyCode.describe(0)).isEqualTo("0");
    }
}
