package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerUnavailableException;
import dev.leveret.testkit.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * The programs of an installed RabbitMQ.
 *
 * @param server script that starts a node in the foreground
 * @param ctl script {@code rabbitmqctl}
 * @param epmd Erlang's port mapper daemon
 * @param launcher what runs these, then mere names; empty: the system
 */
record RabbitMqInstallation(Path server, Path ctl, Path epmd, Optional<Path> launcher) {

    private static final String REMEDY =
            "install RabbitMQ (Debian and Ubuntu: rabbitmq-server, Homebrew: rabbitmq) or set RABBITMQ_HOME";
    private static final List<String> USUAL_PLACES = List.of(
            "/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin", "/opt/rabbitmq/sbin");
    private static final List<String> ERLANG_PLACES =
            List.of("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/lib/erlang/bin", "/usr/lib64/erlang/bin");

    RabbitMqInstallation(Path server, Path ctl, Path epmd) {
        this(server, ctl, epmd, Optional.empty());
    }

    /** One of these programs, as it has to be run. */
    List<String> command(Path program) {
        return Stream.concat(launcher.stream(), Stream.of(program))
                .map(Path::toString)
                .toList();
    }

    static RabbitMqInstallation find(Settings settings) throws BrokerUnavailableException {
        if (System.getProperty("os.name").startsWith("Windows")) {
            throw new BrokerUnavailableException("private nodes need a POSIX shell, and this is Windows", "use Docker");
        }
        Optional<Path> launcher = launcher(settings);
        if (launcher.isPresent()) {
            return new RabbitMqInstallation(
                    Path.of("rabbitmq-server"), Path.of("rabbitmqctl"), Path.of("epmd"), launcher);
        }
        List<Path> path = directories(settings.variable("PATH").orElse(""));
        Path bin = configured(settings)
                .or(() -> serverDirectories(settings, path)
                        .map(RabbitMqInstallation::realServer)
                        .flatMap(Optional::stream)
                        .findFirst())
                .orElseThrow(() -> new BrokerUnavailableException(
                        "no rabbitmq-server in RABBITMQ_HOME, PATH, " + String.join(", ", USUAL_PLACES), REMEDY));
        return new RabbitMqInstallation(bin.resolve("rabbitmq-server"), bin.resolve("rabbitmqctl"), epmd(path, bin));
    }

    private static Optional<Path> launcher(Settings settings) {
        return settings.value("leveret.rabbitmq.launcher", "LEVERET_RABBITMQ_LAUNCHER")
                .map(it -> {
                    Path command = Path.of(it).toAbsolutePath();
                    if (!Files.isExecutable(command)) {
                        throw new IllegalArgumentException(
                                "leveret.rabbitmq.launcher is '" + it + "', which is not a command that can be run");
                    }
                    return command;
                });
    }

    private static Optional<Path> configured(Settings settings) {
        return settings.value("leveret.rabbitmq.server", "LEVERET_RABBITMQ_SERVER")
                .map(it -> Optional.ofNullable(Path.of(it).toAbsolutePath().getParent())
                        .flatMap(RabbitMqInstallation::realServer)
                        .orElseThrow(() -> new IllegalArgumentException("leveret.rabbitmq.server is '" + it
                                + "', which is not RabbitMQ's own script: rabbitmq-env and rabbitmqctl are not"
                                + " beside it")));
    }

    private static Stream<Path> serverDirectories(Settings settings, List<Path> path) {
        Stream<Path> home = settings.variable("RABBITMQ_HOME").map(it -> Path.of(it, "sbin")).stream();
        return Stream.of(home, path.stream(), USUAL_PLACES.stream().map(Path::of))
                .flatMap(it -> it);
    }

    /**
     * The directory with RabbitMQ's own scripts, when the one given has a {@code rabbitmq-server}. Packages put a
     * wrapper into {@code /usr/sbin} that runs for root and rabbitmq only and for the system's node; RabbitMQ's own
     * script has {@code rabbitmq-env} beside it.
     */
    private static Optional<Path> realServer(Path directory) {
        try {
            Path script = directory.resolve("rabbitmq-server").toRealPath();
            return Stream.concat(Stream.of(directory), Stream.ofNullable(script.getParent()))
                    .filter(it -> Stream.of("rabbitmq-server", "rabbitmq-env", "rabbitmqctl")
                            .allMatch(name -> Files.exists(it.resolve(name))))
                    .findFirst();
        } catch (IOException e) {
            LoggerFactory.getLogger(RabbitMqInstallation.class).trace("No server in {}", directory, e);
            return Optional.empty();
        }
    }

    private static Path epmd(List<Path> path, Path bin) throws BrokerUnavailableException {
        return Stream.concat(path.stream(), ERLANG_PLACES.stream().map(Path::of))
                .map(it -> it.resolve("epmd"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new BrokerUnavailableException(
                        "RabbitMQ is in " + bin + ", but Erlang's epmd is not in PATH", "put Erlang's bin into PATH"));
    }

    private static List<Path> directories(String path) {
        List<Path> directories = new ArrayList<>();
        for (String entry : path.split(File.pathSeparator)) {
            if (entry.startsWith("/")) {
                directories.add(Path.of(entry));
            }
        }
        return directories;
    }
}
