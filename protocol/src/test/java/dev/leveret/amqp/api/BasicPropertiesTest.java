package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BasicPropertiesTest {

    private static BasicProperties full() {
        return BasicProperties.builder()
                .contentType("text/plain")
                .contentEncoding("gzip")
                .header("h", 1)
                .deliveryMode(2)
                .priority(9)
                .correlationId("c")
                .replyTo("r")
                .expiration("1000")
                .messageId("m")
                .timestamp(Instant.ofEpochSecond(5))
                .type("t")
                .userId("u")
                .appId("a")
                .clusterId("k")
                .build();
    }

    static List<BiFunction<BasicProperties.Builder, String, BasicProperties.Builder>> textSetters() {
        return List.of(
                BasicProperties.Builder::contentType,
                BasicProperties.Builder::contentEncoding,
                BasicProperties.Builder::correlationId,
                BasicProperties.Builder::replyTo,
                BasicProperties.Builder::expiration,
                BasicProperties.Builder::messageId,
                BasicProperties.Builder::type,
                BasicProperties.Builder::userId,
                BasicProperties.Builder::appId,
                BasicProperties.Builder::clusterId);
    }

    @ParameterizedTest
    @MethodSource("textSetters")
    void textsAreBoundedByBytesNotCharacters(
            BiFunction<BasicProperties.Builder, String, BasicProperties.Builder> setter) {
        setter.apply(BasicProperties.builder(), "x".repeat(255)).build();
        setter.apply(BasicProperties.builder(), "\u20ac".repeat(85)).build();
        setter.apply(BasicProperties.builder(), "\uD83D\uDC07".repeat(63)).build();
        for (String tooLong : List.of("x".repeat(256), "\u20ac".repeat(86), "\uD83D\uDC07".repeat(64))) {
            assertThatThrownBy(() -> setter.apply(BasicProperties.builder(), tooLong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bytes of UTF-8");
        }
        assertThatThrownBy(() -> setter.apply(BasicProperties.builder(), "a\uD800"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 256})
    void octetsAreBounded(int value) {
        assertThatThrownBy(() -> BasicProperties.builder().deliveryMode(value))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> BasicProperties.builder().priority(value))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExpirationIsWholeMillisecondsOfAnUnsignedInteger() {
        assertThat(BasicProperties.builder()
                        .expiration(Duration.ofNanos(1_999_999))
                        .build()
                        .expiration())
                .isEqualTo("1");
        assertThat(BasicProperties.builder().expiration(Duration.ZERO).build().expiration())
                .isEqualTo("0");
        assertThat(BasicProperties.builder()
                        .expiration(Duration.ofMillis(0xFFFF_FFFFL))
                        .build()
                        .expiration())
                .isEqualTo("4294967295");
        for (Duration impossible : List.of(Duration.ofMillis(-1), Duration.ofMillis(0x1_0000_0000L))) {
            assertThatThrownBy(() -> BasicProperties.builder().expiration(impossible))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> BasicProperties.builder().expiration(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTimestampIsCutToSeconds() {
        Instant precise = Instant.ofEpochSecond(7, 999_999_999);
        assertThat(BasicProperties.builder().timestamp(precise).build().timestamp())
                .isEqualTo(Instant.ofEpochSecond(7));
        assertThat(BasicProperties.builder()
                        .header("h", List.of(precise))
                        .build()
                        .header("h"))
                .as("in headers too: AMQP carries no more")
                .isEqualTo(List.of(Instant.ofEpochSecond(7)));
    }

    @Test
    void aCopyHasEverything() {
        assertThat(full().toBuilder().build())
                .isEqualTo(full())
                .usingRecursiveComparison()
                .isEqualTo(full());
        assertThat(full().toBuilder().build()).hasSameHashCodeAs(full());
    }

    @Test
    void everyPropertyCountsForEquality() {
        List<BasicProperties> different = List.of(
                full().toBuilder().contentType(null).build(),
                full().toBuilder().contentEncoding(null).build(),
                full().toBuilder().header("h", 2).build(),
                full().toBuilder().deliveryMode(null).build(),
                full().toBuilder().priority(null).build(),
                full().toBuilder().correlationId(null).build(),
                full().toBuilder().replyTo(null).build(),
                full().toBuilder().expiration((String) null).build(),
                full().toBuilder().messageId(null).build(),
                full().toBuilder().timestamp(null).build(),
                full().toBuilder().type(null).build(),
                full().toBuilder().userId(null).build(),
                full().toBuilder().appId(null).build(),
                full().toBuilder().clusterId(null).build());
        assertThat(different).doesNotContain(full()).doesNotHaveDuplicates();
    }

    @Test
    void headersAreEqualByTheirBytes() {
        BasicProperties one =
                BasicProperties.builder().header("b", new byte[] {1}).build();
        BasicProperties same =
                BasicProperties.builder().header("b", new byte[] {1}).build();
        BasicProperties other =
                BasicProperties.builder().header("b", new byte[] {2}).build();
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
        assertThat(BasicProperties.builder()
                        .header("l", List.of(new byte[] {1}))
                        .build())
                .isEqualTo(BasicProperties.builder()
                        .header("l", List.of(new byte[] {1}))
                        .build());
        assertThat(BasicProperties.builder().header("x", null).build()).isNotEqualTo(BasicProperties.EMPTY);
    }

    @Test
    void whatIsNotSetIsNull() {
        assertThat(BasicProperties.EMPTY.contentType()).isNull();
        assertThat(BasicProperties.EMPTY.timestamp()).isNull();
        assertThat(BasicProperties.EMPTY.headers()).isEmpty();
        assertThat(BasicProperties.EMPTY.header("h")).isNull();
        assertThat(BasicProperties.EMPTY.persistent()).isFalse();
        assertThat(BasicProperties.EMPTY).hasToString("BasicProperties{}");
    }

    @Test
    void persistentIsDeliveryModeTwo() {
        assertThat(BasicProperties.builder().persistent(true).build().deliveryMode())
                .isEqualTo(2);
        assertThat(BasicProperties.builder().persistent(false).build().deliveryMode())
                .isEqualTo(1);
        assertThat(BasicProperties.builder().deliveryMode(2).build().persistent())
                .isTrue();
        assertThat(BasicProperties.builder().deliveryMode(1).build().persistent())
                .isFalse();
    }

    @Test
    void theTextShowsHeadersByNameOnly() {
        String text = BasicProperties.builder()
                .header("token", "s3cret")
                .messageId("m")
                .build()
                .toString();
        assertThat(text).isEqualTo("BasicProperties{headers=[token], messageId=m}");
    }

    @Test
    void headersAreCopiedAndCannotBeChanged() {
        Map<String, Object> inner = new HashMap<>(Map.of("a", 1));
        BasicProperties properties =
                BasicProperties.builder().header("t", inner).build();
        inner.put("b", 2);
        assertThat(properties.header("t")).isEqualTo(Map.of("a", 1));
        assertThatThrownBy(() -> properties.headers().put("x", 1)).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> ((Map<?, ?>) properties.header("t")).clear())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void headersMayBeOfEveryTypeOfATable() {
        List<Object> values = Arrays.asList(
                true,
                (byte) 1,
                (short) 2,
                3,
                4L,
                5f,
                6d,
                new BigDecimal("7.8"),
                "s",
                new byte[] {9},
                Instant.ofEpochSecond(10),
                null,
                List.of(1, List.of("x")),
                Map.of("k", Map.of("l", 1)));
        Map<String, Object> headers = new HashMap<>();
        values.forEach(it -> headers.put("h" + headers.size(), it));
        assertThat(BasicProperties.builder().headers(headers).build().headers()).isEqualTo(headers);
    }

    static List<Object> impossibleHeaders() {
        Map<Object, Object> numbered = new HashMap<>();
        numbered.put(1, "x");
        Object deep = "x";
        for (int i = 0; i < 33; i++) {
            deep = Collections.singletonList(deep);
        }
        return List.of(
                'c',
                new StringBuilder("s"),
                new Object(),
                java.math.BigInteger.ONE,
                new int[] {1},
                List.of(new Object()),
                Map.of("k", new Object()),
                numbered,
                deep,
                "\uD800",
                new BigDecimal("1e-256"),
                new BigDecimal("2147483648"),
                new BigDecimal("1e3"));
    }

    @ParameterizedTest
    @MethodSource("impossibleHeaders")
    void whatAmqpCannotCarryIsRefusedAtTheCall(Object value) {
        assertThatThrownBy(() -> BasicProperties.builder().header("name", value).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
    }

    @Test
    void aHeadersNameIsAShortString() {
        assertThatThrownBy(() ->
                        BasicProperties.builder().header("x".repeat(256), 1).build())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
