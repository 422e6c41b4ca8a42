package dev.leveret.amqp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MethodTest {

    private static byte[] secret() {
        return "s3cret".getBytes(StandardCharsets.US_ASCII);
    }

    static List<Method> methodsWithSecrets() {
        return List.of(
                new ConnectionMethod.StartOk(Map.of("product", "p"), "PLAIN", secret(), "en_US"),
                new ConnectionMethod.Secure(secret()),
                new ConnectionMethod.SecureOk(secret()),
                new ConnectionMethod.UpdateSecret(secret(), "refresh"));
    }

    @ParameterizedTest
    @MethodSource("methodsWithSecrets")
    void textOfAMethodNeverShowsASecret(Method method) {
        assertThat(method.toString())
                .contains("***")
                .doesNotContain("s3cret")
                .doesNotContain("115") // 's', as Arrays.toString would show it
                .doesNotContain("[B@");
    }

    @Test
    void otherArgumentsAreShown() {
        assertThat(methodsWithSecrets().get(0))
                .hasToString("StartOk[clientProperties={product=p}, mechanism=PLAIN, response=***, locale=en_US]");
        assertThat(new ConnectionMethod.UpdateSecret(secret(), "refresh"))
                .hasToString("UpdateSecret[newSecret=***, reason=refresh]");
    }

    @Test
    void methodsWithBytesAreEqualByTheirBytes() {
        List<Method> same = methodsWithSecrets();
        for (int i = 0; i < same.size(); i++) {
            assertThat(methodsWithSecrets().get(i)).isEqualTo(same.get(i)).hasSameHashCodeAs(same.get(i));
        }
        byte[] other = new byte[6];
        assertThat(new ConnectionMethod.StartOk(Map.of("product", "p"), "PLAIN", other, "en_US"))
                .isNotEqualTo(same.get(0));
        assertThat(new ConnectionMethod.StartOk(Map.of(), "PLAIN", secret(), "en_US"))
                .isNotEqualTo(same.get(0));
        assertThat(new ConnectionMethod.StartOk(Map.of("product", "p"), "EXTERNAL", secret(), "en_US"))
                .isNotEqualTo(same.get(0));
        assertThat(new ConnectionMethod.StartOk(Map.of("product", "p"), "PLAIN", secret(), "de_DE"))
                .isNotEqualTo(same.get(0));
        assertThat(new ConnectionMethod.Secure(other)).isNotEqualTo(same.get(1));
        assertThat(new ConnectionMethod.SecureOk(other))
                .isNotEqualTo(same.get(2))
                .isNotEqualTo(same.get(1));
        assertThat(new ConnectionMethod.UpdateSecret(other, "refresh")).isNotEqualTo(same.get(3));
        assertThat(new ConnectionMethod.UpdateSecret(secret(), "other")).isNotEqualTo(same.get(3));
    }

    @Test
    void namesOfUnknownMethodsAreTheirNumbers() {
        assertThat(MethodNames.of(60, 60)).isEqualTo("basic.deliver");
        assertThat(MethodNames.of(0, 0)).isEqualTo("0.0");
        assertThat(MethodNames.of(30, 10)).isEqualTo("30.10");
        assertThat(MethodNames.of(65535, 65535)).isEqualTo("65535.65535");
    }
}
