package dev.leveret.amqp.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "\"s3cret\"",
                "{",
                "{}{}",
                "{} s3cret",
                "{s3cret:1}",
                "{'a':1}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":[1,]}",
                "{\"a\":[1 2]}",
                "{\"a\":tru}",
                "{\"a\":s3cret}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":1e}",
                "{\"a\":1e9999}",
                "{\"a\":-}",
                "{\"a\":NaN}",
                "{\"a\":\"s3cret}",
                "{\"a\":\"s3cret\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u12zz\"}",
                "<html>s3cret</html>",
                "// s3cret\n{}"
            })
    void whatIsNoObjectIsRefusedAndNotQuoted(String text) {
        assertThatThrownBy(() -> Json.object(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("position")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void nestingHasItsLimits() {
        assertThatThrownBy(() -> Json.object("{\"a\":" + "[".repeat(100_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deeply");
        assertThat(Json.object("{\"a\":" + "[".repeat(30) + "]".repeat(30) + "}"))
                .hasSize(1);
    }

    @Test
    void everyKindOfValueIsRead() {
        assertThat(Json.object(
                        " {\"s\" : \"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDC07\", \"n\":-1.5e2 ,\"t\":true,\"f\":false,"
                                + "\"z\":null,\"l\":[1, \"x\",[] ],\"o\":{\"in\":{}}}\r\n"))
                .containsEntry("s", "a\"\\/\b\f\n\r\t\u00e9\uD83D\uDC07")
                .containsEntry("n", new BigDecimal("-1.5e2"))
                .containsEntry("t", true)
                .containsEntry("f", false)
                .containsEntry("z", null)
                .containsEntry("l", Arrays.asList(BigDecimal.ONE, "x", List.of()))
                .containsEntry("o", Map.of("in", Map.of()));
    }

    // ---- tokens ---------------------------------------------------------------------------------------------------

    @Test
    void whatIsWrittenIsReadAgain() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "\"\\/\b\n\u0001\u007f \u00e4 \u20ac \ud83d\udc07");
        value.put("numbers", List.of(0, -1L, (short) 2, (byte) 3, Long.MIN_VALUE, 1.5, 2.5f));
        value.put("words", Arrays.asList(true, false, null));
        value.put("empty", List.of(Map.of(), List.of(), ""));
        Map<String, Object> read = Json.object(JsonText.of("a value", value));
        assertThat(read.get("text")).isEqualTo(value.get("text"));
        assertThat((List<?>) read.get("numbers"))
                .isEqualTo(List.of(
                        new BigDecimal("0"),
                        new BigDecimal("-1"),
                        new BigDecimal("2"),
                        new BigDecimal("3"),
                        new BigDecimal(Long.MIN_VALUE),
                        new BigDecimal("1.5"),
                        new BigDecimal("2.5")));
        assertThat(read.get("words")).isEqualTo(value.get("words"));
        assertThat(read.get("empty")).isEqualTo(value.get("empty"));
    }

    @Test
    void whatJsonHasNotIsRefusedByName() {
        for (Object impossible : List.of(Double.NaN, Float.POSITIVE_INFINITY, new byte[1], "\udc80", "\ud83d")) {
            assertThatThrownBy(() -> JsonText.of("queue 'q'", Map.of("a", List.of(impossible))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("queue 'q' 'a' is");
        }
    }
}
