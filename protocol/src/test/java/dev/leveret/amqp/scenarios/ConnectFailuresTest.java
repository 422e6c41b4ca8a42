package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.AuthenticationException;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Attempt;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.Connection;
import dev.leveret.amqp.api.ConnectionClosedException;
import dev.leveret.amqp.api.ConnectionLostException;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.Endpoint;
import dev.leveret.amqp.testing.FakeBroker;
import dev.leveret.amqp.testing.FakeBrokerServer;
import dev.leveret.amqp.wire.ConnectionMethod;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ConnectFailuresTest {

    private static FakeBroker saying(byte... bytes) {
        return new FakeBroker().header().raw(bytes);
    }

    private static FakeBroker saying(String text) {
        return saying(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static FakeBroker tuned() {
        return new FakeBroker()
                .start()
                .expect(ConnectionMethod.StartOk.class)
                .reply(FakeBroker.TUNE)
                .tuneOk();
    }

    private static Attempt failing(ConnectionOptions options) {
        ConnectFailedException failure =
                catchThrowableOfType(ConnectFailedException.class, () -> Amqp.connect(options));
        assertThat(failure.attempts()).hasSize(1);
        return failure.attempts().get(0);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    // ---- before AMQP ----------------------------------------------------------------------------------------------

    @Test
    void nobodyListens() throws IOException {
        int port = freePort();
        Attempt attempt =
                failing(ConnectionOptions.builder().endpoint("127.0.0.1", port).build());
        assertThat(attempt.phase()).isEqualTo(Phase.TCP);
        assertThat(attempt.cause()).isInstanceOf(ConnectException.class);
        assertThat(attempt.address()).isEqualTo("127.0.0.1");
        assertThat(attempt.endpoint()).isEqualTo(new Endpoint("127.0.0.1", port));
    }

    @Test
    void theHostIsUnknown() {
        Attempt attempt = failing(ConnectionOptions.builder()
                .endpoint("no-such-host.invalid", 5672)
                .build());
        assertThat(attempt.phase()).isEqualTo(Phase.DNS);
        assertThat(attempt.cause()).isInstanceOf(UnknownHostException.class).hasMessageContaining("no-such-host");
        assertThat(attempt.address()).isEmpty();
    }

    // ---- what is no AMQP 0-9-1 broker -----------------------------------------------------------------------------

    static List<Arguments> strangers() {
        return List.of(
                Arguments.of("a web server", saying("HTTP/1.1 400 Bad Request\r\n\r\n"), "HTTP"),
                Arguments.of("a TLS port", saying("\u0015\u0003\u0001\u0000\u0002\u0002\u0046"), "TLS"),
                Arguments.of("AMQP 1.0", saying("AMQP\u0003\u0001\u0000\u0000"), "AMQP 1.0"),
                Arguments.of("AMQP 0-10", saying("AMQP\u0001\u0001\u0000\n"), "AMQP 0-10"),
                Arguments.of("something else", saying("\u0042ogus"), "starts no AMQP frame"),
                Arguments.of("a mail server", saying("220 mail ready\r\n"), "mail or FTP"),
                Arguments.of("an SSH server", saying("SSH-2.0-OpenSSH_9.2\r\n"), "SSH"),
                Arguments.of("a frame too long", saying("\u0001\0\0\u007f\u00ff\u00ff\u00ff"), "limit is 8192"),
                Arguments.of(
                        "another version",
                        new FakeBroker()
                                .header()
                                .send(
                                        0,
                                        new ConnectionMethod.Start(
                                                0, 8, FakeBroker.SERVER_PROPERTIES, "PLAIN", "en_US")),
                        "AMQP 0-8"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strangers")
    void thePeerIsNoAmqpBroker(String what, FakeBroker peer, String words) {
        try (FakeBrokerServer server = FakeBrokerServer.start(peer)) {
            Attempt attempt = failing(server.options().build());
            assertThat(attempt.phase()).isEqualTo(Phase.PROTOCOL);
            assertThat(attempt.cause())
                    .isInstanceOf(ConnectionClosedException.class)
                    .hasMessageContaining(words);
            server.awaitEnd(peer);
        }
    }

    // ---- the handshake --------------------------------------------------------------------------------------------

    static List<Arguments> silences() {
        return List.of(
                Arguments.of(new FakeBroker().header().stall(), Phase.PROTOCOL),
                Arguments.of(new FakeBroker().header().raw((byte) 1, (byte) 0), Phase.PROTOCOL),
                Arguments.of(
                        new FakeBroker()
                                .start()
                                .expect(ConnectionMethod.StartOk.class)
                                .stall(),
                        Phase.AUTHENTICATION),
                Arguments.of(tuned().expect(ConnectionMethod.Open.class).stall(), Phase.OPEN));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("silences")
    void thePeerFallsSilentAndTheHandshakeEndsInTime(FakeBroker peer, Phase phase) {
        Duration timeout = Duration.ofMillis(400);
        try (FakeBrokerServer server = FakeBrokerServer.start(peer)) {
            long start = System.nanoTime();
            Attempt attempt = failing(server.options()
                    .handshakeTimeout(timeout)
                    .connectTimeout(Duration.ofSeconds(60))
                    .build());
            assertThat(attempt.phase()).isEqualTo(phase);
            assertThat(attempt.cause()).isInstanceOf(AmqpTimeoutException.class).hasMessageContaining("PT0.4S");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(timeout, Duration.ofSeconds(10));
        }
    }

    static List<Arguments> losses() {
        return List.of(
                Arguments.of(new FakeBroker().header().drop(), Phase.PROTOCOL, "AMQP 0-9-1 header"),
                Arguments.of(tuned().drop(), Phase.OPEN, "limits"),
                Arguments.of(tuned().expect(ConnectionMethod.Open.class).drop(), Phase.OPEN, "virtual host '/'"));
    }

    @ParameterizedTest(name = "{1}: {2}")
    @MethodSource("losses")
    void thePeerHangsUp(FakeBroker peer, Phase phase, String words) {
        try (FakeBrokerServer server = FakeBrokerServer.start(peer)) {
            Attempt attempt = failing(server.options().build());
            assertThat(attempt.phase()).isEqualTo(phase);
            assertThat(attempt.cause())
                    .isInstanceOf(ConnectionLostException.class)
                    .hasMessageContaining(words);
        }
    }

    @Test
    void theVirtualHostIsRefused() {
        FakeBroker broker = tuned().expect(ConnectionMethod.Open.class)
                .reply(new ConnectionMethod.Close(530, "NOT_ALLOWED - vhost gone not found", 10, 40))
                .expect(ConnectionMethod.CloseOk.class);
        try (FakeBrokerServer server = FakeBrokerServer.start(broker)) {
            Attempt attempt = failing(server.options().virtualHost("gone").build());
            assertThat(attempt.phase()).isEqualTo(Phase.OPEN);
            assertThat(attempt.cause())
                    .isInstanceOf(ConnectionClosedException.class)
                    .hasMessageContaining("vhost gone not found");
            server.assertDone();
        }
    }

    // ---- credentials ----------------------------------------------------------------------------------------------

    static List<Arguments> refusals() {
        return List.of(
                Arguments.of(
                        "with a word",
                        new FakeBroker()
                                .start()
                                .expect(ConnectionMethod.StartOk.class)
                                .reply(new ConnectionMethod.Close(403, "ACCESS_REFUSED - Login was refused", 0, 0)),
                        "Login was refused"),
                Arguments.of(
                        "without a word",
                        new FakeBroker()
                                .start()
                                .expect(ConnectionMethod.StartOk.class)
                                .drop(),
                        "probably"),
                Arguments.of(
                        "no common mechanism",
                        new FakeBroker()
                                .header()
                                .send(
                                        0,
                                        new ConnectionMethod.Start(
                                                0, 9, FakeBroker.SERVER_PROPERTIES, "EXTERNAL SCRAM", "en_US")),
                        "[EXTERNAL, SCRAM]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void refusedCredentialsEndTheAttemptAtOnce(String what, FakeBroker peer, String words) {
        try (FakeBrokerServer server = FakeBrokerServer.start(peer)) {
            Endpoint here = new Endpoint("127.0.0.1", server.port());
            assertThatThrownBy(() -> Amqp.connect(
                            server.options().endpoints(List.of(here, here)).build()))
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageContaining(here.toString())
                    .hasMessageContaining(words)
                    .hasMessageNotContaining("secret");
            assertThat(server.connections())
                    .as("another address has the same users")
                    .isEqualTo(1);
        }
    }

    // ---- several endpoints ----------------------------------------------------------------------------------------

    @Test
    void theFirstEndpointThatLetsUsInIsTaken() throws IOException {
        FakeBroker refusing = new FakeBroker().header().drop();
        FakeBroker silent = new FakeBroker().header().stall();
        FakeBroker good = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(refusing, silent, good)) {
            Endpoint here = new Endpoint("127.0.0.1", server.port());
            ConnectionOptions options = server.options()
                    .endpoints(List.of(
                            new Endpoint("no-such-host.invalid", 1),
                            new Endpoint("127.0.0.1", freePort()),
                            here,
                            here,
                            here))
                    .handshakeTimeout(Duration.ofMillis(300))
                    .build();
            try (Connection connection = Amqp.connect(options)) {
                assertThat(connection.isOpen()).isTrue();
            }
            server.awaitDone(good);
        }
    }

    @Test
    void whenNoneLetsUsInEveryAttemptIsTold() throws IOException {
        int port = freePort();
        try (FakeBrokerServer server =
                FakeBrokerServer.start(new FakeBroker().header().drop())) {
            ConnectionOptions options = server.options()
                    .endpoints(List.of(
                            new Endpoint("no-such-host.invalid", 1),
                            new Endpoint("127.0.0.1", port),
                            new Endpoint("127.0.0.1", server.port())))
                    .build();
            ConnectFailedException failure =
                    catchThrowableOfType(ConnectFailedException.class, () -> Amqp.connect(options));
            assertThat(failure.attempts())
                    .extracting(Attempt::phase)
                    .containsExactly(Phase.DNS, Phase.TCP, Phase.PROTOCOL);
            assertThat(failure).hasMessageContaining("no-such-host").hasMessageContaining("127.0.0.1:" + port);
        }
    }

    // ---- giving up ------------------------------------------------------------------------------------------------

    @Test
    void cancellingTheFutureEndsTheAttempt() {
        FakeBroker silent = new FakeBroker().header();
        try (FakeBrokerServer server = FakeBrokerServer.start(silent)) {
            CompletableFuture<AsyncConnection> connecting = Amqp.connectAsync(
                    server.options().handshakeTimeout(Duration.ofMinutes(5)).build());
            server.awaitDone(silent);
            connecting.cancel(false);
            server.awaitEnd(silent);
        }
    }

    @Test
    void anInterruptEndsTheWaitAndTheAttempt() throws Exception {
        FakeBroker silent = new FakeBroker().header();
        try (FakeBrokerServer server = FakeBrokerServer.start(silent)) {
            ConnectionOptions options =
                    server.options().handshakeTimeout(Duration.ofMinutes(5)).build();
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            Thread waiting = new Thread(() -> {
                outcome.complete(catchThrowable(() -> Amqp.connect(options)));
                interrupted.complete(Thread.currentThread().isInterrupted());
            });
            waiting.start();
            server.awaitDone(silent);
            waiting.interrupt();
            assertThat(Futures.await(outcome)).isInstanceOf(CancellationException.class);
            assertThat(Futures.await(interrupted)).isTrue();
            server.awaitEnd(silent);
            waiting.join();
        }
    }

    @Test
    void connectingOnAnEventLoopIsRefusedAsItMightWaitForItself() {
        FakeBroker broker = new FakeBroker().handshake().polite();
        try (FakeBrokerServer server = FakeBrokerServer.start(broker);
                Connection connection = Amqp.connect(server.options().build())) {
            Throwable outcome = Futures.onLoop(
                    server, broker, connection.async(), () -> catchThrowable(() -> Amqp.connect(server.uri())));
            assertThat(outcome).isInstanceOf(IllegalStateException.class).hasMessageContaining("event loop");
            assertThat(server.connections()).isEqualTo(1);
        }
    }
}
