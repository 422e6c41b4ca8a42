package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DictLiteralTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s3cret",
                "{",
                "{'s3cret'",
                "{'s3cret'}",
                "{'a': s3cret}",
                "{'a': 's3cret}",
                "{'a': 's3cret' 'b': 1}",
                "{'a': 1} s3cret",
                "{s3cret: 1}",
                "{'a': 1, 'a': 2}",
                "{'a': [1, 2}",
                "{'a': '\\s3cret'}",
                "{'a': 1.2.3}",
                "{'a': 99999999999999999999}",
                "{'a': -}",
                "{'a': NaN}",
                "{'a': __import__('os')}",
                "{1: 2}",
            })
    void anythingElseIsRefusedAndNotQuoted(String text) {
        assertThatThrownBy(() -> DictLiteral.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("position")
                .hasMessageNotContaining("s3cret")
                .hasNoCause();
    }

    @Test
    void nestingHasALimit() {
        String deep = "{'a': ".repeat(10_000);
        assertThatThrownBy(() -> DictLiteral.parse(deep)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void pythonsAndJsonsWaysOfWritingAreUnderstood() {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("s", "it's");
        expected.put("t", "\"x\" \\");
        expected.put("i", 3);
        expected.put("n", -5);
        expected.put("l", 5_000_000_000L);
        expected.put("d", 0.5);
        expected.put("b", true);
        expected.put("c", false);
        expected.put("e", null);
        expected.put("list", Arrays.asList(1, "x", null, List.of()));
        expected.put("dict", Map.of("in", Map.of()));
        assertThat(DictLiteral.parse(
                        " { 's' : 'it\\'s', \"t\": \"\\\"x\\\" \\\\\", 'i': 3, 'n': -5, 'l': 5000000000, 'd': 0.5,"
                                + " 'b': True, 'c': false, 'e': None, 'list': [1, 'x', null, []],"
                                + " 'dict': {'in': {}},} "))
                .isEqualTo(expected);
        assertThat(DictLiteral.parse("{}")).isEmpty();
    }
}
