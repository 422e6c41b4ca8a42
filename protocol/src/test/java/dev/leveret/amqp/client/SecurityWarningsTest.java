package dev.leveret.amqp.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.api.Credentials;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.api.TlsOptions;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurityWarningsTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, true",
        "10.0.0.1, true",
        "2001:db8::1, true",
        "127.0.0.1, false",
        "127.9.9.9, false",
        "::1, false"
    })
    void aReadablePasswordIsWarnedOfUnlessItStaysOnTheMachine(String address, boolean warned) throws Exception {
        Endpoint endpoint = new Endpoint("mq.example", 5672);
        InetAddress host = InetAddress.getByName(address);
        for (Credentials readable : List.of(Credentials.plain("u", "s3cret"), Credentials.amqplain("u", "s3cret"))) {
            var warning = SecurityWarnings.readable(List.of(Credentials.external(), readable), endpoint, host);
            assertThat(warning.isPresent()).isEqualTo(warned);
            warning.ifPresent(it -> assertThat(it)
                    .contains("mq.example:5672", readable.mechanism(), "amqps://")
                    .doesNotContain("s3cret"));
        }
        assertThat(SecurityWarnings.readable(List.of(Credentials.external()), endpoint, host))
                .isEmpty();
    }

    @Test
    void tlsWithoutChecksIsWarnedOf() {
        assertThat(SecurityWarnings.unchecked(TlsOptions.defaults())).isEmpty();
        assertThat(SecurityWarnings.unchecked(
                        TlsOptions.builder().trustEverythingInsecurely().build()))
                .hasValueSatisfying(it -> assertThat(it).contains("WITHOUT ANY CHECK"));
        assertThat(SecurityWarnings.unchecked(
                        TlsOptions.builder().withoutHostNameCheckInsecurely().build()))
                .hasValueSatisfying(it -> assertThat(it).contains("WITHOUT A CHECK of the broker's host name"));
    }
}
