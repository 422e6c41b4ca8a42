package dev.leveret.amqp.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.amqp.api.BasicProperties;
import dev.leveret.amqp.api.DeadLetterStrategy;
import dev.leveret.amqp.api.Delivery;
import dev.leveret.amqp.api.OutboundMessage;
import dev.leveret.amqp.api.Overflow;
import dev.leveret.amqp.api.QueueSpec;
import dev.leveret.amqp.api.QueueType;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RetryLadderTest {

    private static final RetryLadder LADDER = RetryLadder.of("orders", Duration.ofSeconds(1), Duration.ofMinutes(5));

    private static Delivery delivery(BasicProperties properties) {
        return (Delivery) Proxy.newProxyInstance(
                Delivery.class.getClassLoader(),
                new Class<?>[] {Delivery.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "properties" -> properties;
                    case "exchange" -> "shop";
                    case "routingKey" -> "order.new";
                    case "body" -> new byte[] {1, 2};
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @Test
    void queuesAreNamedByTheirDelayAndLeadBackToTheWorkQueue() {
        assertThat(LADDER.queues(QueueType.CLASSIC))
                .containsExactly(
                        QueueSpec.classic("orders.retry.1s")
                                .withMessageTtl(Duration.ofSeconds(1))
                                .withDeadLetterExchange("", "orders"),
                        QueueSpec.classic("orders.retry.5m")
                                .withMessageTtl(Duration.ofMinutes(5))
                                .withDeadLetterExchange("", "orders"),
                        QueueSpec.classic("orders.parked"));
    }

    @Test
    void quorumQueuesKeepAMessageUntilTheWorkQueueHasIt() {
        assertThat(LADDER.queues(QueueType.QUORUM).get(0))
                .isEqualTo(QueueSpec.quorum("orders.retry.1s")
                        .withMessageTtl(Duration.ofSeconds(1))
                        .withDeadLetterExchange("", "orders")
                        .withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE)
                        .withOverflow(Overflow.REJECT_PUBLISH));
    }

    @Test
    void everyDelayHasAName() {
        assertThat(List.of(1L, 999L, 1_500L, 59_000L, 60_000L, 61_000L, 3_600_000L, 86_400_000L))
                .extracting(it -> LADDER.rung(Duration.ofMillis(it)))
                .containsExactly(
                        "orders.retry.1ms",
                        "orders.retry.999ms",
                        "orders.retry.1500ms",
                        "orders.retry.59s",
                        "orders.retry.1m",
                        "orders.retry.61s",
                        "orders.retry.1h",
                        "orders.retry.24h");
    }

    @Test
    void theSameDelayTwiceIsOneQueue() {
        Duration second = Duration.ofSeconds(1);
        assertThat(RetryLadder.of("q", second, second).queues(QueueType.QUORUM)).hasSize(2);
    }

    @Test
    void whatFailsGoesUpTheLadderAndIsParkedInTheEnd() {
        BasicProperties properties = BasicProperties.EMPTY;
        for (String target : List.of("orders.retry.1s", "orders.retry.5m", "orders.parked")) {
            OutboundMessage next = LADDER.next(delivery(properties));
            assertThat(next.exchange()).isEmpty();
            assertThat(next.routingKey()).isEqualTo(target);
            assertThat(next.mandatory()).isTrue();
            assertThat(next.body()).containsExactly(1, 2);
            properties = next.properties();
        }
        assertThat(properties.headers())
                .containsOnly(
                        Map.entry("x-retries", 3),
                        Map.entry("x-first-exchange", "shop"),
                        Map.entry("x-first-routing-key", "order.new"));
        assertThat(LADDER.retriesOf(delivery(properties))).isEqualTo(3);
    }

    @Test
    void whatWouldDisturbTheRetryIsLeftOut() {
        BasicProperties properties = BasicProperties.builder()
                .messageId("7")
                .userId("somebody")
                .expiration(Duration.ofSeconds(1))
                .cc("elsewhere")
                .header("x-death", List.of())
                .header("x-first-death-queue", "orders")
                .header("x-attempt", "theirs")
                .build();
        BasicProperties next = LADDER.next(delivery(properties)).properties();
        assertThat(next.messageId()).isEqualTo("7");
        assertThat(next.userId()).isNull();
        assertThat(next.expiration()).isNull();
        assertThat(next.headers())
                .containsOnlyKeys("x-attempt", "x-retries", "x-first-exchange", "x-first-routing-key");
    }

    @Test
    void aHeaderThatIsNoCountCountsAsNone() {
        for (Object count : List.of("many", -5)) {
            BasicProperties properties =
                    BasicProperties.builder().header("x-retries", count).build();
            assertThat(LADDER.next(delivery(properties)).routingKey()).isEqualTo("orders.retry.1s");
        }
    }

    @Test
    void theDeadLettersOfTheWorkQueueAreParked() {
        assertThat(LADDER.on(QueueSpec.quorum("orders")))
                .isEqualTo(QueueSpec.quorum("orders").withDeadLetterExchange("", "orders.parked"));
        assertThatThrownBy(() -> LADDER.on(QueueSpec.quorum("others")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'orders', not for 'others'");
    }

    @Test
    void whatIsNoLadderIsRefused() {
        assertThatThrownBy(() -> RetryLadder.of("q")).hasMessageContaining("no delays");
        assertThatThrownBy(() -> RetryLadder.of("", Duration.ofSeconds(1))).hasMessageContaining("queue ''");
        assertThatThrownBy(() -> new RetryLadder("q", List.of(Duration.ofSeconds(1)), "q"))
                .hasMessageContaining("parkingLot 'q'");
        for (Duration impossible : List.of(Duration.ZERO, Duration.ofMillis(-1), Duration.ofDays(367))) {
            assertThatThrownBy(() -> RetryLadder.of("q", impossible)).hasMessageContaining(impossible.toString());
        }
        assertThatThrownBy(() -> LADDER.queues(QueueType.STREAM)).hasMessageContaining("cannot be of streams");
    }
}
