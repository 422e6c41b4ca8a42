package dev.leveret.amqp.oauth2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"access_token\":\"\"}",
                "{\"access_token\":7}",
                "{\"access_token\":\"s3cret\",\"token_type\":\"mac\"}",
                "{\"access_token\":\"s3cret\",\"token_type\":7}",
                "{\"access_token\":\"s3cret\",\"expires_in\":0}",
                "{\"access_token\":\"s3cret\",\"expires_in\":-1}",
                "{\"access_token\":\"s3cret\",\"expires_in\":\"soon\"}",
                "{\"access_token\":\"s3cret\",\"expires_in\":true}"
            })
    void whatIsNoTokenIsRefusedAndNotQuoted(String response) {
        assertThatThrownBy(() -> AccessToken.of(response))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aTokenSaysHowLongItIsValidOrNot() {
        AccessToken token =
                AccessToken.of("{\"access_token\":\"s3cret\",\"token_type\":\"Bearer\",\"expires_in\":3600,\"x\":{}}");
        assertThat(token.bytes()).isEqualTo("s3cret".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(token.life()).contains(Duration.ofHours(1));
        assertThat(token.toString()).doesNotContain("s3cret");
        assertThat(AccessToken.of("{\"access_token\":\"t\",\"expires_in\":\"60\"}")
                        .life())
                .contains(Duration.ofMinutes(1));
        assertThat(AccessToken.of("{\"access_token\":\"t\",\"expires_in\":1e30}")
                        .life())
                .contains(Duration.ofDays(3650));
        assertThat(AccessToken.of("{\"access_token\":\"t\"}").life()).isEmpty();
    }
}
