package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The {@code x-} arguments that have a method of their own. */
class ArgumentsTest {

    private static final QueueSpec QUEUE = QueueSpec.of("q");

    @Test
    void everyQueueArgumentHasItsNameAndUnit() {
        assertThat(QUEUE.withType(QueueType.QUORUM)
                        .withMessageTtl(Duration.ofSeconds(2))
                        .withExpires(Duration.ofMinutes(1))
                        .withMaxLength(10)
                        .withMaxLengthBytes(1_000)
                        .withOverflow(Overflow.REJECT_PUBLISH_DLX)
                        .withDeadLetterExchange("dlx", "dead")
                        .withDeadLetterStrategy(DeadLetterStrategy.AT_LEAST_ONCE)
                        .withSingleActiveConsumer(true)
                        .withConsumerTimeout(Duration.ofSeconds(5))
                        .withConsumerDisconnectedTimeout(Duration.ofSeconds(6))
                        .withMaxPriority(5)
                        .withVersion(2)
                        .withLazyMode()
                        .withDeliveryLimit(3)
                        .withInitialGroupSize(3)
                        .withTargetGroupSize(5)
                        .withDelayedRetry(DelayedRetryType.FAILED, Duration.ofMillis(1), Duration.ofMillis(2))
                        .withLeaderLocator(LeaderLocator.BALANCED)
                        .withInitialClusterSize(1)
                        .withMaxAge(Duration.ofDays(7))
                        .withMaxSegmentSizeBytes(500_000_000)
                        .withStreamFilterSizeBytes(32)
                        .withArgument("x-of-a-plugin", "y")
                        .arguments())
                .isEqualTo(Map.ofEntries(
                        Map.entry("x-queue-type", "quorum"),
                        Map.entry("x-message-ttl", 2_000L),
                        Map.entry("x-expires", 60_000L),
                        Map.entry("x-max-length", 10L),
                        Map.entry("x-max-length-bytes", 1_000L),
                        Map.entry("x-overflow", "reject-publish-dlx"),
                        Map.entry("x-dead-letter-exchange", "dlx"),
                        Map.entry("x-dead-letter-routing-key", "dead"),
                        Map.entry("x-dead-letter-strategy", "at-least-once"),
                        Map.entry("x-single-active-consumer", true),
                        Map.entry("x-consumer-timeout", 5_000L),
                        Map.entry("x-consumer-disconnected-timeout", 6_000L),
                        Map.entry("x-max-priority", 5),
                        Map.entry("x-queue-version", 2),
                        Map.entry("x-queue-mode", "lazy"),
                        Map.entry("x-delivery-limit", 3L),
                        Map.entry("x-quorum-initial-group-size", 3L),
                        Map.entry("x-quorum-target-group-size", 5L),
                        Map.entry("x-delayed-retry-type", "failed"),
                        Map.entry("x-delayed-retry-min", 1L),
                        Map.entry("x-delayed-retry-max", 2L),
                        Map.entry("x-queue-leader-locator", "balanced"),
                        Map.entry("x-initial-cluster-size", 1L),
                        Map.entry("x-max-age", "604800s"),
                        Map.entry("x-stream-max-segment-size-bytes", 500_000_000L),
                        Map.entry("x-stream-filter-size-bytes", 32),
                        Map.entry("x-of-a-plugin", "y")));
        assertThat(QUEUE.withUnlimitedDeliveries().arguments()).isEqualTo(Map.of("x-delivery-limit", -1L));
        assertThat(QUEUE.withDeadLetterExchange("").arguments()).isEqualTo(Map.of("x-dead-letter-exchange", ""));
    }

    @Test
    void constantsAreTheBrokersWords() {
        assertThat(List.of(QueueType.values()))
                .extracting(QueueType::argument)
                .containsExactly("classic", "quorum", "stream");
        assertThat(List.of(Overflow.values()))
                .extracting(Overflow::argument)
                .containsExactly("drop-head", "reject-publish", "reject-publish-dlx");
        assertThat(List.of(DeadLetterStrategy.values()))
                .extracting(DeadLetterStrategy::argument)
                .containsExactly("at-most-once", "at-least-once");
        assertThat(List.of(LeaderLocator.values()))
                .extracting(LeaderLocator::argument)
                .containsExactly("client-local", "balanced");
        assertThat(List.of(DelayedRetryType.values()))
                .extracting(DelayedRetryType::argument)
                .containsExactly("disabled", "all", "failed", "returned");
        assertThat(List.of(HeadersMatch.values()))
                .extracting(HeadersMatch::argument)
                .containsExactly("all", "any", "all-with-x", "any-with-x");
    }

    static List<Supplier<Object>> impossible() {
        return List.of(
                () -> QUEUE.withMessageTtl(Duration.ofMillis(-1)),
                () -> QUEUE.withMessageTtl(Duration.ofSeconds(Long.MAX_VALUE)),
                () -> QUEUE.withExpires(Duration.ZERO),
                () -> QUEUE.withExpires(Duration.ofNanos(999_999)),
                () -> QUEUE.withMaxLength(-1),
                () -> QUEUE.withMaxLengthBytes(-1),
                () -> QUEUE.withMaxPriority(-1),
                () -> QUEUE.withMaxPriority(256),
                () -> QUEUE.withVersion(3),
                () -> QUEUE.withDeliveryLimit(-1),
                () -> QUEUE.withInitialGroupSize(0),
                () -> QUEUE.withTargetGroupSize(0),
                () -> QUEUE.withInitialClusterSize(0),
                () -> QUEUE.withConsumerTimeout(Duration.ZERO),
                () -> QUEUE.withConsumerDisconnectedTimeout(Duration.ZERO),
                () -> QUEUE.withDelayedRetry(DelayedRetryType.ALL, Duration.ZERO, Duration.ofSeconds(1)),
                () -> QUEUE.withDelayedRetry(DelayedRetryType.ALL, Duration.ofSeconds(2), Duration.ofSeconds(1)),
                () -> QUEUE.withMaxAge(Duration.ofMillis(999)),
                () -> QUEUE.withMaxSegmentSizeBytes(0),
                () -> QUEUE.withMaxSegmentSizeBytes(3_000_000_001L),
                () -> QUEUE.withStreamFilterSizeBytes(15),
                () -> QUEUE.withStreamFilterSizeBytes(256),
                () -> QUEUE.withDeadLetterExchange("x".repeat(256)),
                () -> QUEUE.withDeadLetterExchange("x", "k".repeat(256)),
                () -> ExchangeSpec.recentHistory("x", 0),
                () -> ExchangeSpec.delayedMessage("x", "k".repeat(256)),
                () -> ExchangeSpec.direct("x").withAlternateExchange("k".repeat(256)),
                () -> BindingSpec.toQueueByWeight("x", "q", 0),
                () -> ConsumeOptions.of("q").withConsumerTimeout(Duration.ZERO),
                () -> StreamOffset.at(-1),
                () -> StreamOffset.at(Instant.ofEpochSecond(-1)),
                () -> StreamOffset.since(Duration.ofMillis(999)));
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void valuesThatTheBrokerWouldRefuseAreRefusedAtTheCall(Supplier<Object> call) {
        assertThatThrownBy(call::get).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void exchangesOfEveryTypeCarryTheirArguments() {
        assertThat(List.of(
                        ExchangeSpec.localRandom("x"),
                        ExchangeSpec.random("x"),
                        ExchangeSpec.consistentHash("x"),
                        ExchangeSpec.modulusHash("x"),
                        ExchangeSpec.recentHistory("x", 5),
                        ExchangeSpec.delayedMessage("x", "topic")))
                .extracting(ExchangeSpec::type)
                .containsExactly(
                        "x-local-random",
                        "x-random",
                        "x-consistent-hash",
                        "x-modulus-hash",
                        "x-recent-history",
                        "x-delayed-message");
        assertThat(ExchangeSpec.recentHistory("x", 5).arguments()).isEqualTo(Map.of("x-recent-history-length", 5L));
        assertThat(ExchangeSpec.delayedMessage("x", "topic").arguments()).isEqualTo(Map.of("x-delayed-type", "topic"));
        assertThat(ExchangeSpec.consistentHash("x")
                        .withHashHeader("h")
                        .withHashProperty("message_id")
                        .withAlternateExchange("y")
                        .arguments())
                .isEqualTo(Map.of("hash-header", "h", "hash-property", "message_id", "alternate-exchange", "y"));
    }

    @Test
    void bindingsSayWhatHeadersAndWeightsTheyWant() {
        assertThat(BindingSpec.toQueueByWeight("x", "q", 20)).isEqualTo(BindingSpec.toQueue("x", "q", "20"));
        BindingSpec binding = BindingSpec.toQueue("x", "q", "")
                .withMatch(HeadersMatch.ANY_WITH_X)
                .withHeader("colour", "red")
                .withHeaderPresent("size");
        assertThat(binding.arguments())
                .containsEntry("x-match", "any-with-x")
                .containsEntry("colour", "red")
                .containsEntry("size", null)
                .hasSize(3);
        assertThat(BindingSpec.toQueue("x", "q", "").withHeaderPresent("size").arguments())
                .isEqualTo(Collections.singletonMap("size", null));
    }

    @Test
    void consumersSayWhatTheyWant() {
        ConsumeOptions options = ConsumeOptions.of("q")
                .withPriority(-5)
                .withStreamOffset(StreamOffset.at(7))
                .withStreamFilter("a", "b")
                .withStreamMatchUnfiltered(true)
                .withConsumerTimeout(Duration.ofMinutes(1));
        assertThat(options.arguments())
                .isEqualTo(Map.of(
                        "x-priority",
                        -5,
                        "x-stream-offset",
                        7L,
                        "x-stream-filter",
                        List.of("a", "b"),
                        "x-stream-match-unfiltered",
                        true,
                        "x-consumer-timeout",
                        60_000L));
        assertThat(ConsumeOptions.directReplyTo().queue()).isEqualTo("amq.rabbitmq.reply-to");
        assertThat(ConsumeOptions.directReplyTo().autoAck()).isTrue();
    }

    @Test
    void aStreamOffsetHasTheTypeThatTheBrokerReads() {
        assertThat(List.of(
                        StreamOffset.first(),
                        StreamOffset.last(),
                        StreamOffset.next(),
                        StreamOffset.at(5),
                        StreamOffset.at(Instant.parse("2026-01-02T03:04:05.678Z")),
                        StreamOffset.since(Duration.ofHours(1))))
                .extracting(StreamOffset::argument)
                .containsExactly("first", "last", "next", 5L, Instant.parse("2026-01-02T03:04:05Z"), "3600s");
        assertThat(StreamOffset.at(5))
                .isEqualTo(StreamOffset.at(5))
                .hasSameHashCodeAs(StreamOffset.at(5))
                .isNotEqualTo(StreamOffset.at(6))
                .hasToString("StreamOffset[5]");
    }

    @Test
    void copiesGoInAListOfRoutingKeys() {
        BasicProperties properties = BasicProperties.builder()
                .cc("a", "b")
                .bcc("c")
                .streamFilterValue("red")
                .build();
        assertThat(properties.headers())
                .isEqualTo(Map.of("CC", List.of("a", "b"), "BCC", List.of("c"), "x-stream-filter-value", "red"));
    }

    static List<Object> noRoutingKeys() {
        return List.of("a", 5, List.of("a", 5), List.of(new byte[1]), List.of("x".repeat(256)), Map.of("a", "b"));
    }

    @ParameterizedTest
    @MethodSource("noRoutingKeys")
    void copiesThatTheBrokerWouldRefuseOrIgnoreAreRefusedAtTheCall(Object value) {
        for (String header : List.of("CC", "BCC")) {
            assertNotPublishable(BasicProperties.builder().header(header, value).build(), header);
        }
    }

    @Test
    void copiesToNothingAreRefusedToo() {
        assertNotPublishable(
                BasicProperties.builder()
                        .headers(Collections.singletonMap("CC", null))
                        .build(),
                "CC");
    }

    private static void assertNotPublishable(BasicProperties properties, String header) {
        OutboundMessage message = OutboundMessage.toQueue("q", new byte[0]);
        assertThatThrownBy(() -> message.withProperties(properties))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(header);
    }
}
