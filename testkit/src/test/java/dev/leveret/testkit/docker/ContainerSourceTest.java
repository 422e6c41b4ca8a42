package dev.leveret.testkit.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;
import dev.leveret.testkit.probe.ScriptedPeer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
@DisabledOnOs(OS.WINDOWS)
class ContainerSourceTest {

    @TempDir
    private Path home;

    @Test
    void anEngineThatIsConfiguredButDoesNotAnswerIsNamed() {
        int port;
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            port = peer.port();
        }
        unavailable("tcp://127.0.0.1:" + port, "no Docker engine answers at tcp://127.0.0.1:" + port);
    }

    @Test
    void anEngineThatHangsIsGivenUpSoon() {
        try (ScriptedPeer peer = ScriptedPeer.silent()) {
            long before = System.nanoTime();

            unavailable("tcp://127.0.0.1:" + peer.port(), "did not answer within 2000 ms");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void somethingElseOnThatPortIsNoEngine() {
        try (ScriptedPeer peer = ScriptedPeer.sending("SSH-2.0-OpenSSH_9.2".getBytes(StandardCharsets.US_ASCII))) {
            unavailable("tcp://127.0.0.1:" + peer.port(), "it does not answer a ping");
        }
    }

    @Test
    void aHostThatIsNoneIsNamed() {
        unavailable("tcp:nonsense", "it names no host");
        unavailable("ssh://somewhere", "it is neither unix:// nor tcp://");
        unavailable("not a uri", "no Docker engine answers at not a uri");
        unavailable("unix:///no/such/docker.sock", "no Docker engine answers at unix:///no/such/docker.sock");
    }

    @Test
    void aSocketThatNobodyServesIsNoEngine() throws IOException {
        Path socket = home.resolve("docker.sock");
        Files.writeString(socket, "");

        unavailable("unix://" + socket, "no Docker engine answers at unix://" + socket);
    }

    @Test
    void anEngineAnswersOnAUnixSocket() throws Exception {
        Path socket = home.resolve("docker.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Thread engine = new Thread(() -> pong(server), "docker-engine");
            engine.setDaemon(true);
            engine.start();

            assertThat(DockerEngine.missing(settings("unix://" + socket), home)).isEmpty();
        }
    }

    @Test
    void anEngineAnswersWhereTestcontainersIsConfiguredToLook() throws IOException {
        byte[] pong = "HTTP/1.0 200 OK\r\n\r\nOK".getBytes(StandardCharsets.US_ASCII);
        try (ScriptedPeer peer = ScriptedPeer.sending(pong)) {
            Files.writeString(
                    home.resolve(".testcontainers.properties"), "docker.host=tcp\\://127.0.0.1\\:" + peer.port());

            assertThat(DockerEngine.missing(new Settings(new Properties(), Map.of()), home))
                    .isEmpty();
        }
    }

    private void unavailable(String dockerHost, String reason) {
        assertThatThrownBy(() -> new ContainerSource(home).start(settings(dockerHost)))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining(reason);
    }

    private static Settings settings(String dockerHost) {
        return new Settings(new Properties(), Map.of("DOCKER_HOST", dockerHost));
    }

    private static void pong(ServerSocketChannel server) {
        try (SocketChannel client = server.accept()) {
            client.read(ByteBuffer.allocate(100));
            client.write(ByteBuffer.wrap("HTTP/1.1 200 OK\r\n\r\nOK".getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
