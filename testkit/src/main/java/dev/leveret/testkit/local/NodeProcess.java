package dev.leveret.testkit.local;

import dev.leveret.testkit.BrokerStartException;
import dev.leveret.testkit.BrokerStopException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One run of a node or of a cluster's epmd: the guard, and below it epmd, RabbitMQ's script and Erlang's processes. */
final class NodeProcess {

    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private final Path directory;
    private final Map<String, String> environment;
    private final Process guard;

    private NodeProcess(Path directory, Map<String, String> environment, Process guard) {
        this.directory = directory;
        this.environment = environment;
        this.guard = guard;
    }

    /**
     * Runs one or two programs under a guard. The JVM holds the guard's standard input open as long as it lives, and
     * that is what keeps them running.
     *
     * @param programs the node, or the epmd of a cluster; then, for a node that has one of its own, epmd
     */
    static NodeProcess launch(
            RabbitMqInstallation installation, List<Path> programs, NodeFiles files, Map<String, String> environment) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", files.guard().toString()));
        command.add(installation.launcher().map(Path::toString).orElse(""));
        programs.forEach(it -> command.add(it.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(files.directory().toFile())
                .redirectErrorStream(true)
                .redirectOutput(files.console().toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            return new NodeProcess(files.directory(), environment, builder.start());
        } catch (IOException e) {
            throw new BrokerStartException("RabbitMQ was not started: " + e, e);
        }
    }

    /** Whether the node ends within a time. */
    boolean endsWithin(Duration limit) throws InterruptedException {
        return guard.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Ends the node in good order: it closes connections and writes its data; what is slower than the limit is
     * killed.
     */
    void stop(Duration limit) {
        List<ProcessHandle> nodes = erlang();
        // A node that is only just starting has no Erlang yet; the script is told then.
        (nodes.isEmpty() ? guard.children() : nodes.stream()).forEach(ProcessHandle::destroy);
        try {
            guard.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        kill();
    }

    /** Kills everything of this run at once, as a crash would. */
    void kill() {
        Set<ProcessHandle> left = NodeProcesses.endAll(this::all, KILL_LIMIT);
        if (!left.isEmpty()) {
            throw new BrokerStopException("Processes " + left + " of " + directory + " cannot be killed.", null);
        }
    }

    /** Stops or continues the Erlang process; its sockets stay open. */
    void signal(String name) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "kill -" + name + " \"$@\"", "kill"));
        erlang().forEach(it -> command.add(Long.toString(it.pid())));
        BoundedCommand result = BoundedCommand.run(command, environment, directory, KILL_LIMIT);
        if (result.exit() != 0) {
            throw new NodeCommandException("kill -" + name + " failed: " + result.output());
        }
    }

    private List<ProcessHandle> erlang() {
        return guard.descendants().filter(NodeProcess::isErlang).toList();
    }

    private static boolean isErlang(ProcessHandle process) {
        return process.info()
                .command()
                .map(it -> String.valueOf(Path.of(it).getFileName()).startsWith("beam"))
                .orElse(false);
    }

    private List<ProcessHandle> all() {
        Stream<ProcessHandle> tree = Stream.concat(Stream.of(guard.toHandle()), guard.descendants());
        return Stream.concat(tree, NodeProcesses.carrying(directory).stream()).toList();
    }
}
