package dev.leveret.amqp.client;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.ConsumeOptions;
import dev.leveret.amqp.api.HandlerErrorPolicy;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.ServerInfo;
import dev.leveret.amqp.api.StreamOffset;
import dev.leveret.amqp.api.Topology;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused before it is sent; whether brokers agree is the matter of {@code ArgumentsOnBrokersTest}. */
class RabbitMqRulesTest {

    private static final ServerInfo RABBITMQ_3 = new ServerInfo("RabbitMQ", "3.10.8", Map.of());
    private static final ServerInfo RABBITMQ_4 = new ServerInfo("RabbitMQ", "4.0.5", Map.of());

    @Test
    void aRefusalNamesTheQueueAndTheReason() {
        assertThatThrownBy(
                        () -> RabbitMqRules.require(QueueSpec.quorum("orders").withExclusive(true), RABBITMQ_4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("queue 'orders' cannot be exclusive: a quorum queue is durable and everybody's");
        assertThatThrownBy(() -> RabbitMqRules.require(
                        QueueSpec.stream("log")
                                .withMessageTtl(Duration.ofSeconds(1))
                                .withMaxLength(5),
                        RABBITMQ_4))
                .hasMessage("queue 'log' has arguments that RabbitMQ refuses for a stream queue: x-max-length,"
                        + " x-message-ttl");
    }

    @Test
    void theOrderOfWithersDoesNotMatter() {
        QueueSpec mended = QueueSpec.temporary()
                .withName("q")
                .withArgument("x-queue-type", "quorum")
                .withExclusive(false)
                .withAutoDelete(false)
                .withDurable(true);
        assertThatCode(() -> RabbitMqRules.require(mended, RABBITMQ_4)).doesNotThrowAnyException();
    }

    @Test
    void aQueueOfTheDefaultTypeIsTheBrokersToJudge() {
        QueueSpec spec = QueueSpec.of("q")
                .withExclusive(true)
                .withMaxPriority(5)
                .withMaxAge(Duration.ofDays(1))
                .withDeliveryLimit(5);
        assertThatCode(() -> RabbitMqRules.require(spec, RABBITMQ_4)).doesNotThrowAnyException();
        assertThatCode(() -> RabbitMqRules.require(spec.withArgument("x-queue-type", "of a plug-in"), RABBITMQ_4))
                .doesNotThrowAnyException();
    }

    @Test
    void unlimitedDeliveriesAreNeverAskedOfABrokerThatWouldDropTheMessages() {
        QueueSpec spec = QueueSpec.quorum("q").withUnlimitedDeliveries();
        assertThatThrownBy(() -> RabbitMqRules.require(spec, RABBITMQ_3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RabbitMQ 3.10.8 drops each message at its first return");
        assertThatThrownBy(() -> RabbitMqRules.require(
                        new Topology(List.of(), List.of(QueueSpec.of("fine"), spec), List.of()), RABBITMQ_3))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatCode(() -> RabbitMqRules.require(spec, RABBITMQ_4)).doesNotThrowAnyException();
        assertThatCode(() -> RabbitMqRules.require(spec, new ServerInfo("qpid", "10", Map.of())))
                .doesNotThrowAnyException();
        assertThatCode(() -> RabbitMqRules.require(QueueSpec.quorum("q").withDeliveryLimit(0), RABBITMQ_3))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "bogus", "FIRST", " first", "1H", "0s", "00h", "h", "1.5h", "-1h", "1h "})
    void aStreamOffsetThatKillsTheConnectionIsRefused(String offset) {
        ConsumeOptions options = ConsumeOptions.of("log").withArgument("x-stream-offset", offset);
        assertThatThrownBy(() -> RabbitMqRules.require(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'log'")
                .hasMessageContaining("StreamOffset");
    }

    static List<Object> offsets() {
        return List.of(
                "first",
                "last",
                "next",
                "1h",
                "01h",
                "7D",
                "2M",
                "1Y",
                "30s",
                "5m",
                5L,
                5,
                (short) 5,
                (byte) 5,
                -1L,
                Instant.EPOCH);
    }

    @ParameterizedTest
    @MethodSource("offsets")
    void everyOffsetThatTheBrokerReadsIsSent(Object offset) {
        ConsumeOptions options = ConsumeOptions.of("log").withArgument("x-stream-offset", offset);
        assertThatCode(() -> RabbitMqRules.require(options)).doesNotThrowAnyException();
    }

    @Test
    void aStreamIsConsumedWithAPrefetchAndAcknowledgements() {
        ConsumeOptions options = ConsumeOptions.of("log").withStreamOffset(StreamOffset.first());
        assertThatThrownBy(() -> RabbitMqRules.require(options.withAutoAck(true)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RabbitMqRules.require(options.withPrefetch(0)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStreamsConsumerHasNoPolicyThatGivesBack() {
        ConsumeOptions options = ConsumeOptions.of("log").withStreamOffset(StreamOffset.first());
        for (HandlerErrorPolicy policy : List.of(HandlerErrorPolicy.REQUEUE, HandlerErrorPolicy.REJECT)) {
            assertThatThrownBy(() -> RabbitMqRules.require(options.withOnHandlerError(policy)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'log'")
                    .hasMessageContaining(policy + " would");
        }
        assertThatCode(() -> RabbitMqRules.require(options.withOnHandlerError(HandlerErrorPolicy.LEAVE_UNSETTLED)))
                .doesNotThrowAnyException();
    }

    @Test
    void repliesAreAcknowledgedAutomatically() {
        assertThatThrownBy(() -> RabbitMqRules.require(ConsumeOptions.of("amq.rabbitmq.reply-to")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("withAutoAck(true)");
        assertThatCode(() -> RabbitMqRules.require(ConsumeOptions.directReplyTo()))
                .doesNotThrowAnyException();
    }
}
