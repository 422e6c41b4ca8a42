package dev.leveret.amqp.oauth2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokenTest {

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
        assertThat(token.bytes()).isEqualTo("s3cret".getBytes(StandardCharsets.UTF_8));
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
