package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmqpUriTest {

    private static final String DEFAULT = "guest:guest@localhost:5672 /";

    private static String parsed(String uri) {
        return describe(AmqpUri.parse(uri).build());
    }

    /** {@code user:password@host:port vhost}. */
    private static String describe(ConnectionOptions options) {
        String[] plain = new String(options.credentials().response(null), StandardCharsets.UTF_8).split("\0", -1);
        return plain[1] + ":" + plain[2] + "@" + options.endpoints().get(0) + " " + options.virtualHost();
    }

    // ---- what is refused ------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "localhost:5672", "http://localhost", "amqp:localhost", "amqp+ssl://h"})
    void whatDoesNotBeginWithAmqpIsRefused(String uri) {
        assertThatThrownBy(() -> AmqpUri.parse(uri)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tlsIsRefusedWithTheReason() {
        assertThatThrownBy(() -> AmqpUri.parse("amqps://localhost"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("TLS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "amqp://user:s3cret#@host",
                "amqp://user:s3cret/x@host",
                "amqp://user:s3cret?x@host",
                "amqp://host#fragment",
                "amqp://user:s3cret@host:port",
                "amqp://user:s3cret@host:70000",
                "amqp://user:s3cret@host:-1",
                "amqp://user:s3cret%@host",
                "amqp://user:s3cret%4@host",
                "amqp://user:s3cret%zz@host",
                "amqp://user:s3cret%ff@host",
                "amqp://user:s3cret@host/a/b",
                "amqp://user:s3cret@host/%",
                "amqp://user:s3cret@host?heartbeat=x",
                "amqp://user:s3cret@host?heartbeat=-1",
                "amqp://user:s3cret@host?heartbeat=65536",
                "amqp://user:s3cret@host?frame_max=4096",
                "amqp://user:s3cret@host?channel_max=70000",
                "amqp://user:s3cret@host?connection_timeout=0",
                "amqp://user:s3cret@host?heartbeat",
                "amqp://user:s3cret@host?=5",
                "amqp://user:s3cret@host?heartbeat=5&heartbeat=6",
                "amqp://user:s3cret@host?heartbeet=5",
                "amqp://us er:s3cret@host",
                "amqp://user:s3cret@[::1",
                "amqps://user:s3cret@host"
            })
    void noRefusalShowsThePassword(String uri) {
        assertThatThrownBy(() -> AmqpUri.parse(uri).build()).satisfies(failure -> {
            assertThat(failure).isInstanceOf(IllegalArgumentException.class);
            for (Throwable each = failure; each != null; each = each.getCause()) {
                assertThat(each.toString()).doesNotContain("s3cret");
            }
        });
    }

    @Test
    void anUnknownOptionIsRefusedWithTheNearestAndAllKnownOnes() {
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?heartbeet=5"))
                .hasMessageContaining("'heartbeet'")
                .hasMessageContaining("did you mean 'heartbeat'?")
                .hasMessageContaining("channel_max, connection_timeout, frame_max, heartbeat, name");
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?verify=none"))
                .hasMessageContaining("'verify'")
                .hasMessageNotContaining("did you mean");
    }

    @Test
    void anOptionOutOfRangeIsNamed() {
        assertThatThrownBy(() -> AmqpUri.parse("amqp://h?frame_max=4096"))
                .hasMessageContaining("frame_max=4096")
                .hasMessageContaining("8192");
    }

    // ---- what is accepted: RabbitMQ's specification of AMQP URIs, appendix A
    // -------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "amqp://user:pass@host:10000/vhost, user:pass@host:10000 vhost",
        "amqp://user%61:%61pass@ho%61st:10000/v%2fhost, usera:apass@hoast:10000 v/host",
        "amqp://, guest:guest@localhost:5672 /",
        "amqp://:@/, :@localhost:5672 ''",
        "amqp://user@, user:guest@localhost:5672 /",
        "amqp://user:pass@, user:pass@localhost:5672 /",
        "amqp://host, guest:guest@host:5672 /",
        "amqp://:10000, guest:guest@localhost:10000 /",
        "amqp:///vhost, guest:guest@localhost:5672 vhost",
        "amqp://host/, guest:guest@host:5672 ''",
        "amqp://host/%2F, guest:guest@host:5672 /",
        "amqp://[::1], guest:guest@[::1]:5672 /",
    })
    void theExamplesOfTheSpecificationAreUnderstood(String uri, String expected) {
        assertThat(parsed(uri)).isEqualTo(expected.replace("''", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "AMQP://host, guest:guest@host:5672 /",
        "' amqp://host ', guest:guest@host:5672 /",
        "amqp://[::1]:5673/v, guest:guest@[::1]:5673 v",
        "amqp://[fe80::1%25eth0]:1, guest:guest@[fe80::1%eth0]:1 /",
        "amqp://my_host:1, guest:guest@my_host:1 /",
        "amqp://u:p%40ss%3A%2F%3F%23%25@h, u:p@ss:/?#%@h:5672 /",
        "amqp://u:a+b@h, u:a+b@h:5672 /",
        "amqp://u:p:q@h, u:p:q@h:5672 /",
        "amqp://u%C3%BC:%E2%82%AC@h, u\u00fc:\u20ac@h:5672 /",
        "amqp://h:, guest:guest@h:5672 /",
        "amqp://h/v%20w, guest:guest@h:5672 v w",
    })
    void percentEncodingAndOddHostsAreUnderstood(String uri, String expected) {
        assertThat(parsed(uri)).isEqualTo(expected);
    }

    @Test
    void optionsAreTakenOver() {
        ConnectionOptions options = AmqpUri.parse(
                        "amqp://h?heartbeat=7&connection_timeout=1500&channel_max=9&frame_max=8192&name=my%20app")
                .build();
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.channelMax()).isEqualTo(9);
        assertThat(options.frameMax()).isEqualTo(8192);
        assertThat(options.connectionName()).isEqualTo("my app");
    }

    @Test
    void whatIsLeftOutHasTheDefault() {
        ConnectionOptions parsed = AmqpUri.parse("amqp://localhost?").build();
        ConnectionOptions defaults = ConnectionOptions.builder().build();
        assertThat(describe(parsed)).isEqualTo(DEFAULT).isEqualTo(describe(defaults));
        assertThat(parsed.heartbeat()).isEqualTo(defaults.heartbeat());
        assertThat(parsed.frameMax()).isEqualTo(defaults.frameMax());
    }

    @Test
    void aUriObjectIsAsGood() {
        assertThat(describe(AmqpUri.parse(URI.create("amqp://u:p@h:1/v")).build()))
                .isEqualTo("u:p@h:1 v");
    }
}
