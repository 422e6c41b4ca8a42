package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    private static final long SEED = 4711;

    private static byte[] encode(String text) {
        byte[] bytes = Bytes.written(out -> Utf8.write(out, text));
        assertThat(Utf8.length(text)).isEqualTo(bytes.length);
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "order.created",
                "caf\u00e9",
                "\u20ac 5",
                "\uD83D\uDC07",
                "a\u0000b",
                "\uFFFD",
                "\u07ff\u0800"
            })
    void validTextIsEncodedAsJavaDoes(String text) {
        assertThat(encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
        assertThat(Utf8.decode(encode(text))).isEqualTo(text);
        assertThat(Utf8.decodeValid(encode(text), 0, encode(text).length)).isEqualTo(text);
    }

    @Test
    void everyCodePointGoesThereAndBack() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point += point < 0x3000 ? 1 : 97) {
            if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
                continue;
            }
            String text = "k" + Character.toString(point);
            assertThat(encode(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
            assertThat(Utf8.decode(encode(text))).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ff, \\uDCFF",
        "'61 80 62', a\\uDC80b",
        "c3, \\uDCC3",
        "'c3 28', \\uDCC3(",
        "'e2 82', \\uDCE2\\uDC82",
        "'e2 28 a1', \\uDCE2(\\uDCA1",
        "'f0 9f 90', \\uDCF0\\uDC9F\\uDC90",
        "'c0 af', \\uDCC0\\uDCAF",
        "'ed b2 80', \\uDCED\\uDCB2\\uDC80",
        "'f4 90 80 80', \\uDCF4\\uDC90\\uDC80\\uDC80",
        "'c3 a9 e9', \\u00e9\\uDCE9"
    })
    void bytesThatAreNotUtf8AreEscapedOneByOne(String hex, String escaped) {
        byte[] bytes = Bytes.array(hex);
        assertThat(Utf8.decodeValid(bytes, 0, bytes.length)).isNull();
        assertThat(Utf8.decode(bytes)).isEqualTo(unescape(escaped));
        assertThat(encode(Utf8.decode(bytes))).isEqualTo(bytes);
    }

    @Test
    void bytesAroundAPartDoNotMatter() {
        byte[] bytes = Bytes.array("c3 c3 a9 ef bf bd ff 80");

        assertThat(Utf8.decodeValid(bytes, 1, 5)).isEqualTo("\u00e9\ufffd");
        assertThat(Utf8.decodeValid(bytes, 1, 6)).isNull();
        assertThat(Utf8.decode(bytes, 1, 6)).isEqualTo("\u00e9\ufffd\udcff");
    }

    private static String unescape(String text) {
        StringBuilder unescaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\u", i)) {
                unescaped.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                i += 5;
            } else {
                unescaped.append(text.charAt(i));
            }
        }
        return unescaped.toString();
    }

    @Test
    void anyBytesComeBackAsTheyWereAndNoTwoBecomeTheSameText() {
        Random random = new Random(SEED);
        Set<String> texts = new HashSet<>();
        Set<String> inputs = new HashSet<>();
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(12)];
            random.nextBytes(bytes);
            String text = Utf8.decode(bytes);
            assertThat(encode(text)).as("seed %d, round %d", SEED, i).isEqualTo(bytes);
            texts.add(text);
            inputs.add(new String(bytes, StandardCharsets.ISO_8859_1));
        }
        assertThat(texts).hasSameSizeAs(inputs);
    }

    @ParameterizedTest
    @ValueSource(ints = {0xD800, 0xDBFF, 0xDC00, 0xDC7F, 0xDD00, 0xDFFF})
    void unpairedSurrogatesThatAreNoEscapesAreRefusedAndNotReplaced(int surrogate) {
        String text = "ab" + (char) surrogate;
        String message = String.format("the surrogate U+%04X at index 2 is unpaired, it has no UTF-8", surrogate);
        assertThatThrownBy(() -> encode(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> Utf8.length(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}
