package dev.leveret.testkit.docker;

import dev.leveret.testkit.Settings;
import dev.leveret.testkit.probe.BoundedCall;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds out whether a Docker engine answers. Testcontainers can tell too, but where there is none it takes seconds and
 * logs stack traces; this sends a ping to the same places, and Testcontainers comes in only after an answer.
 */
final class DockerEngine {

    private static final Duration PING_LIMIT = Duration.ofSeconds(2);
    private static final byte[] PING =
            "GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_LINE = 12; // "HTTP/1.0 200"
    private static final int DOCKER_PORT = 2375;

    private DockerEngine() {}

    /** Why no engine can be used, in words; nothing when one answers. */
    static Optional<String> missing(Settings settings, Path home) {
        List<String> tried = new ArrayList<>();
        for (String host : DockerHosts.of(settings, home)) {
            try {
                ping(host, settings.variable("DOCKER_TLS_VERIFY").isPresent());
                return Optional.empty();
            } catch (IOException | IllegalArgumentException e) {
                tried.add(host + " (" + e.getMessage() + ")");
            }
        }
        return Optional.of(
                tried.isEmpty()
                        ? "there is no Docker socket"
                        : "no Docker engine answers at " + String.join(", ", tried));
    }

    private static void ping(String host, boolean tls) throws IOException {
        URI uri = URI.create(host);
        switch (String.valueOf(uri.getScheme())) {
            case "unix" ->
                ping(SocketChannel.open(StandardProtocolFamily.UNIX), UnixDomainSocketAddress.of(uri.getPath()), false);
            case "tcp", "http", "https" -> ping(SocketChannel.open(), tcpAddress(uri), tls);
            case "npipe" -> {
                if (!Files.exists(Path.of(uri.getPath().replace('/', '\\')))) {
                    throw new IOException("there is no such pipe");
                }
            }
            default -> throw new IOException("it is neither unix:// nor tcp://");
        }
    }

    private static SocketAddress tcpAddress(URI uri) throws IOException {
        if (uri.getHost() == null) {
            throw new IOException("it names no host");
        }
        // Resolved only within the bounded call.
        return InetSocketAddress.createUnresolved(uri.getHost(), uri.getPort() < 0 ? DOCKER_PORT : uri.getPort());
    }

    private static void ping(SocketChannel channel, SocketAddress address, boolean tls) throws IOException {
        BoundedCall.within(PING_LIMIT, channel, () -> {
            channel.connect(
                    address instanceof InetSocketAddress tcp
                            ? new InetSocketAddress(tcp.getHostString(), tcp.getPort())
                            : address);
            // An engine that wants TLS is Testcontainers' to talk to, which has the certificates.
            return tls || answersOk(channel);
        });
    }

    private static boolean answersOk(SocketChannel channel) throws IOException {
        channel.write(ByteBuffer.wrap(PING));
        ByteBuffer answer = ByteBuffer.allocate(STATUS_LINE);
        while (answer.hasRemaining() && channel.read(answer) >= 0) {
            // until the status line is complete or the peer hangs up
        }
        String status = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
        if (!status.matches("HTTP/1\\.[01] 200")) {
            throw new IOException("it does not answer a ping");
        }
        return true;
    }
}
