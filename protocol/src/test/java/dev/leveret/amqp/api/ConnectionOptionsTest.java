package dev.leveret.amqp.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectionOptionsTest {

    static List<Arguments> refusals() {
        return List.of(
                refused("endpoints", it -> it.endpoints(List.of())),
                refused("port 0", it -> it.endpoint("h", 0)),
                refused("port 65536", it -> it.endpoint("h", 65536)),
                refused("blank host", it -> it.endpoint(" ", 1)),
                refused("virtual host", it -> it.virtualHost("x".repeat(256))),
                refused("heartbeat -1", it -> it.heartbeat(Duration.ofSeconds(-1))),
                refused("heartbeat 65536", it -> it.heartbeat(Duration.ofSeconds(65536))),
                refused("heartbeat 1.5", it -> it.heartbeat(Duration.ofMillis(1500))),
                refused("channelMax -1", it -> it.channelMax(-1)),
                refused("channelMax 65536", it -> it.channelMax(65536)),
                refused("frameMax 1", it -> it.frameMax(1)),
                refused("frameMax 8191", it -> it.frameMax(8191)),
                refused("frameMax -1", it -> it.frameMax(-1)),
                refused("connectTimeout 0", it -> it.connectTimeout(Duration.ZERO)),
                refused("handshakeTimeout -1", it -> it.handshakeTimeout(Duration.ofNanos(-1))),
                refused("requestTimeout 0", it -> it.requestTimeout(Duration.ZERO)),
                refused("requestTimeout 25 days", it -> it.requestTimeout(Duration.ofDays(25))),
                refused("closeTimeout 0", it -> it.closeTimeout(Duration.ZERO)),
                refused("dnsTimeout 0", it -> it.dnsTimeout(Duration.ZERO)),
                refused("connectionAttemptDelay 0", it -> it.connectionAttemptDelay(Duration.ZERO)),
                refused("connectDeadline 0", it -> it.connectDeadline(Duration.ZERO)),
                refused("retryDelay 0", it -> it.retryDelay(Duration.ZERO)),
                refused("connectAttempts 0", it -> it.connectAttempts(0)),
                refused("connectAttempts 1001", it -> it.connectAttempts(1001)),
                refused("locale", it -> it.locale("x".repeat(256))),
                refused(
                        "keepAliveIdle",
                        it -> it.tcp(TcpOptions.DEFAULT.withKeepAlive(Duration.ofMillis(1), Duration.ZERO, 0))),
                refused(
                        "keepAliveInterval",
                        it -> it.tcp(TcpOptions.DEFAULT.withKeepAlive(Duration.ZERO, Duration.ofDays(1), 0))),
                refused(
                        "keepAliveProbes",
                        it -> it.tcp(TcpOptions.DEFAULT.withKeepAlive(Duration.ZERO, Duration.ZERO, 128))),
                refused("maxInboundBody 0", it -> it.maxInboundBody(0)),
                refused(
                        "maxInboundBody 2147483640 is not in 1..2147483639",
                        it -> it.maxInboundBody(Integer.MAX_VALUE - 7)),
                refused("outboundBuffer 0", it -> it.outboundBuffer(0)),
                refused(
                        "client property",
                        it -> it.clientProperty("p", new Object()).build()));
    }

    private static Arguments refused(String what, Consumer<ConnectionOptions.Builder> setting) {
        return Arguments.of(what, setting);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void whatCannotWorkIsRefusedWhenItIsSet(String what, Consumer<ConnectionOptions.Builder> setting) {
        assertThatThrownBy(() -> setting.accept(ConnectionOptions.builder()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void defaultsAreALocalBrokers() {
        ConnectionOptions options = ConnectionOptions.builder().build();
        assertThat(options.endpoints()).containsExactly(new Endpoint("localhost", 5672));
        assertThat(options.virtualHost()).isEqualTo("/");
        assertThat(options.credentials()).hasToString("PLAIN(guest, ***)");
        assertThat(options.heartbeat()).isEqualTo(Duration.ofSeconds(60));
        assertThat(options.channelMax()).isZero();
        assertThat(options.frameMax()).isZero();
        assertThat(options.connectionName()).isEmpty();
        assertThat(options.maxInboundBody()).isEqualTo(64 * 1024 * 1024);
    }

    @Test
    void limitsMayBeAtTheirBounds() {
        ConnectionOptions.builder()
                .heartbeat(Duration.ZERO)
                .heartbeat(Duration.ofSeconds(65535))
                .channelMax(1)
                .channelMax(65535)
                .frameMax(8192)
                .frameMax(Integer.MAX_VALUE)
                .maxInboundBody(1)
                .maxInboundBody(Integer.MAX_VALUE - 8)
                .outboundBuffer(1)
                .virtualHost("")
                .build();
    }

    @Test
    void aCopyHasEverything() {
        ConnectionOptions original = ConnectionOptions.builder()
                .endpoints(List.of(new Endpoint("a", 1), new Endpoint("b", 2)))
                .virtualHost("v")
                .credentials(Credentials.plain("u", "p"))
                .connectionName("n")
                .clientProperty("k", "w")
                .heartbeat(Duration.ofSeconds(1))
                .channelMax(2)
                .frameMax(9000)
                .connectTimeout(Duration.ofSeconds(3))
                .handshakeTimeout(Duration.ofSeconds(4))
                .locale("l")
                .heartbeatFrom(it -> it)
                .addressResolver(endpoint -> List.of())
                .addressOrder(AddressOrder.SHUFFLED)
                .tcp(TcpOptions.DEFAULT.withNoDelay(false).withKeepAlive(false))
                .transport(Transport.EPOLL)
                .dnsTimeout(Duration.ofSeconds(9))
                .connectionAttemptDelay(Duration.ofSeconds(10))
                .connectDeadline(Duration.ofSeconds(11))
                .connectAttempts(12)
                .retryDelay(Duration.ofSeconds(13))
                .requestTimeout(Duration.ofSeconds(5))
                .closeTimeout(Duration.ofSeconds(6))
                .maxInboundBody(7)
                .outboundBuffer(8)
                .build();
        assertThat(original.toBuilder().build()).usingRecursiveComparison().isEqualTo(original);
    }

    @Test
    void changingACopyOrTheInputsChangesNothing() {
        List<Endpoint> endpoints = new ArrayList<>(List.of(new Endpoint("a", 1)));
        ConnectionOptions.Builder builder = ConnectionOptions.builder().endpoints(endpoints);
        ConnectionOptions options = builder.build();
        endpoints.clear();
        builder.clientProperty("later", 1).virtualHost("other");
        options.toBuilder().clientProperty("copy", 1);
        assertThat(options.endpoints()).hasSize(1);
        assertThat(options.clientProperties()).isEmpty();
        assertThat(options.virtualHost()).isEqualTo("/");
        assertThatThrownBy(() -> options.clientProperties().put("x", 1)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void theTextShowsNoSecret() {
        ConnectionOptions options = ConnectionOptions.builder()
                .credentials(Credentials.plain("user", "s3cret"))
                .clientProperty("token", "s3cret")
                .build();
        assertThat(options.toString()).contains("PLAIN").doesNotContain("s3cret");
        assertThat(options.credentials().toString()).doesNotContain("s3cret");
    }

    @Test
    void plainCredentialsCannotCarryTheirOwnSeparator() {
        assertThatThrownBy(() -> Credentials.plain("a\0b", "p")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Credentials.plain("a", "s3cret\0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void anEndpointIsWrittenAsInAUri() {
        assertThat(new Endpoint("host", 1)).hasToString("host:1");
        assertThat(new Endpoint("::1", 5672)).hasToString("[::1]:5672");
    }
}
