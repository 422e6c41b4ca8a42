package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The files in a node's directory: what it is started with, and what it writes.
 *
 * @param directory the node's directory
 */
record NodeFiles(Path directory) {

    private static final int FIRST_ERRORS = 10;
    private static final int LAST_LINES = 15;

    Path file(String name) {
        return directory.resolve(name);
    }

    Path console() {
        return file("console");
    }

    Path pid() {
        return file("pid");
    }

    Path guard() {
        return file("guard.sh");
    }

    Path log() {
        return file("log/node.log");
    }

    void write(NodePorts ports, LocalRabbitMqOptions options, ClusterMembership cluster) {
        List<String> conf = new ArrayList<>(
                List.of("listeners.tcp.1 = 127.0.0.1:" + ports.amqp(), "log.file = node.log", "log.console = false"));
        conf.addAll(PluginListeners.configLines(ports.plugins()));
        options.tls()
                .ifPresent(it -> conf.addAll(
                        it.configLines(Objects.requireNonNull(ports.plugins().get(TlsListener.NAME)))));
        conf.addAll(cluster.configLines());
        conf.addAll(options.configLines());
        try {
            Files.createDirectories(file("log"));
            Files.createDirectories(file("data"));
            Files.write(file("rabbitmq.conf"), conf);
            Files.writeString(file("advanced.config"), "[].\n");
            Files.writeString(file("enabled_plugins"), "[" + String.join(",", options.plugins()) + "].\n");
            writeCookie(cluster.cookie());
            writeGuard();
        } catch (IOException e) {
            throw new BrokerStartException("RabbitMQ was not started: " + directory + " cannot be written to: " + e, e);
        }
    }

    private void writeCookie(String secret) throws IOException {
        Path cookie = file(".erlang.cookie");
        Files.writeString(cookie, secret);
        // Erlang refuses a cookie that others could read.
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString("r--------"));
    }

    void writeGuard() throws IOException {
        try (InputStream script = NodeFiles.class.getResourceAsStream("guard.sh")) {
            Files.write(guard(), Objects.requireNonNull(script).readAllBytes());
        }
    }

    /**
     * Puts away what the last run wrote: the log is what the next one is waited by, the pid what its guard kills by.
     */
    void forgetLastRun() {
        try {
            Files.deleteIfExists(pid());
            if (Files.exists(log())) {
                Files.move(log(), file("log/node.log.before"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new BrokerStartException("RabbitMQ was not started: " + directory + " cannot be written to: " + e, e);
        }
    }

    /** Written when all listeners and plug-ins are up, in every release since 3.8. */
    boolean sayItIsUp() {
        return read(log()).contains("Server startup complete");
    }

    /** What the node wrote to its console and its log that may tell why it did not start. */
    String lastWords() {
        return Stream.of(console(), log())
                .flatMap(NodeFiles::telling)
                .distinct()
                .map(it -> "\n  " + it)
                .reduce("", String::concat);
    }

    /** The first errors name the cause; a crash report of any length may follow them. */
    private static Stream<String> telling(Path file) {
        List<String> lines = read(file).lines().filter(it -> !it.isBlank()).toList();
        return Stream.concat(
                lines.stream().filter(it -> it.contains("[error]")).limit(FIRST_ERRORS),
                lines.stream().skip(Math.max(0, lines.size() - LAST_LINES)));
    }

    private static String read(Path file) {
        if (!Files.isReadable(file)) {
            return "";
        }
        try {
            // By way of bytes, since a log may hold anything.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(" + file + " cannot be read: " + e + ")";
        }
    }
}
