package dev.leveret.jms.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TypedJsonTest {

    private static final List<Object> SPECIAL = List.of(
            Double.NaN,
            Double.NEGATIVE_INFINITY,
            -0.0,
            Double.MIN_VALUE,
            Double.MAX_VALUE,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            -0.0f,
            Float.MIN_VALUE,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Byte.MIN_VALUE,
            Short.MIN_VALUE,
            '\0',
            '\ud800',
            '\udc00',
            "\0\u001f\"\\/\b\f\n\r\t\u2028",
            "\ud800",
            "\udc00\ud800",
            "\ud83d\ude00",
            "",
            new byte[0],
            new byte[] {0, -1, 127, -128});

    @Test
    void everyValueComesBackTheSame() {
        assertThat(TypedJsonReader.list(sent(TypedJsonWriter.ofList(new ArrayList<>(SPECIAL)))))
                .hasValueSatisfying(it -> {
                    for (int i = 0; i < SPECIAL.size(); i++) {
                        assertThat(it.get(i)).isEqualTo(SPECIAL.get(i));
                    }
                });
        Map<String, Object> map = new LinkedHashMap<>();
        SPECIAL.forEach(it -> map.put("\"name\" \ud800 " + map.size(), it));
        assertThat(TypedJsonReader.map(sent(TypedJsonWriter.ofMap(map)))).hasValueSatisfying(it -> {
            assertThat(it.keySet()).containsExactlyElementsOf(map.keySet());
            map.forEach((name, value) -> assertThat(it.get(name)).isEqualTo(value));
        });
    }

    /** As UTF-8, in which every text of ours can be written. */
    private static String sent(String json) {
        byte[] octets = json.getBytes(StandardCharsets.UTF_8);
        String received = new String(octets, StandardCharsets.UTF_8);
        assertThat(received).isEqualTo(json);
        return received;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "}",
                "[]",
                "null",
                "{\"a\":1}x",
                "{\"a\":1,}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1,\"a\":2}",
                "{\"a\"}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":+1}",
                "{\"a\":-}",
                "{\"a\":1e}",
                "{\"a\":0x1}",
                "{\"a\":99999999999999999999}",
                "{\"a\":NaN}",
                "{\"a\":truth}",
                "{\"a\":\"x}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":[]}",
                "{\"a\":{}}",
                "{\"a\":{\"b\":1}}",
                "{\"a\":{\"long\":1,\"int\":2}}",
                "{\"a\":{\"byte\":300}}",
                "{\"a\":{\"char\":\"xy\"}}",
                "{\"a\":{\"char\":\"\"}}",
                "{\"a\":{\"bytes\":\"?\"}}",
                "{\"a\":{\"long\":{\"long\":1}}}",
                "{\"a\":1}\u0000"
            })
    void whatIsNoMapIsNone(String text) {
        assertThat(TypedJsonReader.map(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[", "{}", "[1", "[1,]", "[,1]", "[[]]", "[1]]", "1"})
    void whatIsNoListIsNone(String text) {
        assertThat(TypedJsonReader.list(text)).isEmpty();
    }

    @Test
    void nestingIsNotFollowed() {
        assertThat(TypedJsonReader.list("[".repeat(1_000_000))).isEmpty();
        assertThat(TypedJsonReader.map("{\"a\":".repeat(1_000_000))).isEmpty();
    }

    @Test
    void numbersOfOthersAreTheSmallestTypeThatHoldsThem() {
        assertThat(TypedJsonReader.list(" [ 1 , -2147483649 , 1.0 , 1E2 , {\"long\" : 1} , {\"double\":\"2\"} ] "))
                .hasValue(List.of(1, -2147483649L, 1.0, 100.0, 1L, 2.0));
    }

    @Test
    void noTextBreaksTheReader() {
        Random random = new Random(1);
        String whole = TypedJsonWriter.ofList(new ArrayList<>(SPECIAL));
        String alphabet = whole + "[]{},:\"\\ue1-.+ ";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder(whole);
            for (int i = random.nextInt(4); i >= 0; i--) {
                text.setCharAt(random.nextInt(text.length()), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            text.setLength(random.nextInt(text.length()) + 1);
            TypedJsonReader.list(text.toString())
                    .ifPresent(it -> assertThat(it).hasSizeLessThanOrEqualTo(text.length()));
            TypedJsonReader.map("{\"a\":" + text.substring(1));
        }
    }
}
