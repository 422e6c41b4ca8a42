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

class PropertiesTest {

    private static Properties full() {
        return Properties.builder()
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

    static List<BiFunction<Properties.Builder, String, Properties.Builder>> textSetters() {
        return List.of(
                Properties.Builder::contentType,
                Properties.Builder::contentEncoding,
                Properties.Builder::correlationId,
                Properties.Builder::replyTo,
                Properties.Builder::expiration,
                Properties.Builder::messageId,
                Properties.Builder::type,
                Properties.Builder::userId,
                Properties.Builder::appId,
                Properties.Builder::clusterId);
    }

    @ParameterizedTest
    @MethodSource("textSetters")
    void textsAreBoundedByBytesNotCharacters(BiFunction<Properties.Builder, String, Properties.Builder> setter) {
        setter.apply(Properties.builder(), "x".repeat(255)).build();
        setter.apply(Properties.builder(), "\u20ac".repeat(85)).build();
        setter.apply(Properties.builder(), "\uD83D\uDC07".repeat(63)).build();
        for (String tooLong : List.of("x".repeat(256), "\u20ac".repeat(86), "\uD83D\uDC07".repeat(64))) {
            assertThatThrownBy(() -> setter.apply(Properties.builder(), tooLong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bytes of UTF-8");
        }
        assertThatThrownBy(() -> setter.apply(Properties.builder(), "a\uD800"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 256})
    void octetsAreBounded(int value) {
        assertThatThrownBy(() -> Properties.builder().deliveryMode(value)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Properties.builder().priority(value)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExpirationIsWholeMillisecondsOfAnUnsignedInteger() {
        assertThat(Properties.builder()
                        .expiration(Duration.ofNanos(1_999_999))
                        .build()
                        .expiration())
                .isEqualTo("1");
        assertThat(Properties.builder().expiration(Duration.ZERO).build().expiration())
                .isEqualTo("0");
        assertThat(Properties.builder()
                        .expiration(Duration.ofMillis(0xFFFF_FFFFL))
                        .build()
                        .expiration())
                .isEqualTo("4294967295");
        for (Duration impossible : List.of(Duration.ofMillis(-1), Duration.ofMillis(0x1_0000_0000L))) {
            assertThatThrownBy(() -> Properties.builder().expiration(impossible))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> Properties.builder().expiration(Duration.ofSeconds(Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTimestampIsCutToSeconds() {
        Instant precise = Instant.ofEpochSecond(7, 999_999_999);
        assertThat(Properties.builder().timestamp(precise).build().timestamp()).isEqualTo(Instant.ofEpochSecond(7));
        assertThat(Properties.builder().header("h", List.of(precise)).build().header("h"))
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
        List<Properties> different = List.of(
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
        Properties one = Properties.builder().header("b", new byte[] {1}).build();
        Properties same = Properties.builder().header("b", new byte[] {1}).build();
        Properties other = Properties.builder().header("b", new byte[] {2}).build();
        assertThat(one).isEqualTo(same).hasSameHashCodeAs(same).isNotEqualTo(other);
        assertThat(Properties.builder().header("l", List.of(new byte[] {1})).build())
                .isEqualTo(Properties.builder()
                        .header("l", List.of(new byte[] {1}))
                        .build());
        assertThat(Properties.builder().header("x", null).build()).isNotEqualTo(Properties.EMPTY);
    }

    @Test
    void whatIsNotSetIsNull() {
        assertThat(Properties.EMPTY.contentType()).isNull();
        assertThat(Properties.EMPTY.timestamp()).isNull();
        assertThat(Properties.EMPTY.headers()).isEmpty();
        assertThat(Properties.EMPTY.header("h")).isNull();
        assertThat(Properties.EMPTY.persistent()).isFalse();
        assertThat(Properties.EMPTY).hasToString("Properties{}");
    }

    @Test
    void persistentIsDeliveryModeTwo() {
        assertThat(Properties.builder().persistent(true).build().deliveryMode()).isEqualTo(2);
        assertThat(Properties.builder().persistent(false).build().deliveryMode())
                .isEqualTo(1);
        assertThat(Properties.builder().deliveryMode(2).build().persistent()).isTrue();
        assertThat(Properties.builder().deliveryMode(1).build().persistent()).isFalse();
    }

    @Test
    void theTextShowsHeadersByNameOnly() {
        String text = Properties.builder()
                .header("token", "s3cret")
                .messageId("m")
                .build()
                .toString();
        assertThat(text).isEqualTo("Properties{headers=[token], messageId=m}");
    }

    @Test
    void headersAreCopiedAndCannotBeChanged() {
        Map<String, Object> inner = new HashMap<>(Map.of("a", 1));
        Properties properties = Properties.builder().header("t", inner).build();
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
        assertThat(Properties.builder().headers(headers).build().headers()).isEqualTo(headers);
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
        assertThatThrownBy(() -> Properties.builder().header("name", value).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name");
    }

    @Test
    void aHeadersNameIsAShortString() {
        assertThatThrownBy(() -> Properties.builder().header("x".repeat(256), 1).build())
                .isInstanceOf(IllegalArgumentException.class);
    }
}
