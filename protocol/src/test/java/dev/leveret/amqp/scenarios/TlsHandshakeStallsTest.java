package dev.leveret.amqp.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.leveret.amqp.Amqp;
import dev.leveret.amqp.api.AmqpTimeoutException;
import dev.leveret.amqp.api.AsyncConnection;
import dev.leveret.amqp.api.ConnectFailedException;
import dev.leveret.amqp.api.ConnectFailedException.Phase;
import dev.leveret.amqp.api.ConnectionOptions;
import dev.leveret.amqp.api.TlsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that takes the connection and stands still in the TLS handshake: what ends it, and that nothing is left of it. */
class TlsHandshakeStallsTest {

    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration LATE = Duration.ofMinutes(5);

    private final ServerSocket peer;

    TlsHandshakeStallsTest() throws IOException {
        peer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
    }

    static List<Arguments> peers() {
        return List.of(
                Arguments.of("silent", new byte[0]),
                // A record of 512 bytes with a ServerHello of 508, of which 12 come.
                Arguments.of(
                        "half an answer", new byte[] {0x16, 3, 3, 2, 0, 2, 0, 1, (byte) 0xFC, 3, 3, 1, 2, 3, 4, 5, 6}));
    }

    private CompletableFuture<AsyncConnection> connecting(
            Duration handshakeTimeout, UnaryOperator<ConnectionOptions.Builder> more) {
        return Amqp.connectAsync(more.apply(ConnectionOptions.builder()
                        .endpoint("127.0.0.1", peer.getLocalPort())
                        .connectTimeout(LATE)
                        .handshakeTimeout(LATE)
                        .connectDeadline(LATE)
                        .tls(TlsOptions.builder()
                                .handshakeTimeout(handshakeTimeout)
                                .build()))
                .build());
    }

    /** Says so much when the client has begun; the socket is to be read to its end by the caller. */
    private Socket answering(byte[] answer) throws IOException {
        Socket socket = peer.accept();
        socket.setSoTimeout(20_000);
        assertThat(socket.getInputStream().read()).as("a ClientHello").isEqualTo(0x16);
        socket.getOutputStream().write(answer);
        return socket;
    }

    private static void assertNothingLeft(Socket socket) throws IOException {
        socket.getInputStream().readAllBytes(); // to the end, which comes when the client has closed its socket
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("peers")
    void theDeadlineOfTheConnectEndsIt(String what, byte[] answer) throws IOException {
        CompletableFuture<AsyncConnection> connecting = connecting(LATE, it -> it.connectDeadline(SOON));
        try (Socket socket = answering(answer)) {
            ConnectFailedException failure = Futures.failure(connecting, ConnectFailedException.class);
            assertThat(failure).hasMessageContaining("PT0.3S");
            assertThat(failure.attempts())
                    .singleElement()
                    .satisfies(it -> assertThat(it.phase()).isEqualTo(Phase.TLS));
            assertNothingLeft(socket);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("peers")
    void theTimeOfTheHandshakeEndsIt(String what, byte[] answer) throws IOException {
        CompletableFuture<AsyncConnection> connecting = connecting(SOON, it -> it);
        try (Socket socket = answering(answer)) {
            ConnectFailedException failure = Futures.failure(connecting, ConnectFailedException.class);
            assertThat(failure.attempts()).singleElement().satisfies(it -> {
                assertThat(it.phase()).isEqualTo(Phase.TLS);
                assertThat(it.cause()).isInstanceOf(AmqpTimeoutException.class).hasMessageContaining("TLS handshake");
            });
            assertNothingLeft(socket);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("peers")
    void cancellingTheConnectEndsIt(String what, byte[] answer) throws IOException {
        CompletableFuture<AsyncConnection> connecting = connecting(LATE, it -> it);
        try (Socket socket = answering(answer)) {
            connecting.cancel(false);
            assertNothingLeft(socket);
        }
    }
}
