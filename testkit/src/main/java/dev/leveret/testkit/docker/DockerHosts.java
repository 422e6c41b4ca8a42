package dev.leveret.testkit.docker;

import dev.leveret.testkit.Settings;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.LoggerFactory;

/** Where a Docker engine may be: the places where Testcontainers looks, so that both come to the same answer. */
final class DockerHosts {

    private DockerHosts() {}

    /** What somebody configured, or the sockets that exist. */
    static List<String> of(Settings settings, Path home) {
        return settings.variable("DOCKER_HOST")
                .or(() -> configured(home.resolve(".testcontainers.properties")))
                .map(List::of)
                .orElseGet(() -> usual(settings, home));
    }

    private static List<String> usual(Settings settings, Path home) {
        if (System.getProperty("os.name").startsWith("Windows")) {
            return List.of("npipe:////./pipe/docker_engine");
        }
        List<Path> sockets = new ArrayList<>(List.of(Path.of("/var/run/docker.sock")));
        settings.variable("XDG_RUNTIME_DIR").ifPresent(it -> sockets.add(Path.of(it, "docker.sock")));
        sockets.add(home.resolve(".docker/run/docker.sock"));
        sockets.add(home.resolve(".docker/desktop/docker.sock"));
        return sockets.stream().filter(Files::exists).map(it -> "unix://" + it).toList();
    }

    private static Optional<String> configured(Path file) {
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            LoggerFactory.getLogger(DockerHosts.class).debug("Cannot read {}", file, e);
            return Optional.empty();
        }
        // tc.host is what Testcontainers' own desktop and cloud agents write.
        return Optional.ofNullable(properties.getProperty("tc.host", properties.getProperty("docker.host")))
                .map(String::strip);
    }
}
